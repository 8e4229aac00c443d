/**
 * Everything that a restore makes, in columns of numbers.
 *
 * A million files must not need a million objects: an entry costs 67 bytes and
 * its name, and each of its blobs another 17. What few entries have (attributes,
 * a link's target) lies beside in a map.
 */
import * as Columns from "../format/Columns.ts"
import type { ExtendedAttribute } from "../format/Node.ts"

export const directory = 0
export const file = 1
/** Another name of a file that is restored under its first name. */
export const hardLink = 2
export const symbolicLink = 3
export const pipe = 4
export const blockDevice = 5
export const characterDevice = 6
export type EntryKind = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** What is no file, as facts call it. */
export type What = "folder" | "link" | "special"

const named: ReadonlyMap<number, What> = new Map([
  [directory, "folder"],
  [symbolicLink, "link"],
  [pipe, "special"],
  [blockDevice, "special"],
  [characterDevice, "special"]
])

/** Nothing for a file. */
export const whatOf = ({ kind }: Pick<RestoreEntries, "kind">, entry: number): What | undefined =>
  named.get(kind.get(entry))

/** As a backup counts them: neither folders, nor links and devices. */
export const isFile = (entries: Pick<RestoreEntries, "kind">, entry: number): boolean =>
  whatOf(entries, entry) === undefined

/** How the entry gets to its name. */
/** Nothing is there. */
export const create = 0
/** Something is there: made beside it under a temporary name, which then takes the place. */
export const replace = 1
/** A file under a temporary name that several writes fill, one after the other. */
export const partial = 2
/** The file that is there gets the bytes that differ. */
export const patch = 3
/** What is there has the right content and gets the metadata. */
export const keep = 4
/** What is there stays as it is. */
export const skip = 5
/** What is there stays, and another name is to be found. */
export const beside = 6
export type EntryMeans = 0 | 1 | 2 | 3 | 4 | 5 | 6

export interface Extra {
  readonly attributes: ReadonlyArray<ExtendedAttribute>
  readonly target: Uint8Array
  readonly device: bigint
}

/** Since 1970; a bigint of nanoseconds holds only the years 1678 to 2262. */
export interface Instant {
  readonly seconds: number
  readonly nanoseconds: number
}

export interface EntryFacts {
  readonly kind: EntryKind
  readonly name: Uint8Array
  /** An entry of the kind `directory`; -1 for what lies in the target itself. */
  readonly parent: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly accessed: Instant
  readonly modified: Instant
  readonly extra?: Extra | undefined
}

export class RestoreEntries {
  count = 0
  readonly kind = new Columns.Bytes()
  readonly means = new Columns.Bytes()
  /** 1: finished, or needs nothing. */
  readonly isDone = new Columns.Bytes()
  readonly hasFailed = new Columns.Bytes()
  readonly parent = new Columns.Integers()
  readonly mode = new Columns.Integers()
  readonly uid = new Columns.Integers()
  readonly gid = new Columns.Integers()
  readonly accessedSeconds = new Columns.Numbers()
  readonly accessedNanoseconds = new Columns.Integers()
  readonly modifiedSeconds = new Columns.Numbers()
  readonly modifiedNanoseconds = new Columns.Integers()
  /** Bytes of a file: the sum of its blobs, which counts where the size in the tree says otherwise. */
  readonly size = new Columns.Numbers()
  /** Blobs `[firstBlob, firstBlob + blobs)`. */
  readonly firstBlob = new Columns.Integers()
  readonly blobs = new Columns.Integers()
  readonly extras = new Map<number, Extra>()

  blobCount = 0
  /** Where a blob lies: its entry in the index. */
  readonly blob = new Columns.Integers()
  /** 1: the file has it already. */
  readonly isPresent = new Columns.Bytes()
  readonly owner = new Columns.Integers()
  readonly position = new Columns.Numbers()

  private names = Buffer.alloc(65_536)
  private readonly nameEnd = new Columns.Integers()
  private readonly renamed = new Map<number, Buffer>()
  private readonly paths = new Map<number, Buffer>()
  private readonly root: Buffer

