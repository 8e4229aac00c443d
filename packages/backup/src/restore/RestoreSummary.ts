/** What a restore counts, and says in the end. */

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
  /** What would be asked of packs, with `dryRun`; what files there have already is not. */
  readonly fetched?: { readonly bytes: number; readonly reads: number }
}
