/** Which ranges of which packs are read, in which order, and what each of them fills. */
import type { BlobIndex } from "../repository/BlobIndex.ts"
import { sortByOffset } from "../repository/sortByOffset.ts"
import type { RestoreEntries } from "./RestoreEntries.ts"
import { type RecordOptions, writeRecord } from "./RestoreMessages.ts"
import { RestoreTableWriter } from "./RestoreTable.ts"

/** Bytes between two blobs that are read along rather than asked for separately. */
const largestGap = 1024 * 1024
/** Bytes read at once, unless one blob alone is longer: several short ranges fill a long line with less memory than one long. */
export const longestRange = 8 * 1024 * 1024

/** Blobs `order[from … to)`, which lie in bytes `[offset, offset + length)` of the pack. */
export interface Batch {
  readonly pack: number
  readonly offset: number
  readonly length: number
  readonly from: number
  readonly to: number
}

/** The blobs that are to be written, by pack in the order in which the files first need them, then by offset. */
export const orderBlobs = (entries: RestoreEntries, index: BlobIndex): Uint32Array => {
  const ranks = new Int32Array(index.packCount).fill(-1)
  const counts: Array<number> = []
  const isWanted = (at: number): boolean => {
    if (entries.isPresent.get(at) === 1) return false
    const owner = entries.owner.get(at)
    return entries.hasFailed.get(owner) === 0 && entries.isDone.get(owner) === 0
  }
  for (let at = 0; at < entries.blobCount; at++) {
    if (!isWanted(at)) continue
    const pack = index.packOf(entries.blob.get(at))
    if (ranks[pack] === -1) ranks[pack] = counts.push(0) - 1
    counts[ranks[pack]!]! += 1
  }
  const starts: Array<number> = []
  let total = 0
  for (const count of counts) {
    starts.push(total)
    total += count
  }
  const order = new Uint32Array(total)
  const next = starts.slice()
  for (let at = 0; at < entries.blobCount; at++) {
    if (isWanted(at)) order[next[ranks[index.packOf(entries.blob.get(at))]!]!++] = at
  }
  const offsetOf = (at: number): number => index.offsetOf(entries.blob.get(at))
  for (const [rank, start] of starts.entries()) sortByOffset(order.subarray(start, start + counts[rank]!), offsetOf)
  return order
}

/** The order cut into ranges of packs. */
export function* batches(order: Uint32Array, entries: RestoreEntries, index: BlobIndex): Generator<Batch> {
  let from = 0
  let pack = -1
  let offset = 0
  let end = 0
  for (let at = 0; at < order.length; at++) {
    const blob = entries.blob.get(order[at]!)
    const start = index.offsetOf(blob)
    const blobEnd = start + index.lengthOf(blob)
    if (index.packOf(blob) !== pack || start - end > largestGap || blobEnd - offset > longestRange) {
      if (at > from) yield { pack, offset, length: end - offset, from, to: at }
      from = at
      pack = index.packOf(blob)
      offset = start
      end = start
    }
    end = Math.max(end, blobEnd)
  }
  if (order.length > from) yield { pack, offset, length: end - offset, from, to: order.length }
}

/** How many batches write to each entry. */
export const countBatches = (plan: Iterable<Batch>, order: Uint32Array, entries: RestoreEntries): Uint32Array => {
  const counts = new Uint32Array(entries.count)
  const last = new Uint32Array(entries.count)
  let number = 0
  for (const batch of plan) {
    number++
    for (let at = batch.from; at < batch.to; at++) {
      const owner = entries.owner.get(order[at]!)
      if (last[owner] === number) continue
      last[owner] = number
      counts[owner]! += 1
    }
  }
  return counts
}

export interface BatchTable {
  readonly table: Uint8Array<ArrayBuffer>
  /** Entries that the batch writes to. */
  readonly entries: ReadonlyArray<number>
}

/** The request of a batch. Entries that failed in the meantime are left out; `undefined` when none is left. */
export const batchTable = (
  batch: Batch,
  order: Uint32Array,
  entries: RestoreEntries,
  index: BlobIndex,
  optionsOf: (entry: number) => RecordOptions
): BatchTable | undefined => {
  const writes = new Map<number, number>()
  for (let at = batch.from; at < batch.to; at++) {
    const owner = entries.owner.get(order[at]!)
    if (entries.hasFailed.get(owner) === 0) writes.set(owner, (writes.get(owner) ?? 0) + 1)
  }
  if (writes.size === 0) return undefined
  const table = new RestoreTableWriter(64 * (batch.to - batch.from) + 160 * writes.size)
  const numbers = new Map<number, number>()
  table.number(writes.size)
  for (const [entry, count] of writes) {
    numbers.set(entry, numbers.size)
    writeRecord(table, entries, entry, { ...optionsOf(entry), writes: count })
  }
  const blobsAt = table.size
  let blobs = 0
  table.number(0)
  for (let at = batch.from; at < batch.to; ) {
    const blob = entries.blob.get(order[at]!)
    table.number(index.offsetOf(blob) - batch.offset)
    table.number(index.lengthOf(blob))
    table.number(index.uncompressedLengthOf(blob))
    table.fill(32, (target, position) => index.copyId(blob, target, position))
    const countAt = table.size
    let count = 0
    table.number(0)
    for (; at < batch.to && entries.blob.get(order[at]!) === blob; at++) {
      const number = numbers.get(entries.owner.get(order[at]!))
      if (number === undefined) continue
      table.number(number)
      table.large(entries.position.get(order[at]!))
      count++
    }
    table.correct(countAt, count)
    blobs++
  }
  table.correct(blobsAt, blobs)
  return { table: table.finish(), entries: [...writes.keys()] }
}

/** A record and the blobs of the file, for requests that look at whole files. */
export const writePieces = (
  table: RestoreTableWriter,
  entries: RestoreEntries,
  entry: number,
  index: BlobIndex
): void => {
  const first = entries.firstBlob.get(entry)
  const count = entries.blobs.get(entry)
  table.number(count)
  for (let at = first; at < first + count; at++) {
    const blob = entries.blob.get(at)
    table.number(index.plainLengthOf(blob))
    table.fill(32, (target, position) => index.copyId(blob, target, position))
  }
}
