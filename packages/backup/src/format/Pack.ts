/**
 * A pack: many sealed blobs, then the sealed list of them, then that list's length.
 *
 * `Blob_1 … Blob_n | sealed header | uint32 length of the sealed header`. The blobs lie without gaps in the order
 * of the header, so their offsets are sums. The file is named by the SHA-256 of all of it.
 */

import * as Hex from "../go/Hex.ts"
import { type BlobType, type BlobTypeNumber, nameOf } from "./BlobType.ts"
import { type Box, overhead } from "./Crypto.ts"

export interface PackedBlob {
  readonly type: BlobType
  readonly id: string
  /** Where the sealed bytes begin in the pack. */
  readonly offset: number
  /** Sealed bytes. */
  readonly length: number
  /** Bytes of the plain blob when it was compressed before it was sealed; 0 when it is stored as it is. */
  readonly uncompressedLength: number
}

/** A pack's header is not what one can be; the message does not name the pack. */
export class PackError extends Error {}

/** Bytes of the header's length at the very end. */
export const lengthSize = 4
const plainEntrySize = 37
const compressedEntrySize = 41
const compressedBit = 2
const maximumHeaderSize = 16 * 1024 * 1024

/** Bytes of a pack beside blobs and header entries. */
export const trailerSize = overhead + lengthSize
/** What to read of a pack's end at first: enough for 15 blobs. */
export const firstHeaderRead = 15 * compressedEntrySize + trailerSize
/** The most blobs a pack can have. */
export const maximumBlobs = Math.floor((maximumHeaderSize - overhead) / compressedEntrySize)
/** Bytes of a pack that could hold one empty blob. */
export const minimumPackSize = plainEntrySize + trailerSize

/** Bytes of the header entry of a blob. */
export const entrySize = (uncompressedLength: number): number =>
  uncompressedLength === 0 ? plainEntrySize : compressedEntrySize

export interface HeaderEntry {
  readonly type: BlobTypeNumber
  readonly id: Uint8Array
  readonly length: number
  readonly uncompressedLength: number
}

/** Writes one entry of a plain header at `at`; gives where the next begins. */
export const writeEntry = (header: Buffer, at: number, entry: HeaderEntry): number => {
  const isCompressed = entry.uncompressedLength !== 0
  header[at] = entry.type | (isCompressed ? compressedBit : 0)
  let next = header.writeUInt32LE(entry.length, at + 1)
  if (isCompressed) next = header.writeUInt32LE(entry.uncompressedLength, next)
  header.set(entry.id, next)
  return next + 32
}

/** Writes the sealed header and its length at `at` of a pack; gives the size of the pack. */
export const sealHeader = (box: Box, header: Uint8Array, pack: Buffer, at: number): number =>
  pack.writeUInt32LE(header.length + overhead, at + box.sealInto(header, pack, at))

/** How many bytes at the end of a pack hold the sealed header and its length. `end` are its last four bytes at least. Throws `PackError`. */
export const headerSize = (end: Uint8Array, packSize: number): number => {
  if (packSize < minimumPackSize || end.length < lengthSize)
    throw new PackError(`${packSize} bytes are too few for a pack`)
  const view = new DataView(end.buffer, end.byteOffset, end.byteLength)
  const size = view.getUint32(end.length - lengthSize, true)
  if (size < overhead + plainEntrySize || size > maximumHeaderSize || size + lengthSize > packSize) {
    throw new PackError(`it ends with a header length of ${size} bytes, which cannot be`)
  }
  return size + lengthSize
}

/** The blobs of a pack, by offset. `end` are the pack's last `headerSize` bytes at least. Throws `PackError`. */
export const readHeader = (box: Box, end: Uint8Array, packSize: number): ReadonlyArray<PackedBlob> => {
  const size = headerSize(end, packSize)
  if (size > end.length) throw new PackError("its header was not read as a whole")
  const header = box.open(end.subarray(end.length - size, end.length - lengthSize))
  if (header === undefined) throw new PackError("its header was changed")
  const blobs: Array<PackedBlob> = []
  let offset = 0
  for (let at = 0; at < header.length; ) {
    const kind = header[at]!
    if (kind > 3) throw new PackError(`its header lists a blob of the unknown type ${kind}`)
    const isCompressed = (kind & compressedBit) !== 0
    const next = at + (isCompressed ? compressedEntrySize : plainEntrySize)
    if (next > header.length) throw new PackError("its header ends within an entry")
    const length = header.readUInt32LE(at + 1)
    const uncompressedLength = isCompressed ? header.readUInt32LE(at + 5) : 0
    if (length < overhead) throw new PackError(`its header lists a blob of ${length} bytes, which cannot be`)
    if (isCompressed && uncompressedLength === 0) throw new PackError("its header lists a compressed blob of no bytes")
    const type = nameOf((kind & 1) as BlobTypeNumber)
    blobs.push({ type, id: Hex.fromBytes(header, next - 32, next), offset, length, uncompressedLength })
    offset += length
    at = next
  }
  if (offset + size !== packSize) {
    throw new PackError(`its header lists ${offset} bytes of blobs, but there are ${packSize - size}`)
  }
  return blobs
}
