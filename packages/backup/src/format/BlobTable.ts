/**
 * Many `PackedBlob`s as bytes, to be moved between threads without a copy.
 * Each is 45 bytes: type, id (32), offset, length, uncompressedLength (little-endian, 4 each).
 */

import * as Hex from "../go/Hex.ts"
import { type BlobTypeNumber, nameOf } from "./BlobType.ts"
import type { PackedBlob } from "./Pack.ts"

export const rowSize = 45
/** Where in a row its id is. */
export const idAt = 1

/** What is moved. */
export interface BlobTable {
  readonly count: number
  /** `count` rows, and maybe room behind them. */
  readonly bytes: Buffer<ArrayBuffer> | Uint8Array<ArrayBuffer>
}

export interface Row {
  readonly type: BlobTypeNumber
  /** Where in the table's bytes the id begins. */
  readonly at: number
  readonly offset: number
  readonly length: number
  readonly uncompressedLength: number
}

/** A table that grows. */
export class BlobTableBuilder implements BlobTable {
  count = 0
  bytes: Buffer<ArrayBuffer>

  constructor(room = 64) {
    this.bytes = Buffer.allocUnsafeSlow(room * rowSize)
  }

  add(type: BlobTypeNumber, id: Uint8Array, offset: number, length: number, uncompressedLength: number): void {
    const at = this.count * rowSize
    if (at === this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.bytes.length)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes[at] = type
    this.bytes.set(id, at + idAt)
    this.bytes.writeUInt32LE(offset, at + 33)
    this.bytes.writeUInt32LE(length, at + 37)
    this.bytes.writeUInt32LE(uncompressedLength, at + 41)
    this.count++
  }
}

/** The rows, without a copy of their ids. */
export function* rows({ bytes, count }: BlobTable): Generator<Row> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < count * rowSize; at += rowSize) {
    yield {
      type: bytes[at] as BlobTypeNumber,
      at: at + idAt,
      offset: view.getUint32(at + 33, true),
      length: view.getUint32(at + 37, true),
      uncompressedLength: view.getUint32(at + 41, true)
    }
  }
}

/** The rows as objects. */
export function* packedBlobs(table: BlobTable): Generator<PackedBlob> {
  for (const { at, length, offset, type, uncompressedLength } of rows(table)) {
    yield { type: nameOf(type), id: Hex.fromBytes(table.bytes, at, at + 32), offset, length, uncompressedLength }
  }
}
