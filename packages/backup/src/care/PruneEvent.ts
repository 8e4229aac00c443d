/** What a prune says while it runs; plain values, given synchronously. */
import type { PrunePlan } from "./PrunePlan.ts"

export type PruneStep = "find used" | "remove unindexed" | "repack" | "write index" | "remove old"

export type PruneEvent =
  | { readonly _tag: "Planned"; readonly plan: PrunePlan }
  /** A step begins; `total` of what `Done` counts: packs, or index files. */
  | { readonly _tag: "Step"; readonly step: PruneStep; readonly total: number }
  | { readonly _tag: "Done"; readonly step: PruneStep; readonly count: number }
  /** Something was left behind that the next prune takes care of. */
  | { readonly _tag: "Left"; readonly file: string; readonly message: string }

export interface PruneSummary {
  /** Packs that were written and removed, and their bytes. */
  readonly newPacks: number
  readonly newBytes: number
  readonly removedPacks: number
  readonly removedBytes: number
  /** Bytes read for repacking. */
  readonly downloaded: number
  readonly newIndexes: number
  readonly removedIndexes: number
  /** Files that could not be removed. */
  readonly left: number
}
