/** What others do of a transfer before it is run: it is cut into ranges of paths, which whoever is free copies. */
import * as Cut from "@ourclone/core/engine/Cut"
import type { Plan } from "@ourclone/core/engine/Plan"
import * as PlannedFacts from "@ourclone/core/engine/PlannedFacts"
import type { TransferSummary } from "@ourclone/core/engine/TransferSummary"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Beside } from "../kind/JobKind.ts"
import type { Shared } from "../kind/Sharing.ts"
import type { Sides } from "./Sides.ts"
import { copied, ranging, type Transferring, transferring } from "./TransferFields.ts"

type Request = Transferring & Readonly<Record<string, unknown>>

/** Some seconds of work, at a tenth of a second for a call. */
const size: Cut.CutSize = { files: 500, bytes: 2 * 1024 ** 3 }

/** Of a request: what only a run that sees all of it can heed, or what is divided by nobody. */
const ofTheWhole = [
  "at",
  "versionId",
  "maxTransfer",
  "maxDurationMillis",
  "checkFirst",
  "orderBy",
  "trackRenames",
  "maxCost",
  "bwlimit",
  "tpslimit",
  "backupDir",
  "suffix",
  "compareDest",
  "copyDest",
  "filesFrom"
]

/**
 * A range is listed without the rest only where both sides list in order, and names that come to be one are only seen by
 * who sees both.
 */
const isCuttable = (request: Request, { destination, folder, source }: Sides): boolean =>
  folder !== undefined &&
  source.capabilities.listsInOrder &&
  destination.capabilities.listsInOrder &&
  destination.capabilities.isCaseSensitive === true &&
  destination.storedAs === undefined &&
  ofTheWhole.every((field) => request[field] === undefined || request[field] === false)

const fields: ReadonlySet<string> = new Set(Object.keys({ ...copied, ...transferring, ...ranging }))

/** As JSON, which requests are but for what is absent. */
const requestOf = (request: Request, range: { readonly after: string; readonly upTo: string }) =>
  Object.fromEntries(
    Object.entries({ ...request, ...range }).filter(([field, value]) => fields.has(field) && value !== undefined)
  ) as { readonly [field: string]: string }

/** Ends when all that others do has ended. Undefined, and `plan` is not read, where that is not to be. */
export const run = Effect.fnUntraced(function* (
  request: Request,
  sides: Sides,
  plan: Plan,
  { sharing, tell }: Pick<Beside, "sharing"> & { readonly tell: Tell }
) {
  if (sharing === undefined || !isCuttable(request, sides) || !(yield* sharing.isWanted)) return undefined
  const clock = yield* Clock.Clock
  return yield* sharing.run(
    (before) =>
      Cut.ranges(
        PlannedFacts.told(plan, tell, clock, () => before),
        size
      ).pipe(Stream.map((range) => ({ kind: "range", request: requestOf(request, range) }))),
    ({ bytes, files }, { bytes: moving, current, more }) =>
      tell.gauge(() => ({
        _tag: "Progress",
        phase: "transferring",
        files,
        bytes: bytes + moving,
        current,
        ...(more > 0 ? { more } : {})
      }))
  )
})

/** The summary of a run to which all that others did was the same. */
export const together = (
  { copied, retries, same, stored, storedBytes, touched, ...rest }: TransferSummary,
  shared: Shared
): TransferSummary => ({
  ...rest,
  stored: stored + shared.stored,
  storedBytes: storedBytes + shared.storedBytes,
  copied: copied + shared.copied,
  touched: touched + shared.touched,
  same: Math.max(0, same - shared.files),
  retries: retries + shared.retries
})
