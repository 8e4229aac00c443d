/** The packs that are stored against those that the index names: there, complete, and without gaps. */

import { type BlobTable, BlobTableBuilder } from "../format/BlobTable.ts"
import { entrySize, trailerSize } from "../format/Pack.ts"
import type { BlobIndex, EntriesByPack } from "../repository/BlobIndex.ts"
import type { Severity } from "./CheckResult.ts"

export interface StoredPack {
  readonly id: string
  /** Bytes as listed. */
  readonly size: number
  /** Its number in the index; -1 when the index does not name it. */
  readonly pack: number
}

export interface PackFinding {
  readonly id: string
  /** As in `StoredPack`. */
  readonly pack: number
  readonly severity: Severity
  /** The end of a sentence that begins with the pack's name. */
  readonly message: string
  readonly remedy: "repair" | "prune"
}

interface Shape {
  /** Bytes that the pack has by the index. */
  readonly size: number
  readonly isMixed: boolean
  /** Blobs overlap, or something lies between them. */
  readonly hasGaps: boolean
}

const shapeOf = (index: BlobIndex, entries: Uint32Array): Shape => {
  let size = trailerSize
  let end = 0
  let hasGaps = false
  let types = 0
  for (const entry of entries) {
    if (index.offsetOf(entry) !== end) hasGaps = true
    end = index.offsetOf(entry) + index.lengthOf(entry)
    size += index.lengthOf(entry) + entrySize(index.uncompressedLengthOf(entry))
    types |= 1 << index.typeOf(entry)
  }
  return { size, isMixed: types === 3, hasGaps }
}

const entriesOf = ({ entries, starts }: EntriesByPack, pack: number): Uint32Array =>
  entries.subarray(starts[pack]!, starts[pack + 1]!)

/** What the index says about a pack, by offset. */
export const tableOf = (index: BlobIndex, byPack: EntriesByPack, pack: number): BlobTable => {
  const entries = entriesOf(byPack, pack)
  const table = new BlobTableBuilder(Math.max(1, entries.length))
  const id = Buffer.allocUnsafe(32)
  for (const entry of entries) {
    index.copyId(entry, id, 0)
    const [offset, length] = [index.offsetOf(entry), index.lengthOf(entry)]
    table.add(index.typeOf(entry), id, offset, length, index.uncompressedLengthOf(entry))
  }
  return { count: table.count, bytes: table.bytes }
}

const judge = (id: string, pack: number, stored: StoredPack | undefined, shape: Shape): ReadonlyArray<PackFinding> => {
  if (stored === undefined) return [{ id, pack, severity: "error", message: "is missing", remedy: "repair" }]
  const found: Array<PackFinding> = []
  if (stored.size !== shape.size) {
    const message = `has ${stored.size} bytes, but by the index it has ${shape.size}`
    found.push({ id, pack, severity: "error", message, remedy: "repair" })
  } else if (shape.hasGaps) {
    const message = "has, by the index, blobs that overlap or do not follow each other"
    found.push({ id, pack, severity: "error", message, remedy: "repair" })
  }
  if (shape.isMixed) {
    found.push({ id, pack, severity: "hint", message: "contains a mix of tree and data blobs", remedy: "prune" })
  }
  return found
}

/** `listings` says for each pack how many index files name it. */
export const checkPacks = (
  index: BlobIndex,
  byPack: EntriesByPack,
  stored: ReadonlyArray<StoredPack>,
  listings: Uint32Array
): ReadonlyArray<PackFinding> => {
  const found: Array<PackFinding> = []
  const known = new Map(stored.map((pack) => [pack.pack, pack]))
  for (let pack = 0; pack < index.packCount; pack++) {
    const id = index.packId(pack)
    found.push(...judge(id, pack, known.get(pack), shapeOf(index, entriesOf(byPack, pack))))
    if (listings[pack]! > 1) {
      const message = `is named by ${listings[pack]} index files`
      found.push({ id, pack, severity: "hint", message, remedy: "prune" })
    }
  }
  for (const { id, pack } of stored) {
    if (pack < 0) found.push({ id, pack, severity: "hint", message: "is in no index", remedy: "prune" })
  }
  return found
}
