/** What a check says in the end. */

/** Hints are no damage: something that costs space, or that prune cleans up. */
export type Severity = "error" | "hint"

export interface CheckResult {
  readonly errors: number
  readonly hints: number
  /** Packs that are missing, of another size than the index says, or damaged. */
  readonly brokenPacks: ReadonlyArray<string>
  /** `repair index` would help. */
  readonly suggestRepairIndex: boolean
  /** Something that snapshots need is lost or damaged. */
  readonly suggestRepairSnapshots: boolean
  /** Ids of snapshots that can only be forgotten. */
  readonly unreadableSnapshots: ReadonlyArray<string>
  /** `prune` would clean up. */
  readonly suggestPrune: boolean
  readonly snapshots: number
  readonly packs: number
  readonly blobs: number
  readonly trees: number
  readonly packsRead: number
  readonly bytesRead: number
}
