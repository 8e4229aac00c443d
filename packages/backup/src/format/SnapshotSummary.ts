/** What a snapshot says of the backup that made it; restic writes this since 0.17. */
import * as GoJson from "../go/GoJson.ts"
import * as GoTime from "../go/GoTime.ts"
import type { Fields } from "./NodeFields.ts"

/** What a backup counts. */
export interface SnapshotCounts {
  readonly filesNew: number
  readonly filesChanged: number
  readonly filesUnmodified: number
  readonly dirsNew: number
  readonly dirsChanged: number
  readonly dirsUnmodified: number
  /** New blobs. */
  readonly dataBlobs: number
  readonly treeBlobs: number
  /** Bytes of the new blobs before compression, and as they are stored. */
  readonly dataAdded: number
  readonly dataAddedPacked: number
  readonly totalFilesProcessed: number
  readonly totalBytesProcessed: number
}

export interface SnapshotSummary extends SnapshotCounts {
  readonly backupStart: string
  readonly backupEnd: string
  /** Counters of other programs. */
  readonly unknown?: Readonly<Record<string, unknown>> | undefined
}

/** In the order they are written in; all of them are, zero too. */
const counters = [
  ["filesNew", "files_new"],
  ["filesChanged", "files_changed"],
  ["filesUnmodified", "files_unmodified"],
  ["dirsNew", "dirs_new"],
  ["dirsChanged", "dirs_changed"],
  ["dirsUnmodified", "dirs_unmodified"],
  ["dataBlobs", "data_blobs"],
  ["treeBlobs", "tree_blobs"],
  ["dataAdded", "data_added"],
  ["dataAddedPacked", "data_added_packed"],
  ["totalFilesProcessed", "total_files_processed"],
  ["totalBytesProcessed", "total_bytes_processed"]
] as const

const known = new Set(["backup_start", "backup_end", ...counters.map(([, field]) => field)])

export const encode = (summary: SnapshotSummary): string => {
  const times = `"backup_start":${GoJson.quote(summary.backupStart)},"backup_end":${GoJson.quote(summary.backupEnd)}`
  const counts = counters.map(([key, field]) => `,"${field}":${summary[key]}`)
  const others = Object.entries(summary.unknown ?? {}).map(
    ([key, value]) => `,${GoJson.quote(key)}:${GoJson.encode(value)}`
  )
  return `{${times}${counts.join("")}${others.join("")}}`
}

const time = (value: unknown): string => (typeof value === "string" ? value : GoTime.zero)

const count = (value: unknown): number => (typeof value === "number" && value >= 0 ? value : 0)

/** Never fails: nothing depends on these numbers. */
export const decode = (fields: Fields): SnapshotSummary => {
  const counts = Object.fromEntries(counters.map(([key, field]) => [key, count(fields[field])])) as Record<
    (typeof counters)[number][0],
    number
  >
  const unknown = Object.entries(fields).filter(([key]) => !known.has(key))
  return {
    backupStart: time(fields.backup_start),
    backupEnd: time(fields.backup_end),
    ...counts,
    unknown: unknown.length === 0 ? undefined : Object.fromEntries(unknown)
  }
}
