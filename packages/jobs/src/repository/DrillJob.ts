/** `drill`: a restore for practice, and its report. */
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as Drill from "@ourclone/backup/restore/Drill"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { JobKind } from "../kind/JobKind.ts"
import { drilling } from "./CareFields.ts"
import { count, reading, snapshotFilter } from "./Fields.ts"
import * as LoadedRepository from "./LoadedRepository.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Patterns from "./Patterns.ts"

export const Request = Schema.Struct({
  ...reading,
  ...snapshotFilter,
  snapshot: Schema.String.annotate({ description: "An id or its beginning, latest, latest~1" }),
  sample: Schema.Union([Schema.Struct({ files: count }), Schema.Struct({ percent: Schema.Finite })]).annotate({
    description: "How many files to restore"
  }),
  ...drilling
})
export type Request = typeof Request.Type

const problems = Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))

export const Summary = Schema.Struct({
  snapshot: Schema.String,
  seed: Schema.String,
  /** Files of the snapshot. */
  candidates: count,
  /** Files picked, and the bytes of those restored. */
  files: count,
  bytes: count,
  /** Byte for byte what their sources are. */
  equalToSource: count,
  /** Sources that are not what they were at the backup. */
  changedSince: Schema.Array(Schema.String),
  /** Files without a source to hold them against. */
  withoutSource: count,
  /** Restored bytes differ from those of a source that has the same size and time. */
  mismatches: problems,
  /** Could not be restored, or could not be read back. */
  unreadable: problems,
  durationMilliseconds: Schema.Finite,
  /** Nothing mismatched and nothing was unreadable. */
  passed: Schema.Boolean
})
export type Summary = typeof Summary.Type

export const kind: JobKind<"drill", Request, Summary> = {
  type: "drill",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  run: Effect.fnUntraced(function* (request, beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const sums = { files: 0, bytes: 0 }
    const progress = () => ({ _tag: "Progress", phase: "verifying", ...sums, current: [] }) as const
    const onFile = (item: string, bytes: number): void => {
      sums.files++
      sums.bytes += bytes
      tell.fact({ _tag: "Done", deed: "verified", item, bytes })
      tell.gauge(progress)
    }
    const working = Effect.gen(function* () {
      const snapshot = yield* Snapshots.find(repository, request.snapshot, Patterns.filterOf(request))
      const reader = yield* LoadedRepository.readerOf(repository)
      const { sample, seed, temporary } = request
      const report = yield* Drill.drill(repository, reader, { snapshot, sample, seed, temporary, onFile })
      const tellAll = (code: string, found: ReadonlyArray<Drill.DrillProblem>): void => {
        for (const { message, path } of found) {
          tell.fact({ _tag: "Failed", failure: { code, item: path, message, isRetryable: false } })
        }
      }
      tellAll("Mismatch", report.mismatches)
      tellAll("Unreadable", report.unreadable)
      return report
    })
    return yield* OpenedRepository.locked(repository, request, "shared", tell, working)
  })
}
