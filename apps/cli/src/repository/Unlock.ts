/** `repo unlock`: takes away locks that nobody holds any more. */
import * as Locks from "@ourclone/backup/repository/Locks"
import * as Effect from "effect/Effect"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"

export const run = (flags: RepositoryInput & { readonly removeAll: boolean }) =>
  command(
    Effect.fnUntraced(function* (output) {
      const repository = yield* open(output, flags)
      const removed = yield* Locks.unlock(repository, { all: flags.removeAll })
      if (output.isJson) output.json({ message_type: "unlocked", locks_removed: removed })
      else output.line(`${removed} ${removed === 1 ? "lock" : "locks"} removed`)
    })
  )
