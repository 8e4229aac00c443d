/** What a run does of another one: the files in a range of paths. */
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Cut from "@ourclone/core/engine/Cut"
import * as Transfer from "@ourclone/core/engine/Transfer"
import * as TransferSummary from "@ourclone/core/engine/TransferSummary"
import * as KeyRange from "@ourclone/core/layers/KeyRange"
import * as Effect from "effect/Effect"
import type { Beside } from "../kind/JobKind.ts"
import * as Bwlimit from "../place/Bwlimit.ts"
import * as Sides from "./Sides.ts"
import type { Transferring } from "./TransferFields.ts"
import * as TransferRun from "./TransferRun.ts"

export interface Request extends Transferring {
  readonly after: string
  readonly upTo: string
}

/** Folders, removals and what can not be transferred are left to the run that this is a part of, and so is the lock. */
export const run = Effect.fnUntraced(function* (request: Request, { limits, tell }: Beside) {
  const opened = yield* Sides.openDestination(request, tell)
  const sides = yield* Sides.withSource(request, opened, tell)
  yield* Sides.refuseWithoutMetadata(request, [sides.source, sides.destination])
  if (sides.folder === undefined) return TransferSummary.empty()
  const range: KeyRange.KeyRange = { after: makeUnsafe(request.after), upTo: makeUnsafe(request.upTo) }
  const source = KeyRange.within(sides.source, range)
  const destination = KeyRange.within(sides.destination, range)
  const plan = yield* TransferRun.planOf("copy", request, { ...sides, source, destination }, tell)
  const bandwidth = yield* Bwlimit.limiter(request.bwlimit, destination, limits)
  return yield* Transfer.execute(source, destination, Cut.filesOf(plan), {
    allowsEmptySource: true,
    withMetadata: request.metadata,
    ...TransferRun.concurrencyOf(request, destination),
    bandwidth,
    tell
  })
})
