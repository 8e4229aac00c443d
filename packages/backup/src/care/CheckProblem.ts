/** What a check finds, and what it tells on the way. */

/** Hints are no damage: something that costs space, or that prune cleans up. */
export type Severity = "error" | "hint"

export interface CheckProblem {
  readonly severity: Severity
  /** The repository's file it was found in: `data/5a/5a…`, `snapshots/…`, `config`. */
  readonly file: string
  /** Names file and cause. */
  readonly message: string
}

/** `total` of trees is an upper limit until all are seen. */
export interface CheckProgress {
  readonly _tag: "Progress"
  readonly stage: "trees" | "packs"
  readonly done: number
  readonly total: number
  /** Bytes of the packs that were read; 0 for trees. */
  readonly bytes: number
  readonly totalBytes: number
}

export interface FoundProblem extends CheckProblem {
  readonly _tag: "Problem"
}

export type CheckEvent = FoundProblem | CheckProgress

/** Called often, and synchronously. */
export type Report = (event: CheckEvent) => void

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
