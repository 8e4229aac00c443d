/** `rewrite`: snapshots anew without some paths, or with some alone, of another host or time. */
import * as Rewrite from "@ourclone/backup/care/Rewrite"
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { replacing, rewriting } from "./CareFields.ts"
import { access, count, excludes, includes, locking, snapshotChoice } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as Patterns from "./Patterns.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...snapshotChoice,
  ...excludes,
  ...includes,
  ...rewriting,
  ...replacing
})
export type Request = typeof Request.Type

/** In a preview, what would be. */
export const Summary = Schema.Struct({ replaced: count, unchanged: count })
export type Summary = typeof Summary.Type

const refuse = (request: Request): InvalidJob | undefined => {
  const { excludes, includes } = Patterns.selectionOf(request)
  const namesNone = Patterns.isEmpty(excludes) && Patterns.isEmpty(includes)
  return namesNone && request.newHost === undefined && request.newTimeMillis === undefined
    ? new InvalidJob({ field: "exclude", message: "nothing says what is to be another" })
    : Patterns.refuse(request)
}

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    const { forget, newHost, newTimeMillis } = request
    const repository = yield* OpenedRepository.open(request, beside)
    const working = Effect.gen(function* () {
      const options: Rewrite.RewriteOptions = {
        ...Patterns.selectionOf(request),
        snapshots: yield* SelectedSnapshots.select(repository, request, tell),
        host: newHost,
        time: newTimeMillis === undefined ? undefined : GoTime.ofMillis(newTimeMillis),
        forget,
        dryRun: isPreview
      }
      return yield* Rewrite.rewrite(repository, options, tell)
    })
    if (isPreview) return yield* working
    const lock = forget === true ? "exclusive" : "shared"
    return yield* OpenedRepository.locked(repository, request, lock, tell, working)
  })

export const kind: JobKind<"rewrite", Request, Summary> = {
  type: "rewrite",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  preview: begin(true),
  run: begin(false)
}
