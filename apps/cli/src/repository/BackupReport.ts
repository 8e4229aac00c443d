/** What a backup tells while it runs and at its end, in restic's shapes or for people. */
import type { BackupEvent, BackupSummary } from "@ourclone/backup/archive/BackupEvent"
import * as Amount from "../Amount.ts"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { Counts } from "./ByteProgress.ts"
import { secondsLeft } from "./ByteProgress.ts"

/** Paths kept for display. */
const recent = 4

/** Folds events into counts, and tells those at once that nobody may miss. */
export const make = (output: Output) => {
  let total = { files: 0, bytes: 0, isComplete: false }
  let done = { files: 0, bytes: 0 }
  let failed = 0
  let step: string | undefined = "looking at the repository"
  const items: Array<string> = []

  const report = (event: BackupEvent): void => {
    switch (event._tag) {
      case "ParentChosen":
        step = "looking at files"
        if (output.isVerbose && !output.isJson && event.snapshotId !== undefined) {
          output.note(`comparing with snapshot ${event.snapshotId.slice(0, 8)}`)
        }
        return
      case "Scanned":
        total = event
        return
      case "Advanced":
        done = event
        return
      case "Reading":
        items.push(event.path)
        if (items.length > recent) items.shift()
        return
      case "Archived": {
        const { action, path, size } = event.item
        if (output.isJson) output.json({ message_type: "verbose_status", action, item: path, data_size: size })
        else output.note(`${action.padEnd(9)} ${printable(path)} (${Amount.bytes(size)})`)
        return
      }
      case "Failed": {
        const { during, message, path } = event.failure
        failed++
        if (output.isJson) {
          output.errorJson({ message_type: "error", error: { message }, during, item: path })
        } else output.problem(`error: ${path}: ${message}`)
        return
      }
      case "Warned":
        if (!output.isJson) output.problem(`warning: ${event.message}`)
        else
          output.errorJson({ message_type: "error", error: { message: event.message }, during: "archival", item: "" })
    }
  }

  const counts = (): Counts => ({
    files: total.files,
    bytes: total.bytes,
    isComplete: total.isComplete,
    filesDone: done.files,
    bytesDone: done.bytes,
    failed,
    items,
    step
  })
  return { report, counts }
}

/** A line of `status`. */
export const status = (counts: Counts, seconds: number) => {
  const left = secondsLeft(counts, seconds)
  return {
    message_type: "status",
    seconds_elapsed: Math.floor(seconds),
    ...(left === undefined ? {} : { seconds_remaining: left }),
    percent_done: counts.bytes === 0 ? 0 : Math.min(1, counts.bytesDone / counts.bytes),
    total_files: counts.files,
    files_done: counts.filesDone,
    total_bytes: counts.bytes,
    bytes_done: counts.bytesDone,
    ...(counts.failed === 0 ? {} : { error_count: counts.failed }),
    ...(counts.items.length === 0 ? {} : { current_files: counts.items })
  }
}

export const summaryJson = (summary: BackupSummary) => ({
  message_type: "summary",
  ...(summary.isDryRun ? { dry_run: true } : {}),
  files_new: summary.filesNew,
  files_changed: summary.filesChanged,
  files_unmodified: summary.filesUnmodified,
  dirs_new: summary.dirsNew,
  dirs_changed: summary.dirsChanged,
  dirs_unmodified: summary.dirsUnmodified,
  data_blobs: summary.dataBlobs,
  tree_blobs: summary.treeBlobs,
  data_added: summary.dataAdded,
  data_added_packed: summary.dataAddedPacked,
  total_files_processed: summary.totalFilesProcessed,
  total_bytes_processed: summary.totalBytesProcessed,
  total_duration: summary.durationMillis / 1000,
  backup_start: summary.startedAt,
  backup_end: summary.endedAt,
  ...(summary.snapshotId === undefined ? {} : { snapshot_id: summary.snapshotId })
})

export const summaryLines = (summary: BackupSummary): ReadonlyArray<string> => {
  const { dataAdded, dataAddedPacked, durationMillis, isDryRun, snapshotId } = summary
  const counted = (fresh: number, changed: number, same: number) =>
    `${Amount.count(fresh)} new, ${Amount.count(changed)} changed, ${Amount.count(same)} unchanged`
  const ending = isDryRun
    ? "no snapshot was made: --dry-run"
    : snapshotId === undefined
      ? "nothing has changed; no snapshot was made"
      : `snapshot ${snapshotId.slice(0, 8)} saved`
  return [
    `files      ${counted(summary.filesNew, summary.filesChanged, summary.filesUnmodified)}`,
    `folders    ${counted(summary.dirsNew, summary.dirsChanged, summary.dirsUnmodified)}`,
    `${isDryRun ? "would add" : "added"}`.padEnd(11) +
      `${Amount.bytes(dataAdded)} (${Amount.bytes(dataAddedPacked)} stored)`,
    `processed  ${Amount.files(summary.totalFilesProcessed)}, ${Amount.bytes(summary.totalBytesProcessed)} in ${Amount.duration(durationMillis / 1000)}`,
    ending
  ]
}
