/** `restore`: a snapshot, or a part of it, onto this machine. */
import { resolve } from "node:path"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import type { RestoreCounts, RestoreEvent, RestoreSummary } from "@ourclone/backup/restore/RestoreEvent"
import * as Restorer from "@ourclone/backup/restore/Restorer"
import type { Overwrite } from "@ourclone/backup/restore/RestoreTarget"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import { usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import { printable } from "../PrintableText.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import * as ByteProgress from "./ByteProgress.ts"
import { readerOf } from "./LoadedRepository.ts"
import { locked, open } from "./OpenedRepository.ts"
import { type ExcludeFlagsInput, type IncludeFlagsInput, isEmpty, selectionOf } from "./PathSelection.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import { filterOf } from "./SnapshotSelection.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface RestoreFlags extends ReadingInput, SnapshotFilterInput, ExcludeFlagsInput, IncludeFlagsInput {
  readonly snapshot: string
  readonly target: string | undefined
  readonly overwrite: Overwrite
  readonly delete: boolean
  readonly verify: boolean
  readonly sparse: boolean
  readonly dryRun: boolean
}

const none: RestoreCounts = {
  filesRestored: 0,
  filesSkipped: 0,
  filesDeleted: 0,
  bytesRestored: 0,
  bytesSkipped: 0
}

const countsJson = (totals: { readonly files: number; readonly bytes: number }, counts: RestoreCounts) => ({
  total_files: totals.files,
  files_restored: counts.filesRestored,
  files_skipped: counts.filesSkipped,
  files_deleted: counts.filesDeleted,
  total_bytes: totals.bytes,
  bytes_restored: counts.bytesRestored,
  bytes_skipped: counts.bytesSkipped
})

const dryActions = { restored: "restore", updated: "update", unchanged: "keep", deleted: "delete" }

const makeReport = (output: Output, dryRun: boolean) => {
  let totals = { files: 0, bytes: 0 }
  let isComplete = false
  let counted = none
  let failed = 0
  const report = (event: RestoreEvent): void => {
    switch (event._tag) {
      case "Totals":
        totals = event
        isComplete = true
        return
      case "Progress":
        counted = event
        return
      case "Item": {
        const { action, path, size } = event
        if (output.isJson) output.json({ message_type: "verbose_status", action, item: path, size })
        else if (!dryRun) output.note(`${action.padEnd(9)} ${printable(path)} (${Amount.bytes(size)})`)
        else if (action !== "unchanged" || output.isVerbose) output.line(`${dryActions[action]} ${printable(path)}`)
        return
      }
      case "Failed": {
        const { during, message, path } = event
        failed++
        if (output.isJson) output.errorJson({ message_type: "error", error: { message }, during, item: path })
        else output.problem(`error: ${path}: ${message}`)
      }
    }
  }
  const counts = (): ByteProgress.Counts => ({
    ...totals,
    isComplete,
    filesDone: counted.filesRestored + counted.filesSkipped,
    bytesDone: counted.bytesRestored + counted.bytesSkipped,
    failed,
    items: [],
    step: isComplete ? undefined : "reading the snapshot"
  })
  const status = ({ bytes, bytesDone }: ByteProgress.Counts, seconds: number) => ({
    message_type: "status",
    seconds_elapsed: Math.floor(seconds),
    percent_done: bytes === 0 ? 0 : Math.min(1, bytesDone / bytes),
    ...countsJson(totals, counted)
  })
  return { report, counts, status }
}

const summaryText = (summary: RestoreSummary, target: string, seconds: number): string => {
  const parts = [
    `${Amount.files(summary.filesRestored)} (${Amount.bytes(summary.bytesRestored)}) ${summary.dryRun ? "to restore" : "restored"}`,
    summary.filesSkipped > 0 ? `${Amount.count(summary.filesSkipped)} right already` : undefined,
    summary.filesDeleted > 0
      ? `${Amount.count(summary.filesDeleted)} ${summary.dryRun ? "to delete" : "deleted"}`
      : undefined,
    summary.filesVerified === undefined ? undefined : `${Amount.count(summary.filesVerified)} read again and right`,
    summary.failures > 0 ? `${Amount.count(summary.failures)} failed` : undefined
  ]
  const where = `${parts.filter((part) => part !== undefined).join(", ")}, in ${printable(target)}`
  return summary.dryRun ? `${where}. Nothing was done: --dry-run` : `${where}, in ${Amount.duration(seconds)}`
}

export const run = (flags: RestoreFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      if (flags.target === undefined || flags.target === "")
        return yield* usage("say with --target where to restore to")
      const target = resolve(flags.target)
      const selection = yield* selectionOf(flags)
      if (flags.delete && target === "/" && isEmpty(selection.includes)) {
        return yield* usage(
          "--delete with the target / would remove what is not in the snapshot from the whole machine; say --include, too"
        )
      }
      yield* Restorer.prepare
      const repository = yield* open(output, flags)
      const { counts, report, status } = makeReport(output, flags.dryRun)
      const started = performance.now()
      const { id, subfolder } = Snapshots.parse(flags.snapshot)
      const working = Effect.gen(function* () {
        yield* ByteProgress.show(output, counts, status)
        const snapshot = yield* Snapshots.find(repository, id, filterOf(flags))
        if (!output.isJson) output.note(`restoring snapshot ${SnapshotText.title(snapshot)}`)
        return yield* Restorer.restore(repository, yield* readerOf(repository), {
          snapshot,
          subfolder,
          target,
          selection,
          overwrite: flags.overwrite,
          delete: flags.delete,
          dryRun: flags.dryRun,
          verify: flags.verify,
          sparse: flags.sparse,
          items: output.isVerbose || flags.dryRun,
          report
        })
      })
      const summary = yield* locked(output, repository, flags, "shared", Effect.scoped(working))
      const seconds = (performance.now() - started) / 1000
      const totals = { files: summary.totalFiles, bytes: summary.totalBytes }
      if (output.isJson) {
        output.json({ message_type: "summary", seconds_elapsed: Math.floor(seconds), ...countsJson(totals, summary) })
      } else output.note(summaryText(summary, target, seconds))
      if (summary.failures > 0) return yield* someFailed
    })
  )
