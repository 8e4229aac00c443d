/** `repair snapshots`: takes what is lost out of snapshots, so that the rest can be restored. */
import * as RepairSnapshots from "@ourclone/backup/care/RepairSnapshots"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { replacing } from "./CareFields.ts"
import { access, count, locking, snapshotChoice } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ...snapshotChoice,
  ...replacing
})
export type Request = typeof Request.Type

/** In a preview, what would be. */
export const Summary = Schema.Struct({ replaced: count, unreadable: count, intact: count })
export type Summary = typeof Summary.Type

const isAboutAll = ({ host = [], ids = [], path = [], tag = [] }: Request): boolean =>
  host.length + ids.length + path.length + tag.length === 0

const begin = (isPreview: boolean) =>
  Effect.fnUntraced(function* (request: Request, beside: Beside) {
    const { tell } = beside
    const repository = yield* OpenedRepository.open(request, beside)
    const repairing = Effect.gen(function* () {
      const snapshots = isAboutAll(request) ? undefined : yield* SelectedSnapshots.select(repository, request, tell)
      const options = { snapshots, dryRun: isPreview, forget: request.forget }
      return yield* RepairSnapshots.repairSnapshots(repository, options, tell)
    })
    return yield* isPreview ? repairing : OpenedRepository.locked(repository, request, "exclusive", tell, repairing)
  })

export const kind: JobKind<"repairSnapshots", Request, Summary> = {
  type: "repairSnapshots",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  preview: begin(true),
  run: begin(false)
}
