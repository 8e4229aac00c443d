/** From what was edited in a large file to the parts that are sent; the rest is copied inside the storage. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Limits } from "@ourclone/core/contract/LargeFile"
import type { Segment } from "@ourclone/core/engine/Segment"
import { plannedPartSize } from "@ourclone/core/engine/Upload"
import type { Range } from "../cache/Ranges.ts"

/** Equal shares of `[start, end)`, none longer than `most` or shorter than `least`, as far as that can be. */
const shares = (start: number, end: number, least: number, most: number): ReadonlyArray<Range> => {
  const length = end - start
  const count = Math.max(1, Math.min(Math.ceil(length / most), Math.floor(length / least)))
  const share = Math.ceil(length / count)
  return Array.from({ length: count }, (_, index): Range => {
    const from = start + index * share
    return [from, Math.min(end, from + share)]
  })
}

/** The edits, each widened to a part's least size and joined where less than that lies between them. */
const widened = (dirty: ReadonlyArray<Range>, size: number, least: number): Array<Range> => {
  const joined: Array<[number, number]> = []
  for (const [start, end] of dirty) {
    // What would be left before it, or before its end, is too little for a part of its own.
    const from = start < least ? 0 : start
    const until = Math.min(size, Math.max(end, from + least))
    const last = joined.at(-1)
    if (last !== undefined && from - last[1] < least) last[1] = Math.max(last[1], until)
    else joined.push([from, until])
  }
  return joined
}

/**
 * Segments of a file of `size` bytes, equal to `base` but for `dirty`; undefined where sending all of it is no worse.
 * Ranges are in order and do not overlap.
 */
export const segmentsOf = (
  base: File,
  dirty: ReadonlyArray<Range>,
  size: number,
  limits: Limits
): ReadonlyArray<Segment> | undefined => {
  const least = limits.minPartSize
  if (size < 2 * least) return undefined
  const partSize = Math.max(least, plannedPartSize(size, limits) ?? limits.maxPartSize)
  const segments: Array<Segment> = []
  let sent = 0
  const send = (from: number, to: number) => {
    sent += to - from
    for (const [start, end] of shares(from, to, least, partSize)) {
      segments.push({ offset: start, length: end - start })
    }
  }
  const copy = (from: number, to: number, most = limits.maxPartSize) => {
    for (const [start, end] of shares(from, to, least, Math.min(most, limits.maxPartSize))) {
      segments.push({ offset: start, length: end - start, copyOf: { file: base, offset: start } })
    }
  }
  let at = 0
  for (const [start, end] of widened(dirty, size, least)) {
    if (start > at) copy(at, start)
    send(start, end)
    at = end
  }
  if (at < size) {
    if (at > base.size) return undefined
    // Only cut: B2 wants two parts of any file in parts.
    copy(at, size, at === 0 ? Math.ceil(size / 2) : undefined)
  }
  if (sent > size / 2 || segments.length > limits.maxParts) return undefined
  return segments
}
