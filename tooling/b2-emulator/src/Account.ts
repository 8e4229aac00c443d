/** The whole state of the emulated account, and the only place that changes it. Every change goes to the journal. */
import { type BodyStore, type Content, release, retain } from "./Bodies.ts"
import type { Bucket } from "./Bucket.ts"
import type { Clock } from "./Clock.ts"
import type { Journal } from "./Journal.ts"
import { Key, type KeyRecord } from "./Key.ts"
import { RowCache } from "./RowCache.ts"
import type { NameEntry } from "./SortedNames.ts"
import { Tokens } from "./Tokens.ts"
import type { Part, ReplicationStatus, Version } from "./Version.ts"

export interface AccountOptions {
  /** 12 hex digits; also the master key's id unless another was asked for. */
  readonly accountId: string
  readonly masterKey: KeyRecord
  readonly clock: Clock
  readonly bodies: BodyStore
  readonly minimumPartSize: number
  readonly recommendedPartSize: number
  /** Whether a bucket encrypts its files unless something else was asked for. */
  readonly encryptsByDefault: boolean
  readonly shortPages: boolean
}

export class Account {
  readonly accountId: string
  readonly masterKey: Key
  readonly clock: Clock
  readonly bodies: BodyStore
  readonly minimumPartSize: number
  readonly recommendedPartSize: number
  readonly encryptsByDefault: boolean
  readonly shortPages: boolean
  readonly tokens: Tokens
  readonly keys = new Map<string, Key>()
  readonly buckets = new Map<string, Bucket>()
  readonly files = new Map<string, Version>()
  readonly rows = new RowCache()
  journal: Journal | undefined
  #sequence = 0

  constructor(options: AccountOptions) {
    this.accountId = options.accountId
    this.masterKey = new Key(options.masterKey)
    this.clock = options.clock
    this.bodies = options.bodies
    this.minimumPartSize = options.minimumPartSize
    this.recommendedPartSize = options.recommendedPartSize
    this.encryptsByDefault = options.encryptsByDefault
    this.shortPages = options.shortPages
    this.tokens = new Tokens(options.clock)
  }

  nextSequence(): number {
    return ++this.#sequence
  }

  /** Now, or just after the newest version of that name, so that no two versions of a name share a timestamp. */
  timestampFor(bucket: Bucket, name: string): number {
    const newest = bucket.names.get(name)?.versions[0]?.timestamp ?? 0
    return Math.max(this.clock.now(), newest + 1)
  }

  saveKey(key: Key): void {
    this.#sequence = Math.max(this.#sequence, Number(key.record.applicationKeyId.slice(-10)))
    this.keys.set(key.record.applicationKeyId, key)
    this.journal?.append({ type: "key", record: key.record })
  }

  deleteKey(key: Key): void {
    key.deleted = true
    this.keys.delete(key.record.applicationKeyId)
    this.journal?.append({ type: "keyDeleted", applicationKeyId: key.record.applicationKeyId })
  }

  /** Called again after each change of its settings. */
  saveBucket(bucket: Bucket): void {
    this.buckets.set(bucket.bucketId, bucket)
    const { names: _names, unfinished: _unfinished, ...record } = bucket
    this.journal?.append({ type: "bucket", record })
  }

  deleteBucket(bucket: Bucket): void {
    this.buckets.delete(bucket.bucketId)
    this.tokens.retireUploadTokens((token) => token.bucket === bucket)
    this.journal?.append({ type: "bucketDeleted", bucketId: bucket.bucketId })
  }

  addVersion(version: Version): void {
    this.#sequence = Math.max(this.#sequence, version.sequence)
    const { versions } = version.bucket.names.ensure(version.name)
    let position = 0
    while (position < versions.length && isNewer(versions[position]!, version)) position++
    versions.splice(position, 0, version)
    this.files.set(version.fileId, version)
    retain(version.content)
    if (version.action === "start") version.bucket.unfinished.add(version)
    this.journal?.append({ type: "version", version })
  }

  /** Removes a version of any kind, an unfinished large file with its parts. */
  removeVersion(version: Version): void {
    const { bucket, name } = version
    const entry = bucket.names.get(name)
    if (entry === undefined) return
    entry.versions.splice(entry.versions.indexOf(version), 1)
    if (entry.versions.length === 0) bucket.names.delete(name)
    this.files.delete(version.fileId)
    this.#leaveUnfinished(version)
    this.journal?.append({ type: "versionDeleted", fileId: version.fileId })
    release(this.bodies, version.content)
    for (const part of version.parts?.values() ?? []) release(this.bodies, part.content)
  }

  savePart(version: Version, part: Part): void {
    version.parts ??= new Map()
    const { parts } = version
    const replaced = parts.get(part.number)
    parts.set(part.number, part)
    retain(part.content)
    this.journal?.append({ type: "part", fileId: version.fileId, part })
    if (replaced !== undefined) release(this.bodies, replaced.content)
  }

  /** Turns an unfinished large file into a file of `content`, at the time of its start. */
  finishLargeFile(version: Version, content: Content, size: number): void {
    version.action = "upload"
    version.row = null
    version.size = size
    version.content = retain(content)
    this.#leaveUnfinished(version)
    this.journal?.append({ type: "version", version })
    for (const part of version.parts?.values() ?? []) release(this.bodies, part.content)
    version.parts = null
  }

  /** Called after retention or legal hold changed. */
  saveLock(version: Version): void {
    version.row = null
    this.journal?.append({
      type: "lock",
      fileId: version.fileId,
      retention: version.retention,
      legalHold: version.legalHold
    })
  }

  saveReplication(version: Version, replication: ReplicationStatus): void {
    version.replication = replication
    version.row = null
    this.journal?.append({ type: "replication", fileId: version.fileId, replication })
  }

  advanceClock(milliseconds: number): void {
    this.clock.advance(milliseconds)
    this.journal?.append({ type: "clock", offset: this.clock.offset })
  }

  #leaveUnfinished(version: Version): void {
    if (!version.bucket.unfinished.delete(version)) return
    this.tokens.retireUploadTokens((token) => token.largeFile === version)
  }
}

const isNewer = (left: Version, right: Version): boolean =>
  left.timestamp > right.timestamp || (left.timestamp === right.timestamp && left.sequence > right.sequence)

/** The version that a name stands for: the newest that is not an unfinished large file. */
export const currentVersion = (entry: NameEntry): Version | undefined => {
  const newest = entry.versions[0]
  return newest === undefined || newest.action !== "start"
    ? newest
    : entry.versions.find((version) => version.action !== "start")
}

/** The file a name stands for; undefined when it is hidden or was never finished. */
export const visibleFile = (entry: NameEntry | undefined): Version | undefined => {
  const current = entry === undefined ? undefined : currentVersion(entry)
  return current?.action === "upload" ? current : undefined
}
