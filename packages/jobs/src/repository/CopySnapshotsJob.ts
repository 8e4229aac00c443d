/** `copy`: snapshots of one repository into another. */
import * as SnapshotCopy from "@ourclone/backup/care/SnapshotCopy"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import * as Tpslimit from "../place/Tpslimit.ts"
import { access, count, locking, snapshotChoice } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import { secretOf } from "./PasswordName.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...snapshotChoice,
  fromRepository: Schema.String.annotate({ description: "The repository to copy from" })
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  copied: count,
  skipped: count,
  blobs: count,
  newPacks: count,
  newBytes: count,
  /** Whether both cut files at the same places. Where they do not, a backup to the copy stores everything anew. */
  hasSamePolynomial: Schema.Boolean
})
export type Summary = typeof Summary.Type

/** Cut off and run again, it goes on where it was. */
export const kind: JobKind<"copySnapshots", Request, Summary> = {
  type: "copySnapshots",
  request: Request,
  summary: Summary,
  needs: ({ fromRepository, repository }) => [fromRepository, repository].map(secretOf),
  run: Effect.fnUntraced(
    function* (request, beside) {
      const { tell } = beside
      const { keyHint: _, ...others } = request
      const source = yield* OpenedRepository.open({ ...others, repository: request.fromRepository }, beside)
      const destination = yield* OpenedRepository.open(request, beside)
      const working = Effect.gen(function* () {
        const snapshots = yield* SelectedSnapshots.select(source, request, tell)
        return yield* SnapshotCopy.copy(source, destination, { snapshots }, tell)
      })
      const inDestination = OpenedRepository.locked(destination, request, "shared", tell, working)
      return yield* OpenedRepository.locked(source, request, "shared", tell, inDestination)
    },
    (run, { tpslimit }) => Tpslimit.within(tpslimit)(run)
  )
}
