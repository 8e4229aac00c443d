/**
 * Blobs going into packs: encoded, sealed straight into the pack's buffer, and opened again to see that they can be.
 *
 * Synchronous, made for worker threads; each has its own writer. Opening again
 * what was just written has found faulty memory and a broken compressor.
 */
import { randomInt } from "node:crypto"
import * as Hex from "../go/Hex.ts"
import { makeBlobEncoder } from "./BlobEncoding.ts"
import type { BlobTable } from "./BlobTable.ts"
import type { BlobTypeNumber } from "./BlobType.ts"
import * as BlobTypes from "./BlobType.ts"
import { type Box, overhead } from "./Crypto.ts"
import { makeOpenBlob } from "./openBlob.ts"
import { bufferSizeFor, PackBuffer } from "./PackBuffer.ts"
import type { Compression } from "./Zstd.ts"

/** A whole pack, ready to be stored. */
export interface FinishedPack {
  readonly type: BlobTypeNumber
  /** Its name: SHA-256 of `bytes`. */
  readonly id: string
  /** The file, in memory that other threads see; it may be given to `recycle` once nobody reads it any more. */
  readonly bytes: Uint8Array
  readonly blobs: BlobTable
}

/** The blobs of a pack that is not finished, to go on with in another thread. */
export interface OpenPack {
  readonly type: BlobTypeNumber
  readonly bytes: Uint8Array
  readonly blobs: BlobTable
}

export interface PackWriterOptions {
  readonly box: Box
  readonly compression: Compression
  /** Repositories of version 1 know no compression. */
  readonly version: 1 | 2
  /** A pack of at least so many bytes is finished; it may exceed them by one blob. */
  readonly targetSize: number
  /** Packs of data open at a time, 2 unless given; each blob goes to a random one, so that packs do not show where chunks end. */
  readonly openDataPacks?: number
  /** `false`: blobs are not opened again once they are sealed. */
  readonly opensAgain?: boolean | undefined
  /** Called by `store` and `finish`. */
  readonly onPack: (pack: FinishedPack) => void
}

/** What became of a blob. */
export interface StoredBlob {
  /** Sealed bytes. */
  readonly length: number
  /** 0 when the blob was stored as it is. */
  readonly uncompressedLength: number
}

export interface PackWriter {
  /** Encodes and stores a blob. Unless `opensAgain` is false, throws when what was written does not read back as `id`. */
  readonly store: (type: BlobTypeNumber, id: Uint8Array, plain: Uint8Array) => StoredBlob
  /** Stores a blob that is encoded already: a zstd frame, or plain with `uncompressedLength` 0. Throws as `store` does. */
  readonly storeEncoded: (
    type: BlobTypeNumber,
    id: Uint8Array,
    encoded: Uint8Array,
    uncompressedLength: number
  ) => StoredBlob
  /** Bytes in open packs. */
  readonly pending: () => number
  /** Finishes what is open; packs of one type that fit together become one. */
  readonly finish: () => void
  /** Takes the open packs out, to be adopted by another thread's writer. */
  readonly takeOpen: () => ReadonlyArray<OpenPack>
  readonly adopt: (pack: OpenPack) => void
  /** Gives a buffer back that a finished pack, once stored, does not need any more. */
  readonly recycle: (buffer: ArrayBufferLike) => void
}

/** What has to be moved with a pack: its memory, where one blob was too large for that which threads share. */
export const movedWith = ({ buffer }: Uint8Array): ReadonlyArray<ArrayBuffer> =>
  buffer instanceof ArrayBuffer ? [buffer] : []

/** Of the largest chunk, should it not shrink; a larger blob gets a pack of its own. */
const roomForLast = 8 * 1024 * 1024 + 4096
const roomForHeader = 1024 * 1024

