/** What a backup says at the end. */
import type { SnapshotCounts } from "../format/SnapshotSummary.ts"

export interface BackupSummary extends SnapshotCounts {
  /** RFC 3339. */
  readonly startedAt: string
  readonly endedAt: string
  readonly durationMillis: number
  /** Absent when none was written: a dry run, or nothing had changed. */
  readonly snapshotId: string | undefined
  readonly parentId: string | undefined
  /** Of the whole, whether a snapshot was written or not. */
  readonly tree: string
  /** Files that are not, or not fully, in the snapshot. */
  readonly failures: number
  readonly isDryRun: boolean
}