  /** `root` is the folder restored into, without symbolic links in it. */
  constructor(root: Buffer) {
    this.root = root
  }

  add(facts: EntryFacts): number {
    const entry = this.count++
    this.kind.set(entry, facts.kind)
    this.means.set(entry, create)
    this.isDone.set(entry, 0)
    this.hasFailed.set(entry, 0)
    this.parent.set(entry, facts.parent + 1)
    this.mode.set(entry, facts.mode)
    this.uid.set(entry, facts.uid)
    this.gid.set(entry, facts.gid)
    this.accessedSeconds.set(entry, facts.accessed.seconds)
    this.accessedNanoseconds.set(entry, facts.accessed.nanoseconds)
    this.modifiedSeconds.set(entry, facts.modified.seconds)
    this.modifiedNanoseconds.set(entry, facts.modified.nanoseconds)
    this.size.set(entry, 0)
    this.firstBlob.set(entry, this.blobCount)
    this.blobs.set(entry, 0)
    this.addName(entry, facts.name)
    if (facts.extra !== undefined) this.extras.set(entry, facts.extra)
    if (facts.kind === directory) this.paths.set(entry, this.pathOf(entry))
    return entry
  }

  private addName(entry: number, name: Uint8Array): void {
    const start = entry === 0 ? 0 : this.nameEnd.get(entry - 1)
    if (start + name.length > this.names.length) {
      const larger = Buffer.alloc(Math.max(start + name.length, this.names.length * 2))
      larger.set(this.names)
      this.names = larger
    }
    this.names.set(name, start)
    this.nameEnd.set(entry, start + name.length)
  }

  /** Appends a blob to the entry that was added last. `length` are its plain bytes. */
  addBlob(entry: number, blob: number, length: number): void {
    const at = this.blobCount++
    this.blob.set(at, blob)
    this.isPresent.set(at, 0)
    this.owner.set(at, entry)
    this.position.set(at, this.size.get(entry))
    this.size.set(entry, this.size.get(entry) + length)
    this.blobs.set(entry, this.blobs.get(entry) + 1)
  }

  /** Gives an entry content of its own, the same as another's. */
  copyBlobs(from: number, to: number): void {
    const first = this.blobCount
    const count = this.blobs.get(from)
    for (let index = 0; index < count; index++) {
      const source = this.firstBlob.get(from) + index
      this.blob.set(first + index, this.blob.get(source))
      this.isPresent.set(first + index, 0)
      this.owner.set(first + index, to)
      this.position.set(first + index, this.position.get(source))
    }
    this.blobCount += count
    this.firstBlob.set(to, first)
    this.blobs.set(to, count)
    this.size.set(to, this.size.get(from))
  }

  parentOf(entry: number): number {
    return this.parent.get(entry) - 1
  }

  /** A view, valid until the next `add`. */
  nameOf(entry: number): Buffer {
    return this.renamed.get(entry) ?? this.namedInSnapshot(entry)
  }

  /** The same where it was given another name since. */
  namedInSnapshot(entry: number): Buffer {
    return this.names.subarray(entry === 0 ? 0 : this.nameEnd.get(entry - 1), this.nameEnd.get(entry))
  }

  /** Of what is no directory. */
  rename(entry: number, name: Buffer): void {
    this.renamed.set(entry, name)
  }

  /** The path of a directory; of the folder restored into for -1. */
  directoryPath(entry: number): Buffer {
    return entry < 0 ? this.root : this.paths.get(entry)!
  }

  pathOf(entry: number): Buffer {
    return join(this.directoryPath(this.parentOf(entry)), this.nameOf(entry))
  }

  /** The path from the root of the snapshot: `/home/a`. */
  location(entry: number): Buffer {
    return this.pathOf(entry).subarray(this.root.length === 1 ? 0 : this.root.length)
  }

  /** `location` as text for people. */
  display(entry: number): string {
    return this.location(entry).toString()
  }
}

const slash = Buffer.from("/")

export const join = (folder: Uint8Array, name: Uint8Array): Buffer =>
  folder.length === 1 && folder[0] === slash[0] ? Buffer.concat([slash, name]) : Buffer.concat([folder, slash, name])
