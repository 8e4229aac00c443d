/** A snapshot as queries give it. */
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import * as Schema from "effect/Schema"

const others = Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))

const Summary = Schema.Struct({
  filesNew: Schema.Finite,
  filesChanged: Schema.Finite,
  filesUnmodified: Schema.Finite,
  dirsNew: Schema.Finite,
  dirsChanged: Schema.Finite,
  dirsUnmodified: Schema.Finite,
  dataBlobs: Schema.Finite,
  treeBlobs: Schema.Finite,
  dataAdded: Schema.Finite,
  dataAddedPacked: Schema.Finite,
  totalFilesProcessed: Schema.Finite,
  totalBytesProcessed: Schema.Finite,
  backupStart: Schema.String,
  backupEnd: Schema.String,
  /** Counters of other programs. */
  unknown: others
})

export const SnapshotRow = Schema.Struct({
  id: Schema.String,
  /** RFC 3339 with the offset of the machine that made it. */
  time: Schema.String,
  parent: Schema.optionalKey(Schema.String),
  tree: Schema.String,
  paths: Schema.Array(Schema.String),
  hostname: Schema.String,
  username: Schema.String,
  uid: Schema.Int,
  gid: Schema.Int,
  excludes: Schema.Array(Schema.String),
  tags: Schema.Array(Schema.String),
  /** The first snapshot of the chain that this one replaces. */
  original: Schema.optionalKey(Schema.String),
  programVersion: Schema.optionalKey(Schema.String),
  summary: Schema.optionalKey(Summary),
  /** Fields of other programs. */
  unknown: others
})
export type SnapshotRow = typeof SnapshotRow.Type

const decode = Schema.decodeUnknownSync(SnapshotRow)

/** Fields that are `undefined` in a snapshot are none in a row. */
const present = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

export const of = ({ summary, ...snapshot }: Snapshot): SnapshotRow =>
  decode(present({ ...snapshot, summary: summary === undefined ? undefined : present(summary) }))
