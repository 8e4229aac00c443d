/**
 * The bytes of one file, as far as they are on this machine: where they are kept, and what of it holds.
 *
 * `base` is where the storage has the bytes that are neither `stored` nor `dirty`. Whole units that came from there are
 * summed; whoever opens the cache again believes those alone, and only once their sum has been compared.
 */
import { crc32 } from "node:zlib"
import type { File } from "@ourclone/core/contract/Entry"
import type { CacheDisk } from "./CacheDisk.ts"
import { inFile, inRow, type Keeping, mostInRow } from "./Keeping.ts"
import { type Range, Ranges } from "./Ranges.ts"

/** In bytes. */
export const unit = 128 * 1024

const unitBefore = (offset: number): number => Math.floor(offset / unit) * unit
const unitAfter = (offset: number): number => Math.ceil(offset / unit) * unit

export interface Kept {
  readonly base: File | undefined
  readonly size: number
  /** Sums by the number of their unit. */
  readonly sums: ReadonlyArray<readonly [number, number]>
  readonly dirty: ReadonlyArray<Range>
  /** What of `dirty` is in the file; the rest is zeros. */
  readonly written: ReadonlyArray<Range>
  readonly isSynced: boolean
  /** The bytes themselves, where they are few; otherwise they are in a file. */
  readonly bytes: Uint8Array | undefined
}

export class Content {
  readonly id: number
  readonly file: string
  base: File | undefined
  size: number
  /** What of the kept bytes holds. */
  readonly stored = new Ranges()
  /** What differs from `base`. */
  readonly dirty: Ranges
  /** What was written since an upload began; undefined while there is none. */
  since: Ranges | undefined
  /** Grows with each change. */
  generation = 0
  isSynced: boolean
  /** Whether the row in the journal tells less than is so here. */
  isUnsaved = false
  /** Bytes written since the row was saved. */
  unsavedBytes = 0
  /** Bytes that it is taken to have in the sum of the cache. */
  counted = 0
  users = 0
  /** To be dropped with its last user. */
  isGone = false
  usedAt = 0
  private readonly sums: Map<number, number>
  private readonly unchecked = new Set<number>()
  private readonly disk: CacheDisk
  /** Before a file is made of it. */
  private readonly onFile: () => void
  private keeping: Keeping
  /** Whether somebody may count on the disk for bytes of the row that the storage does not have. */
  isPromised: boolean
  /** Whether the storage got bytes that are not promised any more, which no row tells yet. */
  hasSettled = false

  constructor(id: number, file: string, kept: Kept, disk: CacheDisk, onFile: () => void = () => {}) {
    this.id = id
    this.file = file
    this.disk = disk
    this.onFile = onFile
    this.base = kept.base
    this.size = kept.size
    this.dirty = new Ranges(kept.dirty)
    this.isSynced = kept.isSynced
    this.sums = new Map(kept.sums)
    this.keeping = kept.bytes === undefined ? this.inFile() : inRow(kept.bytes)
    this.isPromised = kept.dirty.length > 0
    for (const [start, end] of kept.written) this.stored.add(start, end)
    for (const number of this.sums.keys()) {
      this.unchecked.add(number)
      this.stored.add(number * unit, Math.min(kept.size, (number + 1) * unit))
    }
  }

  /** Whether the storage has something else than is to be read here. */
  get isChanged(): boolean {
    return this.base === undefined || !this.dirty.isEmpty || this.size !== this.base.size
  }

  private inFile(): Keeping {
    return inFile(this.file, this.disk, () => this.size)
  }

  private put(bytes: Uint8Array, position: number): void {
    const few = this.keeping.inRow()
    if (few !== undefined && position + bytes.length > mostInRow) this.moveToFile(few)
    this.keeping.write(bytes, position)
  }

  /** Once it is saved its row has the bytes no more. */
  private moveToFile(few: Uint8Array): void {
    const file = this.inFile()
    try {
      this.onFile()
      if (few.length > 0) file.write(few, 0)
      if (this.isPromised) file.syncNow()
    } catch (error) {
      file.discard()
      throw error
    }
    this.keeping = file
  }

  close(): void {
    this.keeping.close()
  }

