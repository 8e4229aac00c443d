/** All contents of the cache: their rows, their files and the room they take. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { File } from "@ourclone/core/contract/Entry"
import type { Journal } from "../journal/Journal.ts"
import type { CacheDisk } from "./CacheDisk.ts"
import { Content, type Kept } from "./Content.ts"
import { mostInRow } from "./Keeping.ts"
import type { Range } from "./Ranges.ts"

export interface CacheOptions {
  readonly directory: string
  /** Bytes that all files of the cache may take on the disk. */
  readonly quota: number
  readonly boot: string
  readonly disk: CacheDisk
  readonly now: () => number
}

const nothing: Kept = { base: undefined, size: 0, sums: [], dirty: [], written: [], isSynced: true, bytes: undefined }
const none = new Uint8Array()
/** Contents are looked at so many at a time where room is needed, and so often. */
const slice = 500
const mostSlices = 20

const packed = (sums: Kept["sums"]): Uint8Array => {
  const numbers = new Uint32Array(sums.length * 2)
  for (const [index, [number, sum]] of sums.entries()) {
    numbers[2 * index] = number
    numbers[2 * index + 1] = sum
  }
  return new Uint8Array(numbers.buffer)
}

const unpacked = (bytes: Uint8Array): Kept["sums"] => {
  const numbers = new Uint32Array(bytes.slice().buffer)
  return Array.from({ length: numbers.length / 2 }, (_, index) => [numbers[2 * index]!, numbers[2 * index + 1]!])
}

export class Contents {
  private readonly journal: Journal
  private readonly options: CacheOptions
  private readonly loaded = new Map<number, Content>()
  /** That are known to be there. */
  private readonly folders = new Set<number>()
  private isClosed = false
  /** Bytes on the disk. */
  used: number

  constructor(journal: Journal, options: CacheOptions) {
    this.journal = journal
    this.options = options
    this.used = Number(journal.first("select coalesce(sum(bytes), 0) as used from content")!.used)
  }

  private fileOf(id: number): string {
    return path.join(this.options.directory, (id & 0xff).toString(16).padStart(2, "0"), String(id))
  }

  /** A content without bytes here: those of `base`, or none. */
  create(base: File | undefined): Content {
    const size = base?.size ?? 0
    const kept: Kept = { ...nothing, base, size, bytes: size <= mostInRow ? none : undefined }
    const id = this.journal.insert(
      "insert into content (base, size, units, dirty, written, isSynced, boot, usedAt, bytes, kept) values (?, ?, x'', '[]', '[]', 1, ?, ?, 0, ?)",
      base === undefined ? null : JSON.stringify(base),
      kept.size,
      this.options.boot,
      this.options.now(),
      kept.bytes ?? null
    )
    return this.add(id, kept)
  }

  private add(id: number, kept: Kept): Content {
    const file = this.fileOf(id)
    const content = new Content(id, file, kept, this.options.disk, () => this.makeFolder(id, file))
    if (kept.bytes === undefined) this.makeFolder(id, file)
    content.usedAt = this.options.now()
    this.loaded.set(content.id, content)
    return content
  }

  private makeFolder(id: number, file: string): void {
    const folder = id & 0xff
    if (!this.folders.has(folder)) fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    this.folders.add(folder)
  }

  /** Undefined where the cache has no row of it any more. */
  get(id: number): Content | undefined {
    const known = this.loaded.get(id)
    if (known !== undefined) return known
    const row = this.journal.first("select * from content where id = ?", id)
    if (row === undefined) return undefined
    return this.add(id, {
      base: row.base === null ? undefined : (JSON.parse(String(row.base)) as File),
      size: Number(row.size),
      sums: unpacked(row.units as Uint8Array),
      dirty: JSON.parse(String(row.dirty)) as ReadonlyArray<Range>,
      written: JSON.parse(String(row.written)) as ReadonlyArray<Range>,
      isSynced: row.isSynced === 1,
      bytes: row.kept === null ? undefined : (row.kept as Uint8Array)
    })
  }

  /** Writes what is so into the row. Part of the transaction that it is called in. */
  save(content: Content): void {
    if (!content.isUnsaved) return
    const { base, bytes, dirty, isSynced, size, sums, written } = content.kept()
    this.journal.run(
      "update content set base = ?, size = ?, units = ?, dirty = ?, written = ?, isSynced = ?, boot = ?, usedAt = ?, bytes = ?, kept = ? where id = ?",
      base === undefined ? null : JSON.stringify(base),
      size,
      packed(sums),
      JSON.stringify(dirty),
      JSON.stringify(written),
      isSynced ? 1 : 0,
      this.options.boot,
      content.usedAt,
      content.stored.total,
      bytes ?? null,
      content.id
    )
    content.isUnsaved = false
    content.unsavedBytes = 0
  }

  /** Nobody needs it any more, but who uses it now. */
  drop(content: Content): void {
    if (content.users > 0) {
      content.isGone = true
      return
    }
    this.used -= content.stored.total
    content.discard()
    this.loaded.delete(content.id)
    this.journal.run("delete from content where id = ?", content.id)
  }

  use(content: Content): void {
    content.users++
    content.usedAt = this.options.now()
  }

  leave(content: Content): void {
    content.users--
    if (content.users > 0 || this.isClosed) return
    if (content.isGone) {
      this.drop(content)
      return
    }
    this.save(content)
    content.close()
    this.loaded.delete(content.id)
  }

  /** Room for so many bytes more: what can be fetched again makes way. Whether there is room then. */
  makeRoom(bytes: number, except?: Content): boolean {
    if (this.isClosed) return false
    if (this.used + bytes <= this.options.quota) return true
    for (const isInUse of [false, true]) {
      for (let left = mostSlices, kept = 0; left > 0 && this.used + bytes > this.options.quota; left--) {
        const some = this.journal.numbers(
          "select id from content where bytes > 0 order by usedAt limit ? offset ?",
          slice,
          kept
        )
        if (some.length === 0) break
        this.journal.transaction(() => {
          for (const id of some) if (!this.makesWay(id, bytes, isInUse, except)) kept++
        })
      }
    }
    if (this.used + bytes <= this.options.quota) return true
    if (except === undefined || except.isChanged || except.since !== undefined) return false
    this.used -= except.evict()
    return this.used + bytes <= this.options.quota
  }

  /** Whether it went: it can be fetched again, and there was no room yet. */
  private makesWay(id: number, bytes: number, isInUse: boolean, except: Content | undefined): boolean {
    const content = this.used + bytes <= this.options.quota ? undefined : this.get(id)
    if (content === undefined) return false
    const mayGo = content !== except && !content.isChanged && content.since === undefined
    const goes = mayGo && content.users > 0 === isInUse
    if (goes) {
      this.used -= content.evict()
      this.save(content)
    }
    if (content.users === 0) {
      content.close()
      this.loaded.delete(content.id)
    }
    return goes
  }

  get room(): number {
    return Math.max(0, this.options.quota - this.used)
  }

  get quota(): number {
    return this.options.quota
  }

  close(): void {
    this.journal.transaction(() => {
      for (const content of this.loaded.values()) this.save(content)
    })
    this.abandon()
  }

  /** Notes nothing any more. */
  abandon(): void {
    for (const content of this.loaded.values()) content.close()
    this.loaded.clear()
    this.isClosed = true
  }
}
