/** `repo recover`: folders that no snapshot names any more, in a snapshot of their own. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/repository/RecoverJob"
import * as Effect from "effect/Effect"
import { CommandStopped, failed } from "../ExitCode.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"
import { shortId } from "./SnapshotFacts.ts"

/** Exits with 1 where a folder can not be read. */
export const run = (flags: RepositoryInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { access, passwords } = yield* accessOf(flags)
      const onEvent = (event: RunEvent): void => {
        if (event._tag === "Failed") output.problem(printable(event.failure.message))
      }
      const summary = yield* RepositoryJob.run(output, kind, access, { onEvent }, { passwords })
      const { recovered, snapshotId, unreadable } = summary
      if (output.isJson) {
        output.json({ message_type: "summary", recovered, unreadable, snapshot_id: snapshotId })
      } else if (snapshotId === undefined) output.line("every folder is in a snapshot: there is nothing to bring back")
      else output.line(`${Amount.counted(recovered, "folder")} brought back into snapshot ${shortId(snapshotId)}`)
      if (unreadable > 0) return yield* new CommandStopped({ code: failed, message: "" })
    })
  )