export const makePackWriter = (options: PackWriterOptions): PackWriter => {
  const { box, opensAgain = true, targetSize } = options
  const encode = makeBlobEncoder(options.compression, options.version)
  const openBlob = makeOpenBlob(box)
  const bufferSize = targetSize + roomForLast + roomForHeader
  /** Shared, since moved buffers of this size make the collector run after each few packs. */
  const spare: Array<SharedArrayBuffer> = []
  const openCounts = [options.openDataPacks ?? 2, 1]
  const open: [Array<PackBuffer>, Array<PackBuffer>] = [[], []]

  /** With room for so many bytes. */
  const start = (type: BlobTypeNumber, size = 0): PackBuffer =>
    size > bufferSize
      ? new PackBuffer(type, new ArrayBuffer(size))
      : new PackBuffer(type, spare.pop() ?? new SharedArrayBuffer(bufferSize))

  const finishOne = (pack: PackBuffer): void => {
    open[pack.type] = open[pack.type].filter((one) => one !== pack)
    options.onPack(pack.finish(box))
  }

  const choose = (type: BlobTypeNumber, size: number): PackBuffer => {
    const packs = open[type]
    if (packs.length < openCounts[type]!) packs.push(start(type))
    const pack = packs[packs.length === 1 ? 0 : randomInt(packs.length)]!
    if (pack.hasRoom(size)) return pack
    finishOne(pack)
    return choose(type, size)
  }

  const verify = (id: Uint8Array, sealed: Uint8Array, uncompressedLength: number): void => {
    const hex = Hex.fromBytes(id)
    const plain = openBlob(sealed, hex, uncompressedLength)
    if (typeof plain === "string") {
      throw new Error(
        `the blob ${hex} does not read back as it was written, ${plain}: the memory of this machine may be faulty`
      )
    }
  }

  const storeEncoded: PackWriter["storeEncoded"] = (type, id, encoded, uncompressedLength) => {
    const length = encoded.length + overhead
    const ownPack = length >= targetSize
    const pack = ownPack ? start(type, bufferSizeFor(length)) : choose(type, length)
    const sealed = pack.seal(box, id, encoded, uncompressedLength)
    if (opensAgain) verify(id, sealed, uncompressedLength)
    if (ownPack || pack.size >= targetSize || pack.isFull) finishOne(pack)
    return { length, uncompressedLength }
  }

  const merge = (type: BlobTypeNumber): void => {
    const packs = open[type]
    packs.sort((left, right) => right.size - left.size)
    for (;;) {
      const [smallest, next] = [packs.at(-1), packs.at(-2)]
      if (smallest === undefined || next === undefined || smallest.size + next.size > targetSize) return
      // The header of a pack lists only so many.
      if (!next.hasRoom(smallest.size, smallest.count)) return
      packs.pop()
      absorbInto(next, smallest.toOpen())
    }
  }

  const absorbInto = (pack: PackBuffer, other: OpenPack): void => {
    pack.absorb(other)
    recycle(other.bytes.buffer)
  }

  /** A single blob goes where any blob may go, many only where a pack of no more than the target size comes out. */
  const placeFor = ({ blobs, bytes, type }: OpenPack): PackBuffer | undefined => {
    if (blobs.count === 1 && bytes.length < targetSize) return choose(type, bytes.length)
    const fitting = open[type].find((one) => one.size + bytes.length <= targetSize)
    return fitting?.hasRoom(bytes.length, blobs.count) ? fitting : undefined
  }

  /** As a pack of its own, in the buffer it came in where that has room for more. */
  const begin = (pack: OpenPack): PackBuffer => {
    const { blobs, bytes, type } = pack
    if (bytes.byteOffset === 0 && bytes.buffer.byteLength === bufferSize) return PackBuffer.resume(pack)
    const own = start(type, bufferSizeFor(bytes.length, blobs.count))
    absorbInto(own, pack)
    return own
  }

  const adopt: PackWriter["adopt"] = (pack) => {
    let place = placeFor(pack)
    if (place !== undefined) absorbInto(place, pack)
    else {
      place = begin(pack)
      open[pack.type].push(place)
    }
    if (place.size >= targetSize) finishOne(place)
  }

  const recycle: PackWriter["recycle"] = (buffer) => {
    if (buffer instanceof SharedArrayBuffer && buffer.byteLength === bufferSize) spare.push(buffer)
  }

  return {
    store: (type, id, plain) => {
      const { bytes, uncompressedLength } = encode(type, plain)
      return storeEncoded(type, id, bytes, uncompressedLength)
    },
    storeEncoded,
    pending: () => open.flat().reduce((sum, pack) => sum + pack.size, 0),
    finish: () => {
      for (const type of [BlobTypes.data, BlobTypes.tree] as const) {
        merge(type)
        for (const pack of open[type]) finishOne(pack)
      }
    },
    takeOpen: () => {
      const taken = open.flat().map((pack) => pack.toOpen())
      open[0] = []
      open[1] = []
      return taken
    },
    adopt,
    recycle
  }
}
