/** What a prune says in the end. */

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
