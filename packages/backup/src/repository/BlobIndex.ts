/**
 * Where every blob of a repository lies, in typed arrays: about 57 bytes a blob.
 *
 * A blob may have several places. A running backup claims the blobs that it is
 * about to store, so that it stores none of them twice; a claimed blob is known
 * but has no place yet.
 */
import type { BlobTypeNumber } from "../format/BlobType.ts"
import { overhead } from "../format/Crypto.ts"
import * as Hex from "../go/Hex.ts"
import { IdTable } from "./IdTable.ts"
import { sortByOffset } from "./sortByOffset.ts"

/** Type in the top bit, below it the number of the pack. */
const typeAndPack = 0
const offset = 1
const length = 2
const uncompressedLength = 3

const packMask = 0x7fff_ffff
const nowhere = packMask

export interface EntriesByPack {
  /** All entries that have a place. */
  readonly entries: Uint32Array
  /** Those of pack `n` are `entries[starts[n]]` up to, without it, `entries[starts[n + 1]]`, in the order of their offsets. */
  readonly starts: Uint32Array
}

export class BlobIndex {
  readonly #blobs = new IdTable(4)
  readonly #packs = new IdTable(0)

  /** Entries: places of blobs, and claims without a place. */
  get size(): number {
    return this.#blobs.size
  }

  get packCount(): number {
    return this.#packs.size
  }

  /** The number of a pack, which is made known if it was not. */
  addPack(packId: string): number {
    const id = Hex.toBytes(packId)
    const known = this.#packs.find(id, 0)
    return known < 0 ? this.#packs.append(id, 0) : known
  }

  packId(pack: number): string {
    const id = Buffer.allocUnsafe(32)
    this.#packs.copyId(pack, id, 0)
    return id.toString("hex")
  }

  /** -1 when no such pack is known. */
  packNumber(packId: string): number {
    return this.#packs.find(Hex.toBytes(packId), 0)
  }

  /** Adds a place; gives the entry's number, that of the older entry when the very same place was known. */
  add(
    type: BlobTypeNumber,
    id: Uint8Array,
    at: number,
    pack: number,
    from: number,
    size: number,
    plainSize: number
  ): number {
    const packed = this.#pack(type, pack)
    for (let entry = this.#blobs.find(id, at); entry >= 0; entry = this.#blobs.next(entry)) {
      if (this.#blobs.get(entry, typeAndPack) !== packed || this.#blobs.get(entry, offset) !== from) continue
      if (this.#blobs.get(entry, length) !== size) continue
      if (this.#blobs.get(entry, uncompressedLength) === plainSize) return entry
    }
    const entry = this.#blobs.append(id, at)
    this.#write(entry, packed, from, size, plainSize)
    return entry
  }

  /** A number of an entry of the blob, -1 when it is not known. A claim without a place counts. */
  find(type: BlobTypeNumber, id: Uint8Array, at = 0): number {
    return this.#ofType(type, this.#blobs.find(id, at))
  }

  findHex(type: BlobTypeNumber, id: string): number {
    return this.find(type, Hex.toBytes(id), 0)
  }

  /** Another place of the same blob, -1 when there is none. */
  next(entry: number): number {
    return this.#ofType(this.typeOf(entry), this.#blobs.next(entry))
  }

  /** true: the blob was not known, and is from now on, without a place. The caller stores it, then calls `place`. */
  claim(type: BlobTypeNumber, id: Uint8Array, at = 0): boolean {
    if (this.find(type, id, at) >= 0) return false
    this.#blobs.set(this.#blobs.append(id, at), typeAndPack, this.#pack(type, nowhere))
    return true
  }

  /** Gives a claimed blob its place, or adds one; gives the entry's number. */
  place(
    type: BlobTypeNumber,
    id: Uint8Array,
    at: number,
    pack: number,
    from: number,
    size: number,
    plainSize: number
  ): number {
    const entry = this.find(type, id, at)
    if (entry < 0 || this.isPlaced(entry)) return this.add(type, id, at, pack, from, size, plainSize)
    this.#write(entry, this.#pack(type, pack), from, size, plainSize)
    return entry
  }

  isPlaced(entry: number): boolean {
    return this.packOf(entry) !== nowhere
  }

  typeOf(entry: number): BlobTypeNumber {
    return (this.#blobs.get(entry, typeAndPack) >>> 31) as BlobTypeNumber
  }

  /** The number of the pack; of no meaning where there is no place. */
  packOf(entry: number): number {
    return this.#blobs.get(entry, typeAndPack) & packMask
  }

  offsetOf(entry: number): number {
    return this.#blobs.get(entry, offset)
  }

  /** Sealed bytes. */
  lengthOf(entry: number): number {
    return this.#blobs.get(entry, length)
  }

  /** 0 when the blob is not compressed. */
  uncompressedLengthOf(entry: number): number {
    return this.#blobs.get(entry, uncompressedLength)
  }

  /** Bytes of the plain blob. */
  plainLengthOf(entry: number): number {
    return this.uncompressedLengthOf(entry) || this.lengthOf(entry) - overhead
  }

  idOf(entry: number): Buffer {
    const id = Buffer.allocUnsafe(32)
    this.#blobs.copyId(entry, id, 0)
    return id
  }

  hexOf(entry: number): string {
    return this.idOf(entry).toString("hex")
  }

  copyId(entry: number, target: Uint8Array, at: number): void {
    this.#blobs.copyId(entry, target, at)
  }

  /** Takes 4 bytes for each entry, and time for all of them. */
  byPack(): EntriesByPack {
    const starts = new Uint32Array(this.packCount + 1)
    for (let entry = 0; entry < this.size; entry++) if (this.isPlaced(entry)) starts[this.packOf(entry) + 1]!++
    for (let pack = 0; pack < this.packCount; pack++) starts[pack + 1]! += starts[pack]!
    const entries = new Uint32Array(starts[this.packCount]!)
    const filled = starts.slice()
    for (let entry = 0; entry < this.size; entry++) {
      if (this.isPlaced(entry)) entries[filled[this.packOf(entry)]!++] = entry
    }
    for (let pack = 0; pack < this.packCount; pack++) {
      sortByOffset(entries.subarray(starts[pack]!, starts[pack + 1]!), (entry) => this.offsetOf(entry))
    }
    return { entries, starts }
  }

  #pack(type: BlobTypeNumber, pack: number): number {
    return ((type << 31) | pack) >>> 0
  }

  #write(entry: number, packed: number, from: number, size: number, plainSize: number): void {
    this.#blobs.set(entry, typeAndPack, packed)
    this.#blobs.set(entry, offset, from)
    this.#blobs.set(entry, length, size)
    this.#blobs.set(entry, uncompressedLength, plainSize)
  }

  #ofType(type: BlobTypeNumber, first: number): number {
    let entry = first
    while (entry >= 0 && this.typeOf(entry) !== type) entry = this.#blobs.next(entry)
    return entry
  }
}
