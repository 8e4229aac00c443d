/**
 * Where the bytes of a content are: little of them in memory and then in its row, as a file of its own costs more than
 * they do; otherwise in a file of the cache. Offsets that were never written are zeros.
 */
import type { CacheDisk } from "./CacheDisk.ts"

/** In bytes: up to this offset bytes are kept in the row. */
export const mostInRow = 32 * 1024

export interface Keeping {
  /** How many bytes there were; fewer than fit at the end of what is kept. */
  readonly read: (into: Uint8Array, position: number) => number
  readonly write: (bytes: Uint8Array, position: number) => void
  /** Cuts; what is shorter stays as it is. */
  readonly cut: (size: number) => void
  /** Gives `[start, end)` back, which is zeros then; false where that can not be. */
  readonly free: (start: number, end: number) => boolean
  readonly size: () => number
  readonly sync: () => Promise<void>
  readonly syncNow: () => void
  /** Gives back what it takes while it is in use. */
  readonly close: () => void
  readonly discard: () => void
  /** What belongs into the row; undefined of a file. */
  readonly inRow: () => Uint8Array | undefined
}

export const inFile = (file: string, disk: CacheDisk, size: () => number): Keeping => {
  let descriptor: number | undefined
  const open = (): number => {
    if (descriptor === undefined) {
      descriptor = disk.open(file)
      // A process that was killed may have written on.
      if (disk.size(descriptor) > size()) disk.truncate(descriptor, size())
    }
    return descriptor
  }
  const close = () => {
    if (descriptor !== undefined) disk.close(descriptor)
    descriptor = undefined
  }
  return {
    read: (into, position) => disk.read(open(), into, position),
    write: (bytes, position) => disk.write(open(), bytes, position),
    cut: (to) => {
      if (disk.size(open()) > to) disk.truncate(open(), to)
    },
    free: (start, end) => disk.free(open(), start, end),
    size: () => disk.size(open()),
    sync: () => disk.sync(open()),
    syncNow: () => disk.syncNow(open()),
    close,
    discard: () => {
      close()
      disk.remove(file)
    },
    inRow: () => undefined
  }
}

export const inRow = (kept: Uint8Array): Keeping => {
  let bytes = Buffer.from(kept)
  let length = bytes.length
  return {
    read: (into, position) => {
      const count = Math.max(0, Math.min(into.length, length - position))
      into.set(bytes.subarray(position, position + count))
      return count
    },
    write: (some, position) => {
      const end = position + some.length
      if (end > bytes.length) {
        const grown = Buffer.alloc(Math.min(mostInRow, Math.max(end, 2 * bytes.length)))
        bytes.copy(grown, 0, 0, length)
        bytes = grown
      }
      if (position > length) bytes.fill(0, length, position)
      bytes.set(some, position)
      length = Math.max(length, end)
    },
    cut: (to) => {
      length = Math.min(length, to)
    },
    free: () => false,
    size: () => length,
    sync: () => Promise.resolve(),
    syncNow: () => {},
    close: () => {},
    discard: () => {
      length = 0
    },
    inRow: () => bytes.subarray(0, length)
  }
}
