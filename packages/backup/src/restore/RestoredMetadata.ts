/** The metadata of an entry of a restore, as Metadata.ts wants it. */
import * as Metadata from "../format/Metadata.ts"
import type { Node, NodeType } from "../format/Node.ts"
import * as Entries from "./RestoreEntries.ts"
import type { EntryRecord } from "./RestoreMessages.ts"

export interface Problem {
  readonly message: string
  readonly code: string
}

export const nanosecondsOf = (instant: Entries.Instant): bigint =>
  BigInt(instant.seconds) * 1_000_000_000n + BigInt(instant.nanoseconds)

const timeText = (instant: Entries.Instant): string =>
  `${new Date(instant.seconds * 1000).toISOString().slice(0, 19)}.${String(instant.nanoseconds).padStart(9, "0")}Z`

const types: Record<Entries.EntryKind, NodeType> = {
  [Entries.directory]: "dir",
  [Entries.file]: "file",
  [Entries.hardLink]: "file",
  [Entries.symbolicLink]: "symlink",
  [Entries.pipe]: "fifo",
  [Entries.blockDevice]: "dev",
  [Entries.characterDevice]: "chardev"
}

export const nodeOf = (record: EntryRecord): Node => ({
  name: record.path,
  type: types[record.kind],
  mode: record.mode,
  mtime: timeText(record.modified),
  atime: timeText(record.accessed),
  ctime: timeText(record.modified),
  uid: record.uid,
  gid: record.gid,
  user: "",
  group: "",
  inode: 0n,
  deviceId: 0n,
  size: 0,
  links: 1,
  linkTarget: "",
  linkTargetRaw: record.extra === undefined ? undefined : Buffer.from(record.extra.target),
  extendedAttributes: record.extra?.attributes ?? [],
  device: record.extra?.device ?? 0n,
  content: null,
  subtree: undefined,
  error: ""
})

/**
 * To an open file, or to what is at a path. What could not be set and ought to have been; what only the superuser may do
 * is left out where we are not.
 */
export const applyMetadata = (
  file: Buffer | number,
  record: EntryRecord,
  options: Metadata.MetadataOptions
): ReadonlyArray<Problem> =>
  Metadata.apply(file, nodeOf(record), options)
    .filter(({ isExpected }) => !isExpected)
    .map(({ code, message }) => ({ code, message }))
