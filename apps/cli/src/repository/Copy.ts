/** `repo copy`: snapshots of one repository into another. */
import * as CopyRun from "@ourclone/backup/care/SnapshotCopy"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import { usage } from "../ExitCode.ts"
import type { RepositoryInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { Streams } from "../Streams.ts"
import { fromPassword } from "./Init.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryPlace from "./RepositoryPlace.ts"
import { select } from "./SnapshotSelection.ts"
import * as Steps from "./Steps.ts"

export interface CopyFlags extends RepositoryInput, SnapshotFilterInput {
  readonly fromRepo: string | undefined
  readonly fromPasswordFile: string | undefined
  readonly fromPasswordCommand: string | undefined
  readonly ids: ReadonlyArray<string>
}

export const run = (flags: CopyFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { environment } = yield* Streams
      const from = flags.fromRepo ?? environment.OURCLONE_FROM_REPOSITORY
      if (!from) return yield* usage("say with --from-repo which repository to copy from")
      const located = yield* RepositoryPlace.locate(from)
      const source = yield* OpenedRepository.openAt(
        output,
        located,
        { ...flags, keyHint: undefined },
        fromPassword(flags, located)
      )
      const destination = yield* OpenedRepository.open(output, flags)
      const working = Effect.gen(function* () {
        const steps = yield* Steps.show(output)
        const snapshots = yield* select(output, source, flags.ids, flags)
        let total = 0
        let read = 0
        const report = (event: CopyRun.CopyEvent): void => {
          switch (event._tag) {
            case "Batch":
              total += event.bytes
              return
            case "Read":
              read += event.bytes
              steps.tell(`copying · ${Amount.bytes(read)} of ${Amount.bytes(total)}`)
              return
            case "Skipped":
            case "Copied": {
              const { copy, snapshot } = event
              if (output.isJson)
                output.json({ message_type: event._tag.toLowerCase(), snapshot_id: snapshot, copy_id: copy })
              else if (event._tag === "Copied")
                output.line(`snapshot ${snapshot.slice(0, 8)} copied as ${copy.slice(0, 8)}`)
              else if (output.isVerbose) output.note(`snapshot ${snapshot.slice(0, 8)} is there as ${copy.slice(0, 8)}`)
            }
          }
        }
        return yield* CopyRun.copy(source, destination, { snapshots }, report)
      })
      const lockedDestination = OpenedRepository.locked(output, destination, flags, "shared", Effect.scoped(working))
      const summary = yield* OpenedRepository.locked(output, source, flags, "shared", lockedDestination)
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
