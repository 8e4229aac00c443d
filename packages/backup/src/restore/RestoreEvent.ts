/** What a restore tells while it runs, and in the end. */

/** Paths are those in the snapshot: `/home/a`. */
export type RestoreEvent =
  /** All trees are read: what there is to restore, directories and links among the files. */
  | { readonly _tag: "Totals"; readonly files: number; readonly bytes: number }
  /** Counts up to now. */
  | ({ readonly _tag: "Progress" } & RestoreCounts)
  | {
      readonly _tag: "Item"
      readonly action: "restored" | "updated" | "unchanged" | "deleted"
      readonly path: string
      readonly size: number
    }
  | {
      readonly _tag: "Failed"
      readonly path: string
      readonly during: "restore" | "delete" | "verify"
      readonly message: string
    }

export interface RestoreCounts {
  readonly filesRestored: number
  /** They were there and right, or were to be kept. */
  readonly filesSkipped: number
  readonly filesDeleted: number
  readonly bytesRestored: number
  readonly bytesSkipped: number
}

export interface RestoreSummary extends RestoreCounts {
  readonly totalFiles: number
  readonly totalBytes: number
  /** Paths that are not as in the snapshot; each was reported. */
  readonly failures: number
  /** Files read again and found right; absent without `verify`. */
  readonly filesVerified?: number
  readonly dryRun: boolean
}
