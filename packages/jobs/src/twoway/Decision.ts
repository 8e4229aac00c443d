/** What becomes of a path that two sides may both have changed since they were the same. Pure. */
import type { File } from "@ourclone/core/contract/Entry"

/** Size in bytes and time in milliseconds of a file when both sides last had the same one. */
export interface Prior {
  readonly size: number
  readonly modifiedAt: number | undefined
}

/** `unknown`: it can not be read, or is left out by a filter; whether it is there is nobody's business then. */
export type Standing = "absent" | "same" | "changed" | "unknown"

export type Decision =
  | "nothing"
  /** It is gone on both sides. */
  | "forget"
  /** Both have something new: the same, or a conflict. */
  | "compare"
  | "toFirst"
  | "toSecond"
  | "removeFirst"
  | "removeSecond"

/** How a side stands to `prior`. `within` is `Compare.precision`: without times the size alone tells. */
export const standing = (prior: Prior | undefined, file: File | undefined, within: number | undefined): Standing => {
  if (file === undefined) return "absent"
  if (prior === undefined || file.size !== prior.size || file.isSizeUnsure === true) return "changed"
  if (within === undefined || file.modifiedAt === undefined || prior.modifiedAt === undefined) return "same"
  return Math.abs(file.modifiedAt - prior.modifiedAt) <= within ? "same" : "changed"
}

/** By the first side, then the second. What was changed is never removed because the other side has removed it. */
const table: { readonly [First in Standing]: { readonly [Second in Standing]: Decision } } = {
  absent: { absent: "forget", same: "removeSecond", changed: "toFirst", unknown: "nothing" },
  same: { absent: "removeFirst", same: "nothing", changed: "toFirst", unknown: "nothing" },
  changed: { absent: "toSecond", same: "toSecond", changed: "compare", unknown: "nothing" },
  unknown: { absent: "nothing", same: "nothing", changed: "nothing", unknown: "nothing" }
}

export const decide = (first: Standing, second: Standing): Decision => table[first][second]
