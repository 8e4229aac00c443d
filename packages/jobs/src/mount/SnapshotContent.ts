/** Bytes of files of snapshots: only pieces that are read are fetched, some ahead, those that lie together with one request. */

import { numberOf } from "@ourclone/backup/format/BlobType"
import * as BlobBatch from "@ourclone/backup/repository/BlobBatch"
import type { BlobReader } from "@ourclone/backup/repository/BlobReader"
import { ByteCache } from "@ourclone/backup/repository/ByteCache"
import type { Repository } from "@ourclone/backup/repository/Repository"
import { Refused } from "@ourclone/mount/contract/Refusal"
import { moment } from "@ourclone/mount/contract/Waiting"
import { type Asking, after, ask } from "./AskStorage.ts"

/** In bytes. */
const kept = 64 * 1024 * 1024
const ahead = 16 * 1024 * 1024

export interface OpenFile {
  readonly ids: ReadonlyArray<string>
  /** In the index. */
  readonly entries: ReadonlyArray<number>
  /** Where each piece begins, and where the last one ends. */
  readonly starts: ReadonlyArray<number>
  /** Where the last read ended. */
  next: number
}

export interface ContentOptions {
  readonly repository: Repository
  readonly reader: BlobReader
  readonly asking: Asking
}

export class SnapshotContent {
  private readonly repository: Repository
  private readonly reader: BlobReader
  private readonly asking: Asking
  private readonly cache = new ByteCache<Buffer>(kept)
  private readonly coming = new Map<string, Promise<Buffer | Refused>>()

  constructor({ asking, reader, repository }: ContentOptions) {
    this.repository = repository
    this.reader = reader
    this.asking = asking
  }

  /** Refuses a file with a piece that no pack has. */
  open(ids: ReadonlyArray<string>): OpenFile | Refused {
    const { index } = this.reader
    const entries = ids.map((id) => index.findHex(numberOf("data"), id))
    const missing = entries.findIndex((entry) => entry < 0)
    if (missing >= 0) return new Refused("Failed", `the piece ${ids[missing]} is in no pack that the index names`)
    const starts = [0]
    for (const entry of entries) starts.push(starts.at(-1)! + index.plainLengthOf(entry))
    return { ids, entries, starts, next: 0 }
  }

  private pieceAt({ starts }: OpenFile, offset: number): number {
    let [low, high] = [0, starts.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle
    }
    return low
  }

  private begin(file: OpenFile, from: number, until: number): void {
    const wanted = new Map<string, number>()
    for (let piece = from; piece < file.ids.length && file.starts[piece]! < until; piece++) {
      const id = file.ids[piece]!
      if (this.cache.get(id) === undefined && !this.coming.has(id)) wanted.set(id, file.entries[piece]!)
    }
    if (wanted.size === 0) return
    const blobs = [...wanted].map(([id, entry]) => ({ id, entry }))
    const batch = ask(this.asking, "ReadFailed", BlobBatch.read(this.repository, this.reader, blobs))
    for (const { entry, id } of blobs) {
      const one = batch.then((read) => {
        if (read instanceof Refused) {
          const refusing = read.refusal === "TimedOut" ? moment : 0
          void after(this.asking, refusing, () => this.coming.delete(id))
          return read
        }
        this.coming.delete(id)
        const bytes = read.get(entry) ?? Buffer.alloc(0)
        this.cache.set(id, bytes, bytes.length)
        return bytes
      })
      this.coming.set(id, one)
    }
  }

  /** At once where all of it is here. */
  read(file: OpenFile, offset: number, into: Uint8Array): number | Promise<number | Refused> {
    const end = Math.min(file.starts.at(-1)!, offset + into.length)
    if (offset >= end) return 0
    const first = this.pieceAt(file, offset)
    const isSequential = offset === file.next
    file.next = end
    const isNearEnd = this.cache.get(file.ids[this.pieceAt(file, end - 1) + 1] ?? "") === undefined
    this.begin(file, first, end)
    if (isSequential && isNearEnd) this.begin(file, first, end + ahead)
    const pieces: Array<Buffer> = []
    for (let piece = first; piece < file.ids.length && file.starts[piece]! < end; piece++) {
      const bytes = this.cache.get(file.ids[piece]!)
      if (bytes === undefined) return this.readLater(file, first, offset, end, into)
      pieces.push(bytes)
    }
    return this.copy(file, first, pieces, offset, end, into)
  }

  private copy(
    file: OpenFile,
    first: number,
    pieces: ReadonlyArray<Buffer>,
    offset: number,
    end: number,
    into: Uint8Array
  ) {
    for (const [index, bytes] of pieces.entries()) {
      const start = file.starts[first + index]!
      const from = Math.max(offset, start)
      into.set(bytes.subarray(from - start, Math.min(bytes.length, end - start)), from - offset)
    }
    return end - offset
  }

  private async readLater(file: OpenFile, first: number, offset: number, end: number, into: Uint8Array) {
    const pieces: Array<Buffer> = []
    for (let piece = first; piece < file.ids.length && file.starts[piece]! < end; piece++) {
      const id = file.ids[piece]!
      if (this.cache.get(id) === undefined && !this.coming.has(id)) this.begin(file, piece, file.starts[piece]! + 1)
      const bytes = this.cache.get(id) ?? (await this.coming.get(id)!)
      if (bytes instanceof Refused) return bytes
      pieces.push(bytes)
    }
    return this.copy(file, first, pieces, offset, end, into)
  }
}
