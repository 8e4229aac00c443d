/** Counts this run among those that use an account with limits; loaded where there is one. */
import type { SharedAccount } from "@ourclone/core/accounts/Accounts"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as AccountShares from "@ourclone/tasks/runner/AccountShares"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import * as Effect from "effect/Effect"

/** Until the scope closes. Where the journal can not be written, this run counts nowhere and takes all that is allowed. */
export const count = (stateDirectory: string, account: SharedAccount) =>
  Effect.ignore(
    Effect.flatMap(SqliteStore.make(tasksFile(stateDirectory), { isDurable: false }), (store) =>
      AccountShares.make(store, ProcessIdentity.current())(account)
    )
  )
