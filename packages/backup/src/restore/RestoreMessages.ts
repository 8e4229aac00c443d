/** What the main thread and the threads of a restore say to each other. */

import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { Keys } from "../format/Crypto.ts"
import type { AttributePatterns } from "./AttributeChoice.ts"
import type { RestoreEntries } from "./RestoreEntries.ts"
import * as Entries from "./RestoreEntries.ts"
import type { RestoreTableReader, RestoreTableWriter } from "./RestoreTable.ts"
import type { Overwrite } from "./RestoreTarget.ts"

/** What each thread is started with. */
export interface RestoreSettings {
  readonly keys: Keys
  readonly overwrite: Overwrite
  readonly isDryRun: boolean
  readonly sparse: boolean
  /** Whether directories in the place of files go, with all that is in them. */
  readonly deletes: boolean
  readonly attributes: AttributePatterns
}

/** Tables are written and read by the functions below. */
export type RestoreRequest =
  /** What is there, against what the snapshot has. Table: records, each followed by its blobs. */
  | { readonly _tag: "Examine"; readonly table: Uint8Array }
  /** Writes the blobs of one range of a pack. Table: records, then blobs. */
  | {
      readonly _tag: "Write"
      readonly table: Uint8Array
      readonly bytes: Uint8Array
      readonly inheritsAttributes: boolean
    }
  /** Everything without blobs to write: finishes, links, special files, metadata of directories. Table: records. */
  | { readonly _tag: "Settle"; readonly table: Uint8Array; readonly inheritsAttributes: boolean }
  /** Reads files again. Table: records, each followed by its blobs. */
  | { readonly _tag: "Verify"; readonly table: Uint8Array }

export interface EntryFailure {
  readonly entry: number
  readonly message: string
  readonly remedy?: Remedy
  /** The system's, where there was one: `ENOSPC`. */
  readonly code: string
  /** The content is there; only the metadata is not all as it was. */
  readonly isMinor: boolean
}

export interface RestoreReply {
  readonly failures: ReadonlyArray<EntryFailure>
  /** Bytes of content written, or read and compared. */
  readonly bytes: number
  /** Of `Examine`: `EntryMeans` for each record in order, those of `Settle` that had nothing to do: `keep` or `skip`. */
  readonly means: Uint8Array
  /** Of `Examine`: 1 for each blob, of all records in order, that is there already. */
  readonly present: Uint8Array
}

/** What a thread asks: the plain bytes of a blob that could not be read where the index says. */
export interface BlobRequest {
  readonly id: string
}

/** An entry as a thread sees it. The bytes are views of the table. */
export interface EntryRecord {
  readonly entry: number
  readonly kind: Entries.EntryKind
  readonly means: Entries.EntryMeans
  /** Finished by this request, for nothing else writes to it. */
  readonly isWhole: boolean
  /** Holds nothing but what this run writes, so that zeros need not be written. */
  readonly isEmpty: boolean
  readonly path: Buffer
  /** Where it is kept until it takes its place; empty where that is not needed. */
  readonly temporary: Buffer
  /** Of a hard link: the name under which the file was restored. */
  readonly firstName: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly accessed: Entries.Instant
  readonly modified: Entries.Instant
  readonly size: number
  /** How often this request writes to it. */
  readonly writes: number
  readonly extra: Entries.Extra | undefined
}

const wholeFlag = 1
const emptyFlag = 2
const extraFlag = 4

export interface RecordOptions {
  readonly temporary?: Buffer | undefined
  readonly firstName?: Buffer | undefined
  readonly isWhole?: boolean
  readonly isEmpty?: boolean
  readonly writes?: number
}

const none = new Uint8Array()

export const writeRecord = (
  table: RestoreTableWriter,
  entries: RestoreEntries,
  entry: number,
  options: RecordOptions = {}
): void => {
  const extra = entries.extras.get(entry)
  table.number(entry)
  table.byte(entries.kind.get(entry))
  table.byte(entries.means.get(entry))
  table.byte(
    (options.isWhole ? wholeFlag : 0) | (options.isEmpty ? emptyFlag : 0) | (extra !== undefined ? extraFlag : 0)
  )
  table.sized(entries.kind.get(entry) === Entries.directory ? entries.directoryPath(entry) : entries.pathOf(entry))
  table.sized(options.temporary ?? none)
  table.sized(options.firstName ?? none)
  table.number(entries.mode.get(entry))
  table.number(entries.uid.get(entry))
  table.number(entries.gid.get(entry))
  table.large(entries.accessedSeconds.get(entry))
  table.number(entries.accessedNanoseconds.get(entry))
  table.large(entries.modifiedSeconds.get(entry))
  table.number(entries.modifiedNanoseconds.get(entry))
  table.large(entries.size.get(entry))
  table.number(options.writes ?? 0)
  if (extra === undefined) return
  table.sized(extra.target)
  table.integer(BigInt.asIntN(64, extra.device))
  table.number(extra.attributes.length)
  for (const { name, value } of extra.attributes) {
    table.sized(Buffer.from(name))
    table.sized(value ?? none)
  }
}

const readExtra = (table: RestoreTableReader): Entries.Extra => {
  const target = table.sized()
  const device = BigInt.asUintN(64, table.integer())
  const attributes = Array.from({ length: table.number() }, () => ({
    name: table.sized().toString(),
    value: table.sized()
  }))
  return { target, device, attributes }
}

export const readRecord = (table: RestoreTableReader): EntryRecord => {
  const entry = table.number()
  const kind = table.byte() as Entries.EntryKind
  const means = table.byte() as Entries.EntryMeans
  const flags = table.byte()
  return {
    entry,
    kind,
    means,
    isWhole: (flags & wholeFlag) !== 0,
    isEmpty: (flags & emptyFlag) !== 0,
    path: table.sized(),
    temporary: table.sized(),
    firstName: table.sized(),
    mode: table.number(),
    uid: table.number(),
    gid: table.number(),
    accessed: { seconds: table.large(), nanoseconds: table.number() },
    modified: { seconds: table.large(), nanoseconds: table.number() },
    size: table.large(),
    writes: table.number(),
    extra: (flags & extraFlag) !== 0 ? readExtra(table) : undefined
  }
}
