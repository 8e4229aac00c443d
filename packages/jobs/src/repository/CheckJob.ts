/** `check`: whether everything is there and is what was written. */
import * as Checker from "@ourclone/backup/care/Checker"
import * as CheckSubset from "@ourclone/backup/care/CheckSubset"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { checking } from "./CareFields.ts"
import { count, reading } from "./Fields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"

export const Request = Schema.Struct({
  ...reading,
  ...checking
})
export type Request = typeof Request.Type

const ids = Schema.Array(Schema.String)

export const Summary = Schema.Struct({
  /** Each was told. */
  errors: count,
  hints: count,
  /** Packs that are missing, of another size than the index says, or damaged. */
  brokenPacks: ids,
  /** What would help. */
  suggestRepairIndex: Schema.Boolean,
  suggestRepairSnapshots: Schema.Boolean,
  suggestPrune: Schema.Boolean,
  /** Snapshots that can only be forgotten. */
  unreadableSnapshots: ids,
  snapshots: count,
  packs: count,
  blobs: count,
  trees: count,
  packsRead: count,
  bytesRead: count
})
export type Summary = typeof Summary.Type

/** What is read; `undefined` for nothing. */
const subsetOf = ({ readData, readDataSubset }: Request): CheckSubset.CheckSubset | InvalidJob | undefined => {
  if (readDataSubset === undefined) return readData === true ? CheckSubset.all : undefined
  if (readData === true) {
    return new InvalidJob({ field: "readDataSubset", message: "every pack is read already" })
  }
  const subset = CheckSubset.parse(readDataSubset)
  return typeof subset === "string" ? new InvalidJob({ field: "readDataSubset", message: subset }) : subset
}

const refuse = (request: Request): InvalidJob | undefined => {
  const subset = subsetOf(request)
  return subset instanceof InvalidJob ? subset : undefined
}

const run = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const readData = subsetOf(request)
  if (readData instanceof InvalidJob) return yield* readData
  if (readData !== undefined) yield* Checker.prepare
  const repository = yield* OpenedRepository.open(request, beside)
  const checking = Checker.check(repository, { readData, withCache: request.withCache }, beside.tell)
  return yield* OpenedRepository.locked(repository, request, "exclusive", beside.tell, checking)
})

export const kind: JobKind<"checkRepository", Request, Summary> = {
  type: "checkRepository",
  request: Request,
  summary: Summary,
  needs: OpenedRepository.needs,
  refuse,
  run
}
