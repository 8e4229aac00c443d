/** What a backup tells while it runs and at its end, in restic's shapes or for people. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Deed, Fact, RunEvent } from "@ourclone/core/events/RunEvent"
import type { Summary } from "@ourclone/jobs/repository/BackupJob"
import type { Output } from "../Output.ts"
import { told } from "../words/remedies.ts"
import type { Counts } from "./ByteProgress.ts"
import { secondsLeft } from "./ByteProgress.ts"

/** restic's words for what became of a file. */
const actions: { readonly [deed in Deed]?: string } = { stored: "new", updated: "modified", same: "unchanged" }

const tellItem = (
  output: Output,
  { bytes = 0, deed, item }: Extract<Fact, { readonly _tag: "Done" | "Would" }>
): void => {
  const action = actions[deed] ?? deed
  if (output.isJson) output.json({ message_type: "verbose_status", action, item, data_size: bytes })
  else output.note(`${action.padEnd(9)} ${printable(item)} (${Amount.bytes(bytes)})`)
}

const tellFailure = (output: Output, { failure }: Extract<Fact, { readonly _tag: "Failed" }>): void => {
  const { code, item = "" } = failure
  const message = told(failure)
  const during = code === "ScanFailed" ? "scan" : "archival"
  if (output.isJson) output.errorJson({ message_type: "error", error: { message }, during, item })
  else output.problem(`error: ${item}: ${message}`)
}

const tellNote = (output: Output, note: Extract<Fact, { readonly _tag: "Note" }>): void => {
  const message = told(note)
  if (!output.isJson) output.problem(`warning: ${message}`)
  else output.errorJson({ message_type: "error", error: { message }, during: "archival", item: "" })
}

/** restic's line for what there is to back up, once it is counted. */
const scanned = ({ bytes, files }: Extract<Fact, { readonly _tag: "Planned" }>, began: number | undefined) => ({
  message_type: "verbose_status",
  action: "scan_finished",
  item: "",
  duration: began === undefined ? 0 : (performance.now() - began) / 1000,
  data_size: bytes,
  data_size_in_repo: 0,
  metadata_size: 0,
  metadata_size_in_repo: 0,
  total_files: files
})

/** Folds events into counts, and tells those at once that nobody may miss. */
export const make = (output: Output) => {
  let total = { files: 0, bytes: 0, isFinal: false }
  let done = { files: 0, bytes: 0 }
  let failed = 0
  let began: number | undefined
  let items: ReadonlyArray<string> = []

  const onEvent = (event: RunEvent): void => {
    switch (event._tag) {
      case "Step": {
        const parent = event.values?.["snapshot"]
        began = performance.now()
        if (output.isVerbose && !output.isJson && parent !== undefined) {
          output.note(`comparing with snapshot ${String(parent).slice(0, 8)}`)
        }
        return
      }
      case "Planned":
        total = event
        if (event.isFinal && output.isJson && output.isVerbose) output.json(scanned(event, began))
        return
      case "Progress":
        done = event
        items = event.current.map(({ item }) => item)
        return
      case "Done":
      case "Would":
        tellItem(output, event)
        return
      case "Failed":
        failed++
        tellFailure(output, event)
        return
      case "Note":
        tellNote(output, event)
    }
  }

  const counts = (): Counts => ({
    files: total.files,
    bytes: total.bytes,
    isComplete: total.isFinal,
    filesDone: done.files,
    bytesDone: done.bytes,
    failed,
    items,
    step: began === undefined ? "looking at the repository" : "looking at files",
    began
  })
  return { onEvent, counts }
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

export const summaryJson = (summary: Summary) => ({
  message_type: "summary",
  ...(summary.isPreview ? { dry_run: true } : {}),
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

export const summaryLines = (summary: Summary): ReadonlyArray<string> => {
  const { dataAdded, dataAddedPacked, durationMillis, isPreview, snapshotId } = summary
  const counted = (fresh: number, changed: number, same: number) =>
    `${Amount.count(fresh)} new, ${Amount.count(changed)} changed, ${Amount.count(same)} unchanged`
  const ending = isPreview
    ? "no snapshot was made: --dry-run"
    : snapshotId === undefined
      ? "nothing has changed; no snapshot was made"
      : `snapshot ${snapshotId.slice(0, 8)} saved`
  return [
    `files      ${counted(summary.filesNew, summary.filesChanged, summary.filesUnmodified)}`,
    `folders    ${counted(summary.dirsNew, summary.dirsChanged, summary.dirsUnmodified)}`,
    `${isPreview ? "would add" : "added"}`.padEnd(11) +
      `${Amount.bytes(dataAdded)} (${Amount.bytes(dataAddedPacked)} stored)`,
    `processed  ${Amount.files(summary.totalFilesProcessed)}, ${Amount.bytes(summary.totalBytesProcessed)} in ${Amount.duration(durationMillis / 1000)}`,
    ending
  ]
}
