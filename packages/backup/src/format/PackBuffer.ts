/** One pack while it is filled: sealed blobs in a buffer of fixed size, and the table of them. */
import { createHash } from "node:crypto"
import { type BlobTable, BlobTableBuilder, rows } from "./BlobTable.ts"
import type { BlobTypeNumber } from "./BlobType.ts"
import type { Box } from "./Crypto.ts"
import { entrySize, lengthSize, maximumBlobs, sealHeader, trailerSize, writeEntry } from "./Pack.ts"
import type { FinishedPack, OpenPack } from "./PackWriter.ts"

export class PackBuffer {
  readonly type: BlobTypeNumber
  readonly #bytes: Buffer<ArrayBufferLike>
  readonly #blobs = new BlobTableBuilder()
  #used = 0
  #headerSize = 0

  constructor(type: BlobTypeNumber, buffer: ArrayBufferLike) {
    this.type = type
    this.#bytes = Buffer.from(buffer)
  }

  /** Goes on in the buffer of the other pack, which must begin with it. */
  static resume({ blobs, bytes, type }: OpenPack): PackBuffer {
    const pack = new PackBuffer(type, bytes.buffer)
    for (const { at, length, uncompressedLength } of rows(blobs)) {
      pack.#take(blobs.bytes.subarray(at, at + 32), length, uncompressedLength)
    }
    return pack
  }

  /** Bytes that the pack would have if it were finished now. */
  get size(): number {
    return this.#used + this.#headerSize + trailerSize
  }

  get count(): number {
    return this.#blobs.count
  }

  /** Whether its header can list no more. */
  get isFull(): boolean {
    return this.#blobs.count === maximumBlobs
  }

  /** Whether there is room for `boxes` blobs with sealed bytes of `size` in all. */
  hasRoom(size: number, boxes = 1): boolean {
    const entries = boxes * entrySize(1)
    return this.size + size + entries <= this.#bytes.length && this.#blobs.count + boxes <= maximumBlobs
  }

  /** Seals a blob behind the others and gives its box, as it will be stored. There must be room. */
  seal(box: Box, id: Uint8Array, encoded: Uint8Array, uncompressedLength: number): Buffer {
    const length = box.sealInto(encoded, this.#bytes, this.#used)
    return this.#take(id, length, uncompressedLength)
  }

  /** Takes over the blobs of another pack. There must be room. */
  absorb(other: OpenPack): void {
    const { blobs, bytes } = other
    for (const { at, length, offset, uncompressedLength } of rows(blobs)) {
      this.#bytes.set(bytes.subarray(offset, offset + length), this.#used)
      this.#take(blobs.bytes.subarray(at, at + 32), length, uncompressedLength)
    }
  }

  /** As it is, for `absorb`. The buffer belongs to the receiver. */
  toOpen(): OpenPack {
    return { type: this.type, bytes: this.#bytes.subarray(0, this.#used), blobs: this.#table() }
  }

  /** Closes the pack with its header. Throws when that does not read back as it was written. */
  finish(box: Box): FinishedPack {
    const header = Buffer.allocUnsafe(this.#headerSize)
    let at = 0
    for (const row of rows(this.#blobs)) {
      at = writeEntry(header, at, { ...row, id: this.#blobs.bytes.subarray(row.at, row.at + 32) })
    }
    const bytes = this.#bytes.subarray(0, sealHeader(box, header, this.#bytes, this.#used))
    if (box.open(bytes.subarray(this.#used, bytes.length - lengthSize))?.equals(header) !== true) {
      throw new Error(
        "the header of a pack does not read back as it was written: the memory of this machine may be faulty"
      )
    }
    return { type: this.type, id: createHash("sha256").update(bytes).digest("hex"), bytes, blobs: this.#table() }
  }

  #table(): BlobTable {
    return { count: this.#blobs.count, bytes: this.#blobs.bytes }
  }

  #take(id: Uint8Array, length: number, uncompressedLength: number): Buffer {
    const offset = this.#used
    this.#blobs.add(this.type, id, offset, length, uncompressedLength)
    this.#used += length
    this.#headerSize += entrySize(uncompressedLength)
    return this.#bytes.subarray(offset, this.#used)
  }
}

/** Bytes of a buffer in which a pack can hold `boxes` blobs with sealed bytes of `size` in all. */
export const bufferSizeFor = (size: number, boxes = 1): number => size + boxes * entrySize(1) + trailerSize
