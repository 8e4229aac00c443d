/** When two files of the same path count as the same. Pure; `Plan` finds out what is left open. */
import * as Schema from "effect/Schema"
import type { Capabilities } from "../contract/Capabilities.ts"
import type { File } from "../contract/Entry.ts"
import { ofMetadata, usualMode } from "../contract/PosixMetadata.ts"

export interface Comparison {
  /** `time`: size and modification time, the digest deciding when the times differ. `checksum`: size and digest. `size`: size alone. */
  readonly by: "time" | "checksum" | "size"
  /** Leave alone what is newer at the destination. */
  readonly keepsNewer?: boolean
  /** Leave alone whatever exists at the destination. */
  readonly keepsExisting?: boolean
  /** Transfer everything, the same or not. */
  readonly ignoresTimes?: boolean
  /** A file of another mode or kind differs. Where a listing leaves out times it may leave out modes: both are asked for. */
  readonly withModes?: boolean
  /** Times up to this far apart count as one, also where both sides keep them more exactly. */
  readonly windowMillis?: number | undefined
}

export const Difference = Schema.Literals([
  "missing",
  "size differs",
  "checksum differs",
  "time differs",
  "mode differs",
  "asked to transfer all"
])
export type Difference = typeof Difference.Type

/**
 * `LeftAlone`: not to be replaced, and not known to be the same. `Hash`: only the
 * digests can tell; when they are not to be had, `otherwise` holds.
 */
export type Verdict =
  | { readonly _tag: "Same" }
  | { readonly _tag: "LeftAlone" }
  | { readonly _tag: "Differs"; readonly because: Difference }
  | { readonly _tag: "Hash"; readonly otherwise: "same" | Difference }
  /** A time that a listing left out decides. */
  | { readonly _tag: "Date" }

const undated: Verdict = { _tag: "Date" }
const same: Verdict = { _tag: "Same" }
const leftAlone: Verdict = { _tag: "LeftAlone" }
const missing: Verdict = { _tag: "Differs", because: "missing" }
const sizeDiffers: Verdict = { _tag: "Differs", because: "size differs" }
const modeDiffers: Verdict = { _tag: "Differs", because: "mode differs" }
const asked: Verdict = { _tag: "Differs", because: "asked to transfer all" }
const hashOrSize: Verdict = { _tag: "Hash", otherwise: "size differs" }
const hashOrTime: Verdict = { _tag: "Hash", otherwise: "time differs" }
const hashOrSame: Verdict = { _tag: "Hash", otherwise: "same" }

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

const permissions = 0o777

const haveSameMode = (source: File, destination: File): boolean => {
  const [left, right] = [ofMetadata(source.metadata), ofMetadata(destination.metadata)]
  const isSameKind = (left?.isLink ?? false) === (right?.isLink ?? false)
  // The mode of a link says nothing.
  return (
    isSameKind &&
    (left?.isLink === true || (((left?.mode ?? usualMode) ^ (right?.mode ?? usualMode)) & permissions) === 0)
  )
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
  if (comparison.withModes === true) {
    if (source.modifiedAt === undefined || destination.modifiedAt === undefined) return undated
    if (!haveSameMode(source, destination)) return modeDiffers
  }
  if (comparison.by === "size") return same
  if (comparison.by === "time" && within !== undefined && later === undefined) return undated
  const isSameTime = within === undefined || later === undefined || Math.abs(later) <= within
  if (comparison.by === "checksum") return isSameTime ? hashOrSame : hashOrTime
  return isSameTime ? same : hashOrTime
}
