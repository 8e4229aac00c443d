/**
 * What keeps the account's metadata in DIR mode: one JSON object a line, appended before each reply.
 *
 * A line that was cut off by a crash is ignored. At start the journal is replayed and rewritten without what was
 * deleted.
 */
import * as fs from "node:fs"
import { StringDecoder } from "node:string_decoder"
import type { Account } from "./Account.ts"
import type { Blob, Content } from "./Bodies.ts"
import type { Bucket } from "./Bucket.ts"
import { Key, type KeyRecord } from "./Key.ts"
import { SortedNames } from "./SortedNames.ts"
import type { LegalHold, Part, ReplicationStatus, Retention, Version } from "./Version.ts"

export interface AccountRecord {
  readonly accountId: string
  readonly masterKey: KeyRecord
}

type BucketRecord = Omit<Bucket, "names" | "unfinished">

export type JournalEntry =
  | { readonly type: "account"; readonly record: AccountRecord }
  | { readonly type: "clock"; readonly offset: number }
  | { readonly type: "key"; readonly record: KeyRecord }
  | { readonly type: "keyDeleted"; readonly applicationKeyId: string }
  | { readonly type: "bucket"; readonly record: BucketRecord }
  | { readonly type: "bucketDeleted"; readonly bucketId: string }
  | { readonly type: "version"; readonly version: Version }
  | { readonly type: "versionDeleted"; readonly fileId: string }
  | { readonly type: "part"; readonly fileId: string; readonly part: Part }
  | {
      readonly type: "lock"
      readonly fileId: string
      readonly retention: Retention | null
      readonly legalHold: LegalHold | null
    }
  | { readonly type: "replication"; readonly fileId: string; readonly replication: ReplicationStatus }

export interface Journal {
  readonly append: (entry: JournalEntry) => void
  readonly close: () => void
}

/** A journal entry as it was read: contents and buckets are still references. */
export type StoredEntry = Readonly<Record<string, unknown>> & { readonly type: string }

type StoredContent = readonly (readonly [blob: number, offset: number, length: number])[]

const storedContent = (content: Content): StoredContent =>
  content.map(({ blob, offset, length }) => [blob.id, offset, length])

const storedPart = (part: Part) => ({ ...part, content: storedContent(part.content) })

const serialize = (entry: JournalEntry): string => {
  if (entry.type === "part") return JSON.stringify({ ...entry, part: storedPart(entry.part) })
  if (entry.type !== "version") return JSON.stringify(entry)
  const { bucket, content, parts: _parts, row: _row, ...rest } = entry.version
  return JSON.stringify({
    type: "version",
    version: { ...rest, bucketId: bucket.bucketId, content: storedContent(content) }
  })
}

/** With `fsync`, every entry is on the disk before `append` returns. */
export const openJournal = (file: string, fsync: boolean): Journal => {
  const descriptor = fs.openSync(file, "a")
  return {
    append: (entry) => {
      fs.writeSync(descriptor, `${serialize(entry)}\n`)
      if (fsync) fs.fsyncSync(descriptor)
    },
    close: () => fs.closeSync(descriptor)
  }
}

const readBytes = 1024 * 1024

