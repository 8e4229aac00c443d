/**
 * An index file: JSON that lists packs and the blobs in them.
 *
 * Reading takes the bytes apart without making objects of them as long as they
 * are laid out as restic and we lay them out; anything else goes through
 * `JSON.parse`.
 */

import { type BlobTypeNumber, numberOf } from "../format/BlobType.ts"
import { overhead, release } from "../format/Crypto.ts"
import { type ScannedIndex, scanIndex } from "../format/IndexScan.ts"
import type { PackedBlob } from "../format/Pack.ts"
import * as Hex from "../go/Hex.ts"
import type { BlobIndex } from "./BlobIndex.ts"

/** So many blobs make an index file full. */
export const fullSize = 50_000

const mostBytes = 2 ** 32 - 1

export interface IndexedPack {
  readonly id: string
  readonly blobs: Iterable<PackedBlob>
}

/** The JSON is not that of an index; the message does not name the file. */
export class IndexFileError extends Error {}

const encodeBlob = ({ id, length, offset, type, uncompressedLength }: PackedBlob): string =>
  `{"id":"${id}","type":"${type}","offset":${offset},"length":${length}${
    uncompressedLength === 0 ? "" : `,"uncompressed_length":${uncompressedLength}`
  }}`

/** Bytes that one blob, or a pack without its blobs, takes at most. */
const mostPerEntry = 256

/** In restic's order of fields, with a newline at the end. */
export const encode = (packs: Iterable<IndexedPack>): Buffer => {
  let bytes = Buffer.allocUnsafeSlow(1024 * mostPerEntry)
  let size = 0
  const add = (text: string): void => {
    if (size + mostPerEntry > bytes.length) {
      const smaller = bytes
      bytes = Buffer.concat([smaller], 2 * smaller.length)
      release(smaller)
    }
    size += bytes.write(text, size, "latin1")
  }
  add('{"packs":[')
  let before = ""
  for (const { blobs, id } of packs) {
    add(`${before}{"id":"${id}","blobs":[`)
    before = ""
    for (const blob of blobs) {
      add(`${before}${encodeBlob(blob)}`)
      before = ","
    }
    add("]}")
    before = ","
  }
  add("]}\n")
  return bytes.subarray(0, size)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const list = (value: unknown, what: string): ReadonlyArray<unknown> => {
  // Go writes an empty list that was never made as null.
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new IndexFileError(`its ${what} are not a list`)
  return value
}

const id = (value: unknown, what: string): string => {
  const text = typeof value === "string" ? value.toLowerCase() : ""
  if (!Hex.isId(text)) throw new IndexFileError(`the id of a ${what} is not 64 hex digits`)
  return text
}

const size = (value: unknown, what: string, least = 0): number => {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= mostBytes) return value
  throw new IndexFileError(`the ${what} of a blob is not a whole number from ${least} to ${mostBytes}`)
}

const readBlob = (value: unknown): PackedBlob => {
  if (!isRecord(value)) throw new IndexFileError("a blob is not an object")
  const { type } = value
  if (type !== "data" && type !== "tree") throw new IndexFileError("a blob is neither data nor a tree")
  return {
    type,
    id: id(value.id, "blob"),
    offset: size(value.offset, "offset"),
    length: size(value.length, "length", overhead),
    uncompressedLength: size(value.uncompressed_length ?? 0, "uncompressed length")
  }
}

const parse = (json: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.length).toString())
  } catch {
    throw new IndexFileError("it is not JSON")
  }
}

/** The packs that an index file lists. Throws `IndexFileError`. */
export const decode = (
  json: Uint8Array
): ReadonlyArray<{ readonly id: string; readonly blobs: ReadonlyArray<PackedBlob> }> => {
  const file = parse(json)
  if (!isRecord(file)) throw new IndexFileError("it is not an object")
  return list(file.packs, "packs").map((pack) => {
    if (!isRecord(pack)) throw new IndexFileError("a pack is not an object")
    return { id: id(pack.id, "pack"), blobs: list(pack.blobs, "blobs").map(readBlob) }
  })
}

export interface DecodedIndexFile {
  /** Numbers of the packs that the file lists, in its order. */
  readonly packs: Uint32Array
  /** How many blobs it lists. */
  readonly blobs: number
}

const addScanned = (index: BlobIndex, json: Uint8Array, scanned: ScannedIndex): DecodedIndexFile => {
  const { ids, packIds, packSizes, places } = scanned
  const packs = new Uint32Array(packIds.length)
  let blob = 0
  for (let pack = 0; pack < packs.length; pack++) {
    const at = packIds[pack]!
    const number = index.addPack(Buffer.from(json.buffer, json.byteOffset + at, 64).toString("latin1"))
    packs[pack] = number
    for (const end = blob + packSizes[pack]!; blob < end; blob++) {
      const at = 4 * blob
      const type = places[at] as BlobTypeNumber
      index.add(type, ids, 32 * blob, number, places[at + 1]!, places[at + 2]!, places[at + 3]!)
    }
  }
  return { packs, blobs: blob }
}

const areBoxes = ({ places }: ScannedIndex): boolean => {
  for (let at = 2; at < places.length; at += 4) if (places[at]! < overhead) return false
  return true
}

/** Adds what the file lists to `index`. Throws `IndexFileError`, and has then added nothing. */
export const decodeInto = (index: BlobIndex, json: Uint8Array): DecodedIndexFile => {
  const scanned = scanIndex(json)
  if (scanned !== undefined && areBoxes(scanned)) return addScanned(index, json, scanned)
  const packs = decode(json)
  const scratch = Buffer.allocUnsafe(32)
  let count = 0
  const numbers = packs.map((pack) => {
    const number = index.addPack(pack.id)
    for (const blob of pack.blobs) {
      scratch.write(blob.id, "hex")
      index.add(numberOf(blob.type), scratch, 0, number, blob.offset, blob.length, blob.uncompressedLength)
    }
    count += pack.blobs.length
    return number
  })
  return { packs: Uint32Array.from(numbers), blobs: count }
}
