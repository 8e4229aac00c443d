/** The content of files, put where blobs go. */
import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import * as BlobType from "../format/BlobType.ts"
import * as GoTime from "../go/GoTime.ts"
import { codeOf, textOf } from "../system/SystemFailure.ts"
import type { BlobIntake } from "./BlobIntake.ts"
import { minimumSize } from "./Chunker.ts"
import type { ChunkedContent, ChunkStore } from "./ChunkStore.ts"

/** The file itself can not be read; whatever else goes wrong ends the backup. */
export class SourceFailure extends Error {
  readonly code: string
  constructor(error: unknown) {
    super(textOf(error))
    this.code = codeOf(error)
  }
}

export interface FileContent {
  /**
   * Rejects with `SourceFailure` when the file can not be read. `changed` is the time of the last change of
   * its state, looked at before: one that has only just changed is read a moment later.
   */
  readonly store: (path: Buffer, expectedSize: number, changed: string) => Promise<ChunkedContent>
}

const { O_NOATIME = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = fs.constants

/** What has become a link or a pipe since it was looked at is neither followed nor waited for. */
const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK

const orFail = <A>(act: () => A): A => {
  try {
    return act()
  } catch (error) {
    throw new SourceFailure(error)
  }
}

const openQuietly = (path: Buffer): number => {
  try {
    return fs.openSync(path, flags | O_NOATIME)
  } catch (error) {
    // Only its owner may leave the time of access of a file alone.
    if (codeOf(error) !== "EPERM") throw error
    return fs.openSync(path, flags)
  }
}

/** Reads at most `length` bytes; fewer only at the end of the file, or when it holds exactly `expected`. */
const readUpTo = (file: number, buffer: Buffer, length: number, expected: number): number => {
  let filled = 0
  while (filled < length) {
    const count = fs.readSync(file, buffer, filled, length - filled, null)
    filled += count
    if (count === 0 || filled === expected) break
  }
  return filled
}

/** File systems take the time from a clock that ticks at least so often, in milliseconds. */
const longestTick = 12

/**
 * How long the file has to be left alone first. What is written to it in the same tick of the clock
 * has the same time, and the next backup would not see that it came after this one had read the file.
 */
const pauseFor = (changed: string): number => {
  const instant = GoTime.read(changed)
  if (instant === undefined) return 0
  const age = Date.now() - (instant.seconds * 1000 + instant.nanoseconds / 1e6)
  return age >= 0 && age < longestTick ? longestTick - age : 0
}

export interface FileContentParts {
  readonly intake: BlobIntake
  readonly chunks: ChunkStore
  /** A file of more than one chunk is begun with. */
  readonly onLong: (path: Buffer) => void
  /** So many more bytes of it are read. */
  readonly onBytes: (bytes: number) => void
}

export const make = ({ chunks, intake, onBytes, onLong }: FileContentParts): FileContent => {
  const storeLong = (path: Buffer, file: number, begun: Buffer): Promise<ChunkedContent> => {
    onLong(path)
    let given = 0
    return chunks.store((buffer, at, length) => {
      if (given < begun.length) {
        const count = begun.copy(buffer, at, given, Math.min(begun.length, given + length))
        given += count
        return count
      }
      return orFail(() => fs.readSync(file, buffer, at, length, null))
    }, onBytes)
  }

  return {
    store: async (path, expectedSize, changed) => {
      const pause = pauseFor(changed)
      if (pause > 0) await sleep(pause)
      for (let wait = intake.room(); wait !== undefined; wait = intake.room()) await wait
      const file = orFail(() => openQuietly(path))
      try {
        if (expectedSize >= minimumSize) return await storeLong(path, file, Buffer.alloc(0))
        // One byte more is asked for, so that a file that has grown is noticed.
        const space = intake.space().subarray(0, Math.min(expectedSize + 1, minimumSize))
        const size = orFail(() => readUpTo(file, space, space.length, expectedSize))
        if (size > expectedSize) return await storeLong(path, file, Buffer.from(space.subarray(0, size)))
        if (size === 0) return { ids: [], size }
        return { ids: [intake.take(BlobType.data, size).toString("hex")], size }
      } finally {
        fs.closeSync(file)
      }
    }
  }
}
