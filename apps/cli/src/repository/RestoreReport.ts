/** What a restore tells while it runs and at its end, in restic's shapes or for people. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Deed, Fact, RunEvent } from "@ourclone/core/events/RunEvent"
import type { Summary } from "@ourclone/jobs/repository/RestoreJob"
import type { Output } from "../Output.ts"
import { told } from "../words/remedies.ts"
import type { Counts } from "./ByteProgress.ts"

/** As the gauge and the summary of a restore have them. */
interface Figures {
  readonly totalFiles?: number
  readonly filesRestored?: number
  readonly filesSkipped?: number
  readonly filesDeleted?: number
  readonly bytesRestored?: number
  readonly bytesSkipped?: number
}

const countsJson = (totals: { readonly files: number; readonly bytes: number }, figures: Figures) => ({
  total_files: totals.files,
  files_restored: figures.filesRestored ?? 0,
  files_skipped: figures.filesSkipped ?? 0,
  files_deleted: figures.filesDeleted ?? 0,
  total_bytes: totals.bytes,
  bytes_restored: figures.bytesRestored ?? 0,
  bytes_skipped: figures.bytesSkipped ?? 0
})

/** restic's words for what became of a path, and what a dry run says would. */
const actions: { readonly [deed in Deed]?: string } = { same: "unchanged", removed: "deleted" }
const dryActions: { readonly [deed in Deed]?: string } = {
  restored: "restore",
  updated: "update",
  same: "keep",
  removed: "delete"
}

const failedDuring: { readonly [code: string]: string } = { DeleteFailed: "delete", VerifyFailed: "verify" }

const tellItem = (output: Output, dryRun: boolean, done: Extract<Fact, { readonly _tag: "Done" | "Would" }>): void => {
  const { bytes = 0, deed, item } = done
  const action = actions[deed] ?? deed
  if (output.isJson) output.json({ message_type: "verbose_status", action, item, size: bytes })
  else if (!dryRun) output.note(`${action.padEnd(9)} ${printable(item)} (${Amount.bytes(bytes)})`)
  else if (deed !== "same" || output.isVerbose) output.line(`${dryActions[deed] ?? deed} ${printable(item)}`)
}

const tellFailure = (output: Output, { failure }: Extract<Fact, { readonly _tag: "Failed" }>): void => {
  const { code, item = "" } = failure
  const message = told(failure)
  const during = failedDuring[code] ?? "restore"
  if (output.isJson) output.errorJson({ message_type: "error", error: { message }, during, item })
  else output.problem(`error: ${item}: ${message}`)
}

/** `5f2a1c9e of 2026-11-21 20:45:00 (vm: /etc)` */
const chosen = ({ host, paths, snapshot, time }: Readonly<Record<string, unknown>>): string =>
  `${String(snapshot).slice(0, 8)} of ${Amount.time(Date.parse(String(time)))} (${printable(String(host))}: ${printable(String(paths))})`

export const make = (output: Output, dryRun: boolean) => {
  let totals = { files: 0, bytes: 0 }
  let isComplete = false
  let figures: Figures = {}
  let done = { files: 0, bytes: 0 }
  let failed = 0
  let began: number | undefined

  const onEvent = (event: RunEvent): void => {
    switch (event._tag) {
      case "Step":
        began = performance.now()
        if (!output.isJson) output.note(`restoring snapshot ${chosen(event.values ?? {})}`)
        return
      case "Planned":
        totals = event
        isComplete = event.isFinal
        return
      case "Progress":
        done = event
        figures = event.figures ?? {}
        return
      case "Done":
      case "Would":
        tellItem(output, dryRun, event)
        return
      case "Note":
        output.note(event.code === "specialLeftOut" ? `${event.message}; --special restores these` : event.message)
        return
      case "Failed":
        failed++
        tellFailure(output, event)
    }
  }

  const counts = (): Counts => ({
    ...totals,
    isComplete,
    filesDone: done.files,
    bytesDone: done.bytes,
    failed,
    items: [],
    step: isComplete ? undefined : "reading the snapshot",
    began
  })
  const status = ({ bytes, bytesDone }: Counts, seconds: number) => ({
    message_type: "status",
    seconds_elapsed: Math.floor(seconds),
    percent_done: bytes === 0 ? 0 : Math.min(1, bytesDone / bytes),
    ...countsJson({ files: figures.totalFiles ?? totals.files, bytes: totals.bytes }, figures)
  })
  return { onEvent, counts, status }
}

export const summaryJson = (summary: Summary) => ({
  message_type: "summary",
  seconds_elapsed: Math.floor(summary.durationMillis / 1000),
  ...countsJson({ files: summary.totalFiles, bytes: summary.totalBytes }, summary)
})

export const summaryText = (summary: Summary, target: string): string => {
  const parts = [
    `${Amount.counted(summary.filesRestored, "file or folder", "files and folders")} (${Amount.bytes(summary.bytesRestored)}) ${summary.isPreview ? "to restore" : "restored"}`,
    summary.filesSkipped > 0 ? `${Amount.count(summary.filesSkipped)} right already` : undefined,
    summary.filesDeleted > 0
      ? `${Amount.count(summary.filesDeleted)} ${summary.isPreview ? "to delete" : "deleted"}`
      : undefined,
    summary.filesVerified === undefined ? undefined : `${Amount.count(summary.filesVerified)} read again and right`,
    summary.failures > 0 ? `${Amount.count(summary.failures)} failed` : undefined
  ]
  const where = `${parts.filter((part) => part !== undefined).join(", ")}, in ${printable(target)}`
  return summary.isPreview
    ? `${where}. Nothing was done: --dry-run`
    : `${where}, in ${Amount.duration(summary.durationMillis / 1000)}`
}
