/** One of the threads that repack: opens blobs, checks them, and puts them into new packs. */
import * as BlobTable from "../format/BlobTable.ts"
import { type BlobTypeNumber, tree } from "../format/BlobType.ts"
import { type Keys, makeBox } from "../format/Crypto.ts"
import { makeOpenBlob } from "../format/openBlob.ts"
import { type FinishedPack, makePackWriter, movedWith, type OpenPack } from "../format/PackWriter.ts"
import { makeCompressor } from "../format/Zstd.ts"
import * as Hex from "../go/Hex.ts"
import { serve } from "../threads/ServingThread.ts"
import { reply } from "../threads/ThreadLine.ts"

export interface RepackData {
  readonly from: Keys
  readonly to: Keys
  /** Of the repository that is written. */
  readonly version: 1 | 2
  readonly packSize: number
  /** Data that does not get smaller is stored as a frame nevertheless, which shows that it was tried. */
  readonly marksTried: boolean
  /** Whether new packs are looked at before they are stored. */
  readonly opensAgain: boolean
}

export type RepackRequest =
  /** Blobs as they lie in a pack; their offsets in the table are those in `bytes`. `spare` are buffers of stored packs. */
  | {
      readonly _tag: "Sealed"
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly blobs: BlobTable.BlobTable
      readonly spare: ReadonlyArray<SharedArrayBuffer>
    }
  | { readonly _tag: "Plain"; readonly type: BlobTypeNumber; readonly id: Uint8Array; readonly bytes: Uint8Array }
  | { readonly _tag: "TakeOpen" }
  | { readonly _tag: "Finish"; readonly open: ReadonlyArray<OpenPack> }

export interface RepackAnswer {
  readonly packs: ReadonlyArray<FinishedPack>
  /** Rows of the request's table whose blobs are not what their ids say. */
  readonly bad: ReadonlyArray<number>
  readonly open: ReadonlyArray<OpenPack>
}

const sameKeys = (left: Keys, right: Keys): boolean =>
  (["encrypt", "macK", "macR"] as const).every((part) => Buffer.compare(left[part], right[part]) === 0)

const makeHandler = (data: RepackData) => {
  const from = makeBox(data.from)
  const to = makeBox(data.to)
  const keepsBoxes = sameKeys(data.from, data.to)
  const compressor = makeCompressor("auto")
  const openBlob = makeOpenBlob(from)
  /** Never as large as a pack's buffer, which the writer would take for its own. */
  let scratch = new Uint8Array(64 * 1024)
  let packs: Array<FinishedPack> = []

  /** Boxes that were copied as they are have not been looked at since. */
  const verify = ({ blobs, bytes, id }: FinishedPack): void => {
    for (const { length, offset } of BlobTable.rows(blobs)) {
      if (to.opens(bytes.subarray(offset, offset + length))) continue
      throw new Error(`a blob of the new pack ${id} does not open: the memory of this machine may be faulty`)
    }
  }

  const writer = makePackWriter({
    box: to,
    compression: "auto",
    version: data.version,
    targetSize: data.packSize,
    // What comes out of old packs is in no order that would show where chunks end, so one is enough.
    openDataPacks: 1,
    opensAgain: data.opensAgain,
    onPack: (pack) => {
      if (data.opensAgain) verify(pack)
      packs.push(pack)
    }
  })

  const storePlain = (type: BlobTypeNumber, id: Uint8Array, plain: Uint8Array): void => {
    if (data.marksTried && data.version === 2 && type !== tree && plain.length > 0) {
      writer.storeEncoded(type, id, compressor.compress(plain), plain.length)
    } else writer.store(type, id, plain)
  }

  /** The sealed bytes as they are: nothing has to be compressed or sealed again. */
  const storeBox = (type: BlobTypeNumber, id: Uint8Array, sealed: Uint8Array, uncompressedLength: number): void => {
    const blobs = new BlobTable.BlobTableBuilder(1)
    blobs.add(type, id, 0, sealed.length, uncompressedLength)
    if (scratch.length < sealed.length) scratch = new Uint8Array(sealed.length)
    scratch.set(sealed)
    writer.adopt({ type, bytes: scratch.subarray(0, sealed.length), blobs })
  }

  /** False when the blob is not what its id says. */
  const storeSealed = (bytes: Uint8Array, table: Uint8Array, row: BlobTable.Row): boolean => {
    const { length, offset, type, uncompressedLength } = row
    const sealed = bytes.subarray(offset, offset + length)
    const id = table.subarray(row.at, row.at + 32)
    const plain = openBlob(sealed, Hex.fromBytes(id), uncompressedLength)
    if (typeof plain === "string") return false
    const isCompressed = uncompressedLength > 0
    const staysEncoded = isCompressed === (data.version === 2)
    if (!staysEncoded) storePlain(type, id, plain)
    else if (keepsBoxes && length < data.packSize) storeBox(type, id, sealed, uncompressedLength)
    else writer.storeEncoded(type, id, from.open(sealed)!, uncompressedLength)
    return true
  }

  const answer = (bad: ReadonlyArray<number>, open: ReadonlyArray<OpenPack>) => {
    const finished = packs
    packs = []
    const transfer = [...finished, ...open].flatMap(({ blobs, bytes }) => [blobs.bytes.buffer, ...movedWith(bytes)])
    return reply<RepackAnswer>({ packs: finished, bad, open }, transfer)
  }

  return (request: RepackRequest) => {
    switch (request._tag) {
      case "Sealed": {
        for (const buffer of request.spare) writer.recycle(buffer)
        const bad: Array<number> = []
        let number = 0
        for (const row of BlobTable.rows(request.blobs)) {
          if (!storeSealed(request.bytes, request.blobs.bytes, row)) bad.push(number)
          number++
        }
        request.bytes.buffer.transfer(0)
        return answer(bad, [])
      }
      case "Plain":
        storePlain(request.type, request.id, request.bytes)
        return answer([], [])
      case "TakeOpen":
        return answer([], writer.takeOpen())
      case "Finish":
        for (const pack of request.open) writer.adopt(pack)
        writer.finish()
        return answer([], [])
    }
  }
}

serve(makeHandler)
