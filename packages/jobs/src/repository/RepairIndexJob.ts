/** `repair index`: makes the index say again what the packs hold. */
import * as RepairIndex from "@ourclone/backup/care/RepairIndex"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { indexing } from "./CareFields.ts"
import { access, count, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...indexing
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({
  damagedIndexes: count,
  missingPacks: count,
  indexedPacks: count,
  unreadablePacks: count,
  /** Both 0 when there was nothing to do. */
  newIndexes: count,
  removedIndexes: count
})
export type Summary = typeof Summary.Type

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const options = { readAllPacks: request.readAllPacks, dryRun: isPreview }
    const repairing = RepairIndex.repairIndex(repository, options, tell)
    return yield* isPreview ? repairing : OpenedRepository.locked(repository, request, "exclusive", tell, repairing)
  })

export const kind: JobKind<"repairIndex", Request, Summary> = {
  type: "repairIndex",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  preview: begin(true),
  run: begin(false)
}
