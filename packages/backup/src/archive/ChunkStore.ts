/**
 * Cuts long content into chunks and stores those that are new.
 *
 * The main thread may answer that another thread, which has nothing to do, is to
 * compress a chunk: so one large file keeps two cores busy.
 */

import * as BlobType from "../format/BlobType.ts"
import type { Line } from "../threads/ThreadLine.ts"
import { idSize, isKnown, type MainAnswer, type MainRequest, storeAt } from "./ArchiveMessages.ts"
import { type BlobIntake, hash } from "./BlobIntake.ts"
import { type Chunker, maximumSize } from "./Chunker.ts"

const windowSize = maximumSize + 2 * 1024 * 1024
/** Chunks on their way to other threads: to store one takes as long as to read, cut and hash it. */
const maximumHandedOver = 4

export interface ChunkedContent {
  readonly ids: ReadonlyArray<string>
  /** Bytes. */
  readonly size: number
}

export interface ChunkStore {
  /**
   * Stores what `read` gives until it gives 0: it writes at most `length` bytes at `at` of the buffer.
   * `onBytes` is told of progress. Only one content at a time is stored; others wait for it.
   */
  readonly store: (
    read: (buffer: Buffer, at: number, length: number) => number | Promise<number>,
    onBytes: (bytes: number) => void
  ) => Promise<ChunkedContent>
  /** Chunks that other threads were given are stored; rejects when one could not be. */
  readonly settle: () => Promise<void>
}

interface Chunk {
  readonly start: number
  readonly length: number
  readonly id: Buffer
}

export interface ChunkStoreParts {
  readonly main: Line<MainRequest, MainAnswer>
  readonly intake: BlobIntake
  readonly chunker: Chunker
}

export const make = ({ chunker, intake, main }: ChunkStoreParts): ChunkStore => {
  let window: Buffer | undefined
  let last: Promise<unknown> = Promise.resolve()
  /** Shared, since what is moved makes the collector of each thread on its way run. */
  const spare: Array<SharedArrayBuffer> = []
  const handedOver = new Set<Promise<void>>()
  let failure: unknown

  const handOver = async (thread: number, id: Buffer, bytes: Uint8Array): Promise<void> => {
    const buffer = spare.pop() ?? new SharedArrayBuffer(maximumSize)
    const copy = new Uint8Array(buffer, 0, bytes.length)
    copy.set(bytes)
    await main.call({ _tag: "HandOver", thread, id: new Uint8Array(id), bytes: copy })
    spare.push(buffer)
  }

  /** The chunks that are complete; what is left is the beginning of the next one. The first `scanned` bytes have no cut. */
  const cut = (buffer: Buffer, filled: number, scanned: number, isEnd: boolean): ReadonlyArray<Chunk> => {
    const chunks: Array<Chunk> = []
    for (let start = 0; start < filled; ) {
      const available = filled - start
      const found = chunker.nextCut(buffer, start, available, start === 0 ? scanned : 0)
      if (found === 0 && !isEnd) break
      const length = found === 0 ? available : found
      chunks.push({ start, length, id: hash(buffer.subarray(start, start + length)) })
      start += length
    }
    return chunks
  }

  const claim = async (chunks: ReadonlyArray<Chunk>): Promise<Uint8Array> => {
    const ids = Buffer.alloc(chunks.length * idSize)
    for (const [index, { id }] of chunks.entries()) ids.set(id, index * idSize + 1)
    return (await main.call({ _tag: "Claim", ids, areLarge: true })) as Uint8Array
  }

  const storeNew = async (buffer: Buffer, chunks: ReadonlyArray<Chunk>): Promise<void> => {
    if (failure !== undefined) throw failure
    if (chunks.length === 0) return
    const codes = await claim(chunks)
    for (const [index, { id, length, start }] of chunks.entries()) {
      const code = codes[index]!
      const bytes = buffer.subarray(start, start + length)
      if (code === isKnown) continue
      if (code < storeAt || handedOver.size >= maximumHandedOver) {
        await intake.room()
        intake.store(BlobType.data, id, bytes)
      } else {
        const done: Promise<void> = handOver(code - storeAt, id, bytes)
          .catch((error) => {
            failure ??= error
          })
          .finally(() => handedOver.delete(done))
        handedOver.add(done)
      }
    }
  }

  const storeOne: ChunkStore["store"] = async (read, onBytes) => {
    window ??= Buffer.allocUnsafeSlow(windowSize)
    const buffer = window
    const ids: Array<string> = []
    let size = 0
    let filled = 0
    let scanned = 0
    for (let isEnd = false; !isEnd; ) {
      while (filled < buffer.length && !isEnd) {
        const count = await read(buffer, filled, buffer.length - filled)
        isEnd = count === 0
        filled += count
        size += count
        if (count > 0) onBytes(count)
      }
      const chunks = cut(buffer, filled, scanned, isEnd)
      await storeNew(buffer, chunks)
      for (const { id } of chunks) ids.push(id.toString("hex"))
      const done = chunks.reduce((sum, { length }) => sum + length, 0)
      buffer.copyWithin(0, done, filled)
      filled -= done
      scanned = filled
    }
    return { ids, size }
  }

  return {
    store: (read, onBytes) => {
      const result = last.then(() => storeOne(read, onBytes))
      last = result.catch(() => undefined)
      return result
    },
    settle: async () => {
      await Promise.all(handedOver)
      if (failure !== undefined) throw failure
    }
  }
}
