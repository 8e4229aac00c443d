/**
 * Bodies as files below a directory.
 *
 * A large body is a file of its own. Small ones are appended to segments, because making a file costs a hundred times
 * what appending costs; the space of a segment comes back when the last body in it is gone. The calls are synchronous
 * on purpose: they end in the page cache, where a thread-pool round trip costs more than the work. Bytes count only
 * once the journal names them; `sweep` drops the others after a restart.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Blob, BlobReader, BodyStore, BodyWriter } from "./Bodies.ts"

const flushBytes = 1024 * 1024
const smallBytes = 64 * 1024
const segmentBytes = 64 * 1024 * 1024
const blobsPerFolder = 1000

interface Segment {
  readonly blob: Blob
  readonly descriptor: number
  length: number
}

export interface DirectoryBodies extends BodyStore {
  /** Removes every blob that is not in `known`, and continues numbering after the highest. */
  readonly sweep: (known: ReadonlyMap<number, Blob>) => void
}

/** With `fsync`, bytes are on the disk before they count. */
export const directoryBodies = (directory: string, fsync: boolean): DirectoryBodies => {
  let nextId = 1
  let segment: Segment | undefined
  const segments = new Map<number, Segment>()
  fs.mkdirSync(directory, { recursive: true })

  const fileOf = (id: number) => path.join(directory, String(Math.floor(id / blobsPerFolder)), String(id))

  const openNew = (id: number): number => {
    const file = fileOf(id)
    try {
      return fs.openSync(file, "wx+")
    } catch {
      fs.mkdirSync(path.dirname(file), { recursive: true })
      return fs.openSync(file, "wx+")
    }
  }

  const discard = (full: Segment): void => {
    fs.closeSync(full.descriptor)
    segments.delete(full.blob.id)
    fs.rmSync(fileOf(full.blob.id), { force: true })
  }

  const segmentFor = (length: number): Segment => {
    if (segment !== undefined && segment.length + length <= segmentBytes) return segment
    const full = segment
    const id = nextId++
    segment = { blob: { id, references: 0 }, descriptor: openNew(id), length: 0 }
    segments.set(id, segment)
    if (full?.blob.references === 0) discard(full)
    return segment
  }

  const writeAll = (descriptor: number, chunks: readonly Buffer[], length: number, offset: number): void => {
    let written = fs.writevSync(descriptor, chunks, offset)
    if (written === length) return
    const all = Buffer.concat(chunks)
    while (written < length) written += fs.writeSync(descriptor, all, written, length - written, offset + written)
  }

  const createSmall = (length: number): BodyWriter => {
    const chunks: Buffer[] = []
    return {
      write: (chunk) => {
        chunks.push(chunk)
      },
      finish: () => {
        if (length === 0) return []
        const current = segmentFor(length)
        const offset = current.length
        writeAll(current.descriptor, chunks, length, offset)
        if (fsync) fs.fsyncSync(current.descriptor)
        current.length += length
        return [{ blob: current.blob, offset, length }]
      },
      abandon: () => {}
    }
  }

  const createLarge = (length: number): BodyWriter => {
    const id = nextId++
    let descriptor: number | undefined
    let waiting: Buffer[] = []
    let waitingBytes = 0
    let position = 0

    const flush = () => {
      if (waitingBytes === 0) return
      descriptor ??= openNew(id)
      writeAll(descriptor, waiting, waitingBytes, position)
      position += waitingBytes
      waiting = []
      waitingBytes = 0
    }
    const close = () => {
      if (descriptor !== undefined) fs.closeSync(descriptor)
      descriptor = undefined
    }

    return {
      write: (chunk) => {
        waiting.push(chunk)
        waitingBytes += chunk.length
        if (waitingBytes >= flushBytes) flush()
      },
      finish: () => {
        flush()
        if (fsync && descriptor !== undefined) fs.fsyncSync(descriptor)
        close()
        return [{ blob: { id, references: 0 }, offset: 0, length }]
      },
      abandon: () => {
        waiting = []
        waitingBytes = 0
        close()
        fs.rmSync(fileOf(id), { force: true })
      }
    }
  }

  const open = (blob: Blob): BlobReader => {
    const shared = segments.get(blob.id)?.descriptor
    const descriptor = shared ?? fs.openSync(fileOf(blob.id), "r")
    return {
      read: (offset, length) => {
        const bytes = Buffer.allocUnsafeSlow(length)
        let position = 0
        while (position < length) {
          const count = fs.readSync(descriptor, bytes, position, length - position, offset + position)
          if (count === 0) throw new Error(`The stored blob ${blob.id} is shorter than recorded`)
          position += count
        }
        return bytes
      },
      close: () => {
        if (shared === undefined) fs.closeSync(descriptor)
      }
    }
  }

  const remove = (blob: Blob): void => {
    const shared = segments.get(blob.id)
    if (shared === undefined) fs.rmSync(fileOf(blob.id), { force: true })
    else if (shared !== segment) discard(shared)
  }

  const sweep = (known: ReadonlyMap<number, Blob>): void => {
    for (const id of known.keys()) nextId = Math.max(nextId, id + 1)
    for (const folder of fs.readdirSync(directory)) {
      for (const file of fs.readdirSync(path.join(directory, folder))) {
        if (!known.has(Number(file))) fs.rmSync(path.join(directory, folder, file), { force: true })
      }
    }
  }

  return {
    create: (length) => (length <= smallBytes ? createSmall(length) : createLarge(length)),
    open,
    remove,
    sweep,
    close: () => {
      for (const { descriptor } of segments.values()) fs.closeSync(descriptor)
      segments.clear()
    }
  }
}
