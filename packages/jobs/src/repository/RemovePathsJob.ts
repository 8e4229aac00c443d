/** `rm`: snapshots anew without some paths. */
import * as Rewrite from "@ourclone/backup/care/Rewrite"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { replacing } from "./CareFields.ts"
import { access, count, excludes, locking, snapshotChoice } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Patterns from "./Patterns.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...snapshotChoice,
  ...excludes,
  ...replacing
})
export type Request = typeof Request.Type

/** In a preview, what would be. */
export const Summary = Schema.Struct({ replaced: count, unchanged: count })
export type Summary = typeof Summary.Type

const refuse = (request: Request): InvalidJob | undefined =>
  Patterns.isEmpty(Patterns.excludesOf(request))
    ? new InvalidJob({ field: "exclude", message: "nothing says what to take out" })
    : Patterns.refuse(request)

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const working = Effect.gen(function* () {
      const snapshots = yield* SelectedSnapshots.select(repository, request, tell)
      const options = { snapshots, paths: Patterns.excludesOf(request), forget: request.forget, dryRun: isPreview }
      return yield* Rewrite.removePath(repository, options, tell)
    })
    if (isPreview) return yield* working
    const lock = request.forget === true ? "exclusive" : "shared"
    return yield* OpenedRepository.locked(repository, request, lock, tell, working)
  })

export const kind: JobKind<"removePaths", Request, Summary> = {
  type: "removePaths",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  preview: begin(true),
  run: begin(false)
}
