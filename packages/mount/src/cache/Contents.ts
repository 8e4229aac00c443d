/** All contents of the cache: their rows, their files and the room they take. */
import * as path from "node:path"
import type { File } from "@ourclone/core/contract/Entry"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import type { Journal } from "../journal/Journal.ts"
import type { CacheDisk } from "./CacheDisk.ts"
import { Content, type Kept } from "./Content.ts"
import { mostInRow } from "./Keeping.ts"
import type { Range } from "./Ranges.ts"

export interface CacheOptions {
  readonly directory: string
  /** Bytes that all files of the cache may take on the disk. */
  readonly quota: number
  /** Whether a file can be read whatever is stored at its path later. */
  readonly keeps: (file: File) => boolean
  readonly boot: string
  readonly disk: CacheDisk
  readonly now: () => number
}

const nothing: Kept = { base: undefined, size: 0, sums: [], dirty: [], written: [], isSynced: true, bytes: undefined }
const none = new Uint8Array()
/** Contents are looked at so many at a time where room is needed, and so often. */
const slice = 500
const mostSlices = 20
/** What makes way at once, as a part of the quota. */
const share = 64
/** Contents in memory that nobody uses. */
const mostLoaded = 1_000
/** Files that wait for the disk to know that they go take so many bytes, and are so many, at most. */
const mostLeaving = 64 * 1024 * 1024
const mostLeavingFiles = 1_000

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
  /** For so many bytes what nobody uses had no room to give, and nothing of that has changed since. */
  private refused = Number.POSITIVE_INFINITY
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

  /** Whether a power cut could bring back a row that counts on bytes which the storage has got since. */
  private isBehind = false
  /** Bytes of files that are to go once none could bring back the row that counts on them; and how many files. */
  private leaving = 0
  private leavingFiles = 0

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
    this.journal.orElse(() => this.loaded.delete(id))
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
    if (!this.folders.has(folder)) makeFolder(path.dirname(file))
    this.folders.add(folder)
  }

  /** Undefined where the cache has no row of it any more. */
  get(id: number): Content | undefined {
    const known = this.loaded.get(id)
    if (known !== undefined) return known
    const row = this.journal.first("select * from content where id = ?", id)
    if (row === undefined) return undefined
    const content = this.add(id, {
      base: row.base === null ? undefined : (JSON.parse(String(row.base)) as File),
      size: Number(row.size),
      sums: unpacked(row.units as Uint8Array),
      dirty: JSON.parse(String(row.dirty)) as ReadonlyArray<Range>,
      written: JSON.parse(String(row.written)) as ReadonlyArray<Range>,
      isSynced: row.isSynced === 1,
      bytes: row.kept === null ? undefined : (row.kept as Uint8Array)
    })
    // Of what was not summed nothing is believed.
    content.counted = Number(row.bytes)
    this.count(content)
    return content
  }

  /** Of a content that has other bytes here than before. */
  count(content: Content): void {
    this.used += content.stored.total - content.counted
    content.counted = content.stored.total
  }

  /** Writes what is so into the row. Part of the transaction that it is called in. */
  save(content: Content): void {
    if (!content.isUnsaved) return
    this.refused = Number.POSITIVE_INFINITY
    this.count(content)
    const { base, bytes, dirty, isSynced, size, sums, written } = content.kept()
    const { unsavedBytes } = content
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
    this.journal.orElse(() => {
      content.isUnsaved = true
      content.unsavedBytes += unsavedBytes
    })
    if (!content.hasSettled) return
    content.hasSettled = false
    content.isPromised = dirty.length > 0
    if (this.isBehind) return
    this.isBehind = true
    this.journal.whenDurable(() => {
      this.isBehind = false
    })
  }

  /** Nobody needs it any more, but who uses it now. */
  drop(content: Content): void {
    if (content.users > 0) {
      content.isGone = true
      return
    }
    this.refused = Number.POSITIVE_INFINITY
    const bytes = content.counted
    this.journal.transaction(() => {
      this.journal.run("delete from content where id = ?", content.id)
      this.used -= bytes
      this.loaded.delete(content.id)
      this.journal.orElse(() => {
        this.used += bytes
        this.loaded.set(content.id, content)
      })
      this.journal.afterwards(() => this.discard(content, bytes))
    })
  }

  /** Takes away the file of a content that has no row any more; at once where no power cut could bring the row back to need it. */
  private discard(content: Content, bytes: number): void {
    content.close()
    if (content.isInRow) return
    if (!content.isPromised && !this.isBehind) {
      content.discard()
      return
    }
    this.leaving += bytes
    this.leavingFiles++
    this.journal.whenDurable(() => {
      this.leaving -= bytes
      this.leavingFiles--
      content.discard()
    })
    if (this.leaving > mostLeaving || this.leavingFiles > mostLeavingFiles) this.makeDurable()
  }

  /** No power cut brings back a row of before. False where the disk has no room for that. */
  private makeDurable(): boolean {
    try {
      this.journal.durably(() => {})
      return true
    } catch {
      return false
    }
  }

  use(content: Content): void {
    content.users++
    content.usedAt = this.options.now()
  }

  leave(content: Content): void {
    this.refused = Number.POSITIVE_INFINITY
    content.users--
    if (content.users > 0 || this.isClosed) return
    if (content.isGone) {
      this.drop(content)
      return
    }
    try {
      this.save(content)
    } catch {
      // The disk has no room for the row: what it would tell stays here, and is saved with the next change.
      return
    }
    content.close()
    this.loaded.delete(content.id)
  }

  /**
   * Room for so many bytes more: what can be fetched again makes way, what nobody uses first. Whether there is room then.
   * Bytes of `of` are read around `at`.
   */
  makeRoom(bytes: number, of?: Content, at = 0): boolean {
    if (this.isClosed) return false
    if (this.fits(bytes)) return true
    if (this.isBehind && !this.makeDurable()) return false
    const others = bytes < this.refused ? this.evictUnused(bytes, of) : []
    const used = [...this.loaded.values()].filter((content) => content.users > 0 && content !== of)
    used.sort((one, other) => one.usedAt - other.usedAt)
    for (const content of used) if (!this.fits(bytes) && this.isUnchanged(content)) this.evict(content)
    for (const content of [...others, ...used]) if (!this.fits(bytes)) this.thin(content, bytes, 0, 0)
    if (of !== undefined && !this.fits(bytes)) {
      const near = this.options.quota / 8
      this.thin(of, bytes, Math.max(0, at - near), at + bytes + near)
      if (!this.fits(bytes) && this.isUnchanged(of)) this.evict(of)
    }
    for (const content of others) this.unload(content)
    if (!this.fits(bytes)) this.refused = Math.min(this.refused, bytes)
    return this.fits(bytes)
  }

  private fits(bytes: number): boolean {
    return this.used + bytes <= this.options.quota
  }

  /** Evicts what nobody uses; the contents that had to stay, as they have changes. */
  private evictUnused(bytes: number, except: Content | undefined): ReadonlyArray<Content> {
    const stay: Array<Content> = []
    // Some more than is needed now, as each time all rows are looked at.
    const wanted = bytes + this.options.quota / share
    for (let left = mostSlices, kept = 0; left > 0 && !this.fits(wanted); left--) {
      const some = this.journal.numbers(
        "select id from content where bytes > 0 and base is not null order by usedAt limit ? offset ?",
        slice,
        kept
      )
      if (some.length === 0) break
      this.journal.transaction(() => {
        for (const id of some) {
          const content = this.fits(wanted) ? undefined : this.get(id)
          const isFree = content !== undefined && content.users === 0 && content !== except
          if (isFree && this.isUnchanged(content)) {
            this.evict(content)
            this.unload(content)
            continue
          }
          kept++
          if (isFree) stay.push(content)
        }
      })
    }
    return stay
  }

  private isUnchanged(content: Content): boolean {
    return !content.isChanged && content.since === undefined
  }

  /** Of a content without changes. */
  private evict(content: Content): void {
    content.evict()
    this.count(content)
    this.save(content)
  }

  /**
   * Of a content that has changes only what the storage keeps, whatever is stored at the path of it; of none that is being
   * sent, as all of it is to be there until the end.
   */
  private thin(content: Content, bytes: number, from: number, to: number): void {
    const { base, isUnsaved, since } = content
    if (base === undefined || since !== undefined) return
    if (content.isChanged && !this.keeps(base)) return
    content.thin(Math.max(bytes, this.options.quota / share), [from, to])
    this.count(content)
    // A row must not tell of writes before its node does.
    if (!isUnsaved) this.save(content)
  }

  /** Lets go of what nobody uses, once that is much. Nobody may have one of them in hand that is not in use. */
  rest(): void {
    if (this.loaded.size <= mostLoaded) return
    for (const content of this.loaded.values()) this.unload(content)
  }

  private unload(content: Content): void {
    if (content.users > 0 || content.isUnsaved) return
    content.close()
    this.loaded.delete(content.id)
  }

  /** Whether the storage has bytes of the file whatever is stored at its path meanwhile. */
  keeps(file: File): boolean {
    return this.options.keeps(file)
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