function* readLines(file: string): Generator<string> {
  const descriptor = fs.openSync(file, "r")
  try {
    const decoder = new StringDecoder("utf8")
    const bytes = Buffer.alloc(readBytes)
    let rest = ""
    for (let count = fs.readSync(descriptor, bytes); count > 0; count = fs.readSync(descriptor, bytes)) {
      const lines = (rest + decoder.write(bytes.subarray(0, count))).split("\n")
      rest = lines.pop()!
      yield* lines
    }
    yield rest
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Every whole line of the journal, in order. Empty when there is no journal yet. */
export function* readJournal(file: string): Generator<StoredEntry> {
  if (!fs.existsSync(file)) return
  for (const line of readLines(file)) {
    try {
      yield JSON.parse(line)
    } catch {
      // The end of the file after a crash, or the empty text after the last newline.
    }
  }
}

/** Brings the account to where the journal left it, and returns the blobs in use by id. */
export const replay = (account: Account, entries: Iterable<StoredEntry>): Map<number, Blob> => {
  const blobs = new Map<number, Blob>()
  const contentFrom = (stored: StoredContent): Content =>
    stored.map(([id, offset, length]) => {
      let blob = blobs.get(id)
      if (blob === undefined) {
        blob = { id, references: 0 }
        blobs.set(id, blob)
      }
      return { blob, offset, length }
    })

  for (const stored of entries) {
    const entry = stored as unknown as JournalEntry
    if (entry.type === "clock") account.clock.advance(entry.offset - account.clock.offset)
    else if (entry.type === "key") account.saveKey(new Key(entry.record))
    else if (entry.type === "keyDeleted") account.keys.delete(entry.applicationKeyId)
    else if (entry.type === "bucket") {
      const known = account.buckets.get(entry.record.bucketId)
      if (known !== undefined) Object.assign(known, entry.record)
      else account.saveBucket({ ...entry.record, names: new SortedNames(), unfinished: new Set() })
    } else if (entry.type === "bucketDeleted") account.buckets.delete(entry.bucketId)
    else if (entry.type === "version") {
      const { bucketId, content, ...rest } = entry.version as unknown as Version & {
        bucketId: string
        content: StoredContent
      }
      const known = account.files.get(rest.fileId)
      if (known !== undefined) account.finishLargeFile(known, contentFrom(content), rest.size)
      else {
        const bucket = account.buckets.get(bucketId)
        if (bucket !== undefined)
          account.addVersion({ ...rest, bucket, content: contentFrom(content), parts: null, row: null })
      }
    } else if (entry.type === "versionDeleted") {
      const version = account.files.get(entry.fileId)
      if (version !== undefined) account.removeVersion(version)
    } else if (entry.type === "part") {
      const version = account.files.get(entry.fileId)
      const content = contentFrom(entry.part.content as unknown as StoredContent)
      if (version !== undefined) account.savePart(version, { ...entry.part, content })
    } else if (entry.type === "lock") {
      const version = account.files.get(entry.fileId)
      if (version !== undefined) Object.assign(version, { retention: entry.retention, legalHold: entry.legalHold })
    } else if (entry.type === "replication") {
      const version = account.files.get(entry.fileId)
      if (version !== undefined) version.replication = entry.replication
    }
  }
  for (const [id, blob] of blobs) if (blob.references === 0) blobs.delete(id)
  return blobs
}

/** The shortest journal that leads to the account as it is. */
export function* snapshot(account: Account): Generator<JournalEntry> {
  const { accountId, masterKey } = account
  yield { type: "account", record: { accountId, masterKey: masterKey.record } }
  yield { type: "clock", offset: account.clock.offset }
  for (const key of account.keys.values()) yield { type: "key", record: key.record }
  for (const bucket of account.buckets.values()) {
    const { names, unfinished: _unfinished, ...record } = bucket
    yield { type: "bucket", record }
    for (const entry of names) for (const version of entry.versions) yield { type: "version", version }
  }
  for (const version of account.files.values()) {
    for (const part of version.parts?.values() ?? []) yield { type: "part", fileId: version.fileId, part }
  }
}

/** Replaces the journal at once, so that a crash leaves the old or the new one. */
export const rewriteJournal = (file: string, entries: Iterable<JournalEntry>): void => {
  const temporary = `${file}.new`
  const descriptor = fs.openSync(temporary, "w")
  let waiting = ""
  for (const entry of entries) {
    waiting += `${serialize(entry)}\n`
    if (waiting.length > 1_000_000) {
      fs.writeSync(descriptor, waiting)
      waiting = ""
    }
  }
  fs.writeSync(descriptor, waiting)
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
  fs.renameSync(temporary, file)
}
