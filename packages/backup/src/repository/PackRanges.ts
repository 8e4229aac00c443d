/** Which bytes of a pack to read for some of its blobs. */
import type { ByteRange } from "@ourclone/core/contract/ByteSource"
import type { BlobIndex } from "./BlobIndex.ts"

/** Unneeded bytes up to this many are read too: one request costs as much time. */
const largestGap = 1024 * 1024
/** A range is not made longer than this, unless one blob alone is. */
const longestRange = 8 * 1024 * 1024

export interface PackRange extends ByteRange {
  /** Entries of the index that lie in the range, by offset. */
  readonly entries: ReadonlyArray<number>
}

/** `entries` are of one pack, by offset. */
export const of = (index: BlobIndex, entries: Iterable<number>): ReadonlyArray<PackRange> => {
  const ranges: Array<PackRange> = []
  let current: Array<number> = []
  let start = 0
  let end = 0
  const close = () => {
    if (current.length > 0) ranges.push({ offset: start, length: end - start, entries: current })
  }
  for (const entry of entries) {
    const offset = index.offsetOf(entry)
    const endOfBlob = offset + index.lengthOf(entry)
    if (current.length === 0 || offset - end > largestGap || endOfBlob - start > longestRange) {
      close()
      current = []
      start = offset
      end = offset
    }
    current.push(entry)
    end = Math.max(end, endOfBlob)
  }
  close()
  return ranges
}

/** Bytes that reading the ranges takes. */
export const bytesOf = (ranges: ReadonlyArray<PackRange>): number =>
  ranges.reduce((total, range) => total + range.length, 0)