  discard(): void {
    this.keeping.discard()
    this.stored.clear()
    this.sums.clear()
    this.unchecked.clear()
  }

  /** What must be fetched from `base` before `[start, end)` can be read. */
  missing(start: number, end: number): Array<Range> {
    if (this.unchecked.size > 0) this.check(start, end)
    const to = Math.min(end, this.size)
    if (this.stored.covers(start, to)) return []
    const gaps: Array<Range> = []
    for (const [from, until] of this.stored.gaps(start, to)) gaps.push(...this.dirty.gaps(from, until))
    return gaps
  }

  private check(start: number, end: number): void {
    for (let number = Math.floor(start / unit); number * unit < end; number++) {
      if (!this.unchecked.delete(number)) continue
      const [from, to] = [number * unit, Math.min(this.size, (number + 1) * unit)]
      const bytes = Buffer.allocUnsafe(Math.max(0, to - from))
      const read = this.keeping.read(bytes, from)
      if (read === bytes.length && crc32(bytes) === this.sums.get(number)) continue
      this.sums.delete(number)
      for (const [gap, until] of this.dirty.gaps(from, to)) {
        this.stored.remove(gap, until)
        this.erase(gap, until)
      }
    }
  }

  /** How many bytes; what is missing must have been fetched. */
  read(offset: number, into: Uint8Array): number {
    const length = Math.max(0, Math.min(into.length, this.size - offset))
    if (length === 0) return 0
    const wanted = length === into.length ? into : into.subarray(0, length)
    const read = this.keeping.read(wanted, offset)
    if (read < length) wanted.fill(0, read)
    return length
  }

