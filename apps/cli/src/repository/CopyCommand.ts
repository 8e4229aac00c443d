/** `repo copy`: snapshots of one repository into another. */

import * as Amount from "@ourclone/core/events/Amount"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind } from "@ourclone/jobs/repository/CopySnapshotsJob"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { Streams } from "../Streams.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import * as RepositoryPlace from "./RepositoryPlace.ts"
import { accessOf, type FromPasswordFlags, filterOf, fromSourceOf, nameOf } from "./RepositoryRequest.ts"
import { shortId, tellUnreadable } from "./SnapshotFacts.ts"
import * as Steps from "./Steps.ts"

export interface CopyFlags extends RepositoryInput, SnapshotFilterInput, FromPasswordFlags {
  readonly fromRepo: string | undefined
  readonly ids: ReadonlyArray<string>
}

const tellCopy = (output: Output, what: "copied" | "skipped", snapshot: string, copy: string): void => {
  if (output.isJson) output.json({ message_type: what, snapshot_id: snapshot, copy_id: copy })
  else if (what === "copied") output.line(`snapshot ${shortId(snapshot)} copied as ${shortId(copy)}`)
  else if (output.isVerbose) output.note(`snapshot ${shortId(snapshot)} is there as ${shortId(copy)}`)
}

const teller = (output: Output, steps: Steps.Steps) => {
  let total = 0
  return (event: RunEvent): void => {
    tellUnreadable(output, event)
    if (event._tag === "Planned") total = event.bytes
    if (event._tag === "Progress") {
      steps.tell(`copying · ${Amount.bytes(event.bytes)} of ${Amount.bytes(Math.max(total, event.bytes))}`)
    }
    if (event._tag !== "Done" && event._tag !== "Skipped") return
    tellCopy(output, event._tag === "Done" ? "copied" : "skipped", event.item, String(event.values?.copy))
  }
}

export const run = (flags: CopyFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { environment } = yield* Streams
      const from = flags.fromRepo ?? environment.OURCLONE_FROM_REPOSITORY
      if (!from) return yield* usage("say with --from-repo which repository to copy from")
      const source = yield* RepositoryPlace.locate(from)
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, ...filterOf(flags), fromRepository: nameOf(source), ids: flags.ids }
      const steps = Steps.make(output)
      const view = { onEvent: teller(output, steps), show: steps.show }
      const options = { passwords: new Map([fromSourceOf(flags, source), ...passwords]) }
      const summary = yield* RepositoryJob.run(output, kind, request, view, options)
      if (output.isJson) return output.json({ message_type: "summary", ...summary })
      output.note(
        `${summary.copied} copied, ${summary.skipped} there already, ${Amount.bytes(summary.newBytes)} stored`
      )
      if (!summary.hasSamePolynomial) {
        output.note(
          "note: the two cut files at different places, so a backup into the copy stores everything anew; a repository made with --copy-chunker-params-from does not"
        )
      }
    })
  )
