/** `prune`: frees what no snapshot needs. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { flag } from "../kind/RequestFields.ts"
import { pruning } from "./CareFields.ts"
import { access, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as PruneRun from "./PruneRun.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...pruning,
  allowRemoveAll: flag("Prune also where no snapshot is left, and so remove everything")
})
export type Request = typeof Request.Type

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const options = { isPreview, allowRemoveAll: request.allowRemoveAll === true }
    const pruning = PruneRun.run(repository, request, options, tell)
    return yield* isPreview ? pruning : OpenedRepository.locked(repository, request, "exclusive", tell, pruning)
  })

/** Cut off anywhere and run again, it goes on from there. */
export const kind: JobKind<"prune", Request, PruneRun.Summary> = {
  type: "prune",
  request: Request,
  summary: PruneRun.Summary,
  needs: OpenedRepository.needs,
  preview: begin(true),
  run: begin(false)
}
