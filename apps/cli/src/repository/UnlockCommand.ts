/** `repo unlock`: takes away locks that nobody holds any more. */
import { kind } from "@ourclone/jobs/repository/UnlockJob"
import * as Effect from "effect/Effect"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"

export const run = (flags: RepositoryInput & { readonly removeAll: boolean }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf({ ...flags, retryLock: undefined })
      const request = { ...access, removeAll: flags.removeAll }
      const { removed } = yield* RepositoryJob.run(output, kind, request, { onEvent: () => {} }, { passwords })
      if (output.isJson) output.json({ message_type: "unlocked", locks_removed: removed })
      else output.line(`${removed} ${removed === 1 ? "lock" : "locks"} removed`)
    })
  )
