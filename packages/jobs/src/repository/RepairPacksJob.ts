/** `repair packs`: saves what can still be read of damaged packs, then removes them. */
import * as RepairPacks from "@ourclone/backup/care/RepairPacks"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { JobKind } from "../kind/JobKind.ts"
import { access, count, locking } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...access,
  ...locking,
  ids: Schema.Array(Schema.String).annotate({ description: "The damaged packs, as a check names them" })
})
export type Request = typeof Request.Type

export const Summary = Schema.Struct({ savedBlobs: count, lostBlobs: count, removedPacks: count })
export type Summary = typeof Summary.Type

const packId = /^[0-9a-f]{64}$/

const refuse = ({ ids }: Request): InvalidJob | undefined => {
  const bad = ids.find((id) => !packId.test(id))
  if (bad === undefined) return undefined
  return new InvalidJob({ message: `"${bad}" is not the id of a pack: those have 64 digits, as check prints them` })
}

export const kind: JobKind<"repairPacks", Request, Summary> = {
  type: "repairPacks",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  run: Effect.fnUntraced(function* (request, beside) {
    const repository = yield* OpenedRepository.open(request, beside)
    const repairing = RepairPacks.repairPacks(repository, request.ids, {}, beside.tell)
    return yield* OpenedRepository.locked(repository, request, "exclusive", beside.tell, repairing)
  })
}