  /** Bytes of `base`; what is there already, or was written meanwhile, stays as it is. */
  fill(offset: number, bytes: Uint8Array): void {
    const end = Math.min(offset + bytes.length, this.size)
    for (const [start, until] of this.missing(offset, end)) {
      this.put(bytes.subarray(start - offset, until - offset), start)
      this.stored.add(start, until)
      this.isUnsaved = true
    }
    for (let number = Math.ceil(offset / unit); number * unit < end; number++) {
      const [from, to] = [number * unit, Math.min(this.size, (number + 1) * unit)]
      if (to > end || this.sums.has(number) || this.dirty.within(from, to).length > 0) continue
      this.sums.set(number, crc32(bytes.subarray(from - offset, to - offset)))
    }
  }

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length
    this.put(bytes, offset)
    if (offset > this.size) this.mark(this.size, offset)
    this.stored.add(offset, end)
    this.mark(offset, end)
    this.size = Math.max(this.size, end)
    this.unsavedBytes += bytes.length
  }

  private mark(start: number, end: number): void {
    this.dirty.add(start, end)
    this.since?.add(start, end)
    for (let number = Math.floor(start / unit); number * unit < end && this.sums.size > 0; number++) {
      this.sums.delete(number)
      this.unchecked.delete(number)
    }
    this.generation++
    this.isUnsaved = true
    this.isSynced = false
  }

  /** Cuts, or grows with zeros. */
  resize(size: number): void {
    if (size < this.size) {
      // Also what is not known to be stored may be in the file, and must not be taken for a hole later.
      this.keeping.cut(size)
      for (const ranges of [this.stored, this.dirty, this.since]) ranges?.remove(size, Number.MAX_SAFE_INTEGER)
      for (const number of this.sums.keys()) {
        if ((number + 1) * unit <= size) continue
        this.sums.delete(number)
        this.unchecked.delete(number)
      }
      this.generation++
      this.isUnsaved = true
      this.isSynced = false
    } else if (size > this.size) {
      // A sum of the unit that was the last is one of fewer bytes.
      this.mark(this.size, size)
    }
    this.size = size
    if (size === 0) this.base = undefined
  }

  /** Takes bytes of `base` as its own up to `size`; of a content that has nothing else. */
  adopt(base: File, size: number): void {
    this.base = base
    this.size = size
    this.generation++
    this.isUnsaved = true
  }

  /** Nothing of the storage is needed any more: all of it is sent the next time. */
  own(): void {
    this.dirty.add(0, this.size)
    this.base = undefined
    this.isUnsaved = true
  }

  /** Whether what was written here, and not synced, is what was summed when it was closed. */
  isIntact(): boolean {
    // What is in the row came there with it.
    if (this.isInRow) return true
    for (const [start, end] of this.dirty.all()) {
      for (let number = Math.floor(start / unit); number * unit < end; number++) {
        if (!this.sums.has(number)) return false
        this.unchecked.add(number)
      }
      this.check(start, end)
      for (let number = Math.floor(start / unit); number * unit < end; number++)
        if (!this.sums.has(number)) return false
    }
    return true
  }

  /** Makes `[start, end)` zeros, within the size. */
  zero(start: number, end: number): void {
    const to = Math.min(end, this.size)
    this.erase(start, Math.min(to, this.keeping.size()))
    if (to > start) this.mark(start, to)
  }

  /** What is not stored may be taken for a hole later, and a hole is zeros. */
  private erase(start: number, end: number): void {
    const zeros = Buffer.alloc(Math.min(unit, Math.max(0, end - start)))
    for (let at = start; at < end; at += unit) this.put(zeros.subarray(0, Math.min(unit, end - at)), at)
  }

  /** Forgets what can be fetched again. Only of a content without changes. */
  evict(): void {
    this.stored.clear()
    this.sums.clear()
    this.unchecked.clear()
    this.keeping.discard()
    this.isUnsaved = true
  }

  /**
   * Forgets whole units that are what `base` has, but for those of `kept`, until so many bytes are free.
   * Nothing that differs from `base` is touched: a row that still tells of what went has its sums, which the zeros that
   * are there now do not have.
   */
  thin(bytes: number, kept: Range): void {
    if (this.base === undefined || this.isInRow) return
    const stay = new Ranges()
    for (const [start, end] of [kept, ...this.dirty.all()]) stay.add(unitBefore(start), unitAfter(end))
    let freed = 0
    for (const [from, until] of stay.gaps(0, this.size)) {
      for (const [start, end] of this.stored.within(from, until)) {
        if (freed >= bytes) return
        const to = Math.min(end, unitAfter(start + bytes - freed))
        this.stored.remove(start, to)
        if (!this.keeping.free(start, to)) {
          this.stored.add(start, to)
          return
        }
        for (let number = Math.floor(start / unit); number * unit < to; number++) {
          this.sums.delete(number)
          this.unchecked.delete(number)
        }
        freed += to - start
        this.isUnsaved = true
      }
    }
  }

  /** The storage has the bytes now, but for those written since the upload began. */
  settle(base: File): void {
    const since = this.since?.all() ?? []
    this.since = undefined
    this.base = base
    this.hasSettled ||= this.isPromised
    this.dirty.clear()
    for (const [start, end] of since) this.dirty.add(start, end)
    // Shorter or longer than what was sent: grown bytes were marked, cut ones are no longer read.
    this.isUnsaved = true
  }

  /** Whether what is saved of it is believed later without sums. */
  get isInRow(): boolean {
    return this.keeping.inRow() !== undefined
  }

  /** Sums the whole units that were written here, so that they are believed later. */
  sum(): void {
    const bytes = Buffer.allocUnsafe(Math.min(unit, this.size))
    for (let number = 0; number * unit < this.size; number++) {
      const [from, to] = [number * unit, Math.min(this.size, (number + 1) * unit)]
      if (this.sums.has(number) || !this.stored.covers(from, to)) continue
      this.keeping.read(bytes.subarray(0, to - from), from)
      this.sums.set(number, crc32(bytes.subarray(0, to - from)))
    }
  }

  async sync(): Promise<void> {
    const { generation } = this
    this.isPromised = true
    if (this.stored.total > 0) await this.keeping.sync()
    if (generation === this.generation) this.isSynced = true
  }

  kept(): Kept {
    const dirty = this.dirty.all()
    return {
      base: this.base,
      size: this.size,
      sums: [...this.sums],
      dirty,
      written: dirty.flatMap(([start, end]) => this.stored.within(start, end)),
      isSynced: this.isSynced,
      bytes: this.keeping.inRow()
    }
  }
}
