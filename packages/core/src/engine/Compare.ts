/** When two files of the same path count as the same. Pure; `Plan` finds out what is left open. */
import * as Schema from "effect/Schema"
import type { Capabilities } from "../contract/Capabilities.ts"
import type { File } from "../contract/Entry.ts"
import * as KeptMetadata from "./KeptMetadata.ts"

export interface Comparison {
  /** `time`: size and modification time, the digest deciding when the times differ. `checksum`: size and digest. `size`: size alone. */
  readonly by: "time" | "checksum" | "size"
  /** Leave alone what is newer at the destination. */
  readonly keepsNewer?: boolean
  /** Leave alone whatever exists at the destination. */
  readonly keepsExisting?: boolean
  /** Transfer everything, the same or not. */
  readonly ignoresTimes?: boolean
  /** A file of another kind, mode or owner, or other extended attributes, differs. A listing that leaves out times may leave these out: both are asked for. Compared is what a destination that can do this comes to have. */
  readonly withMetadata?: Capabilities | undefined
  /** Times up to this far apart count as one, also where both sides keep them more exactly. */
  readonly windowMillis?: number | undefined
}

export const Difference = Schema.Literals([
  "missing",
  "size differs",
  "checksum differs",
  "time differs",
  "mode differs",
  "owner differs",
  "attributes differ",
  "asked to transfer all"
])
export type Difference = typeof Difference.Type

/** What differs of a file whose bytes do not. */
export type Beside = Extract<Difference, "mode differs" | "owner differs" | "attributes differ">

/**
 * `LeftAlone`: not to be replaced, and not known to be the same. `Hash`: only the
 * digests can tell; when they are not to be had, `otherwise` holds. `beside` is what differs though the bytes are the same.
 */
export type Verdict =
  | { readonly _tag: "Same"; readonly beside?: Beside }
  | { readonly _tag: "LeftAlone"; readonly beside?: undefined }
  | { readonly _tag: "Differs"; readonly because: Difference; readonly beside?: undefined }
  | { readonly _tag: "Hash"; readonly otherwise: "same" | Difference; readonly beside?: Beside }
  /** A time that a listing left out decides. */
  | { readonly _tag: "Date"; readonly beside?: undefined }

type OfBytes = Extract<Verdict, { readonly _tag: "Same" | "Hash" | "Date" }>

const undated: OfBytes = { _tag: "Date" }
const same: OfBytes = { _tag: "Same" }
const leftAlone: Verdict = { _tag: "LeftAlone" }
const missing: Verdict = { _tag: "Differs", because: "missing" }
const sizeDiffers: Verdict = { _tag: "Differs", because: "size differs" }
const kindDiffers: Verdict = { _tag: "Differs", because: "mode differs" }
const asked: Verdict = { _tag: "Differs", because: "asked to transfer all" }
const hashOrSize: Verdict = { _tag: "Hash", otherwise: "size differs" }
const hashOrTime: OfBytes = { _tag: "Hash", otherwise: "time differs" }
const hashOrSame: OfBytes = { _tag: "Hash", otherwise: "same" }

/** How far two times may lie apart and still be one, in milliseconds; `undefined` when either side keeps none. */
export const precision = (left: Capabilities, right: Capabilities, windowMillis = 0): number | undefined =>
  left.modifiedAtPrecision === undefined || right.modifiedAtPrecision === undefined
    ? undefined
    : Math.max(left.modifiedAtPrecision - 1, right.modifiedAtPrecision - 1, windowMillis)

/** A file of a source with the time that `destination` keeps of it. */
export const asKept = (file: File, { timesKept }: Capabilities): File => {
  if (timesKept === undefined || file.modifiedAt === undefined) return file
  const modifiedAt = Math.min(Math.max(file.modifiedAt, timesKept.earliest), timesKept.latest)
  return modifiedAt === file.modifiedAt ? file : { ...file, modifiedAt }
}

/** `within` is the result of `precision`. */
export const decide = (
  source: File,
  destination: File | undefined,
  comparison: Comparison,
  within: number | undefined
): Verdict => {
  if (destination === undefined) return missing
  if (comparison.keepsExisting) return leftAlone
  if (comparison.ignoresTimes) return asked
  const asksForTime = within !== undefined && source.modifiedAt !== undefined && destination.modifiedAt !== undefined
  const later = asksForTime ? source.modifiedAt - destination.modifiedAt : undefined
  if (comparison.keepsNewer && within !== undefined) {
    if (later === undefined) return undated
    if (later < -within) return leftAlone
  }
  if (source.isSizeUnsure === true || destination.isSizeUnsure === true) return hashOrSize
  if (source.size !== destination.size) return sizeDiffers
  let beside: Beside | undefined
  if (comparison.withMetadata !== undefined) {
    if (source.modifiedAt === undefined || destination.modifiedAt === undefined) return undated
    const other = KeptMetadata.difference(source, destination, comparison.withMetadata)
    if (other === "kind") return kindDiffers
    beside = other
  }
  const verdict = decideBytes(later, comparison, within)
  return beside === undefined || verdict._tag === "Date" ? verdict : { ...verdict, beside }
}

const decideBytes = (later: number | undefined, comparison: Comparison, within: number | undefined): OfBytes => {
  if (comparison.by === "size") return same
  if (comparison.by === "time" && within !== undefined && later === undefined) return undated
  const isSameTime = within === undefined || later === undefined || Math.abs(later) <= within
  if (comparison.by === "checksum") return isSameTime ? hashOrSame : hashOrTime
  return isSameTime ? same : hashOrTime
}
