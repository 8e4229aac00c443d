/** Counts this run among those that use an account with limits; loaded where there is one. */
import type { SharedAccount } from "@ourclone/core/accounts/Accounts"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import type { Machine } from "@ourclone/jobs/kind/Surroundings"
import * as AccountShares from "@ourclone/tasks/runner/AccountShares"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import * as Effect from "effect/Effect"

/** Until the scope closes. Where the journal can not be written, this run counts nowhere and takes all that is allowed. */
export const count = (machine: Machine, account: SharedAccount) =>
  Effect.ignore(
    Effect.flatMap(OpenStore.open(machine, { isDurable: false }), (store) =>
      AccountShares.make(store, ProcessIdentity.current())(account)
    )
  )
