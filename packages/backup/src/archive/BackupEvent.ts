/** What a backup tells while it runs, and what it says at the end. */

import type { SnapshotCounts } from "../format/SnapshotSummary.ts"
import type { Failure, Item, ItemAction } from "./ArchiveMessages.ts"

export type { Failure, Item, ItemAction }

export type BackupEvent =
  /** What the backup is compared with; all of it is read when there is none. */
  | { readonly _tag: "ParentChosen"; readonly snapshotId: string | undefined }
  /** What has been counted so far; told only when `scan` was asked for. Files are everything but directories. */
  | { readonly _tag: "Scanned"; readonly files: number; readonly bytes: number; readonly isComplete: boolean }
  /** What has been archived so far. */
  | { readonly _tag: "Advanced"; readonly files: number; readonly bytes: number }
  /** A directory, or a large file, that a thread has begun with. */
  | { readonly _tag: "Reading"; readonly path: string }
  /** A file has been archived; told only when `items` were asked for. */
  | { readonly _tag: "Archived"; readonly item: Item }
  /** It is not, or not fully, in the snapshot. */
  | { readonly _tag: "Failed"; readonly failure: Failure }
  /** Nothing is missing, but something is not as it should be. */
  | { readonly _tag: "Warned"; readonly message: string }

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
