/** What a task that is done came to, in a few words, the same in every face. */
import * as Amount from "@ourclone/core/events/Amount"
import type { JobType } from "@ourclone/jobs/JobKinds"
import type { Task } from "./Task.ts"

/** Those that can find that all is as it should be. */
const findNothing: ReadonlySet<string> = new Set<JobType | "undo">([
  ...(["copy", "move", "sync", "bisync", "remove", "removeOldVersions", "undelete"] as const),
  ...(["cleanup", "cancelUnfinished", "undo"] as const)
])

/** What is done to one thing that is no file. */
const ofNoFile: ReadonlySet<string> = new Set<JobType>([
  ...(["createBucket", "removeBucket", "updateBucket", "setLifecycle"] as const),
  ...(["removeKey", "mkdir", "testRemote"] as const)
])

/** The first of these numbers that a summary has. */
const counted = (summary: Task["summary"], ...names: ReadonlyArray<string>): number | undefined => {
  if (typeof summary !== "object" || summary === null || Array.isArray(summary)) return undefined
  const fields: Readonly<Record<string, unknown>> = { ...summary }
  return names.map((name) => fields[name]).find((value) => typeof value === "number")
}

/** Things that were dealt with; of a backup, which does not tell of its files one by one, those that were new or changed. */
export const completed = ({ kind, summary, totals }: Pick<Task, "kind" | "summary" | "totals">): number => {
  if (kind !== "backup" || totals.done > 0) return totals.done
  return (counted(summary, "filesNew") ?? 0) + (counted(summary, "filesChanged") ?? 0)
}

/** Bytes that were gone through, of what is done. */
export const bytesThrough = ({ kind, summary, totals }: Pick<Task, "kind" | "summary" | "totals">): number => {
  const bytes = kind === "backup" ? counted(summary, "totalBytesProcessed") : undefined
  return Math.max(totals.doneBytes, bytes ?? 0)
}

/** `46 files`, `3 folders` where there was no file, `nothing to do`; `–` of what counts no files, such as a bucket that was made. */
export const cameTo = ({ kind, summary, totals }: Pick<Task, "kind" | "summary" | "totals">): string => {
  if (ofNoFile.has(kind)) return "–"
  if (totals.done > 0) return Amount.files(totals.done)
  // A backup tells of its files one by one only when it is asked to.
  const files = kind === "backup" ? counted(summary, "totalFilesProcessed") : undefined
  if (files !== undefined) return Amount.files(files)
  if (totals.folders !== undefined) return Amount.counted(totals.folders, "folder")
  // What failed was to be done.
  if (totals.failed > 0) return Amount.files(0)
  return findNothing.has(kind) ? "nothing to do" : "–"
}
