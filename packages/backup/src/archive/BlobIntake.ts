/**
 * Where a worker thread puts blobs: hashed at once, stored when the main thread
 * has said which of them are new.
 *
 * Blobs wait in a few buffers. While one waits for the answer the next is filled,
 * so that the thread need not wait and asks about hundreds of blobs at once.
 */
import * as crypto from "node:crypto"
import type { BlobTypeNumber } from "../format/BlobType.ts"
import { type FinishedPack, movedWith, type PackWriter } from "../format/PackWriter.ts"
import type { Line } from "../threads/ThreadLine.ts"
import { idSize, isKnown, type MainAnswer, type MainRequest } from "./ArchiveMessages.ts"
import { minimumSize } from "./Chunker.ts"

/** A buffer is sent for when so much is in it. */
const fullSize = 1024 * 1024
const fullCount = 256
/** There is always room for a file that is one chunk. */
const bufferSize = fullSize + minimumSize
const buffers = 2

export interface BlobIntake {
  /** Where the next blob of up to `minimumSize` bytes may be written, once `room` is given. */
  readonly space: () => Buffer
  /** The blob of so many bytes in `space` is taken; gives its id, valid until the next call. */
  readonly take: (type: BlobTypeNumber, length: number) => Buffer
  /** Takes a blob of any size; gives its id. */
  readonly add: (type: BlobTypeNumber, bytes: Buffer) => Buffer
  /** Stores a blob that is known to be new. */
  readonly store: (type: BlobTypeNumber, id: Uint8Array, bytes: Uint8Array) => void
  /** `undefined` when there is room now. Throws, or rejects, when storing has failed. */
  readonly room: () => Promise<void> | undefined
  /** A pack of the writer's is full. */
  readonly onPack: (pack: FinishedPack) => void
  /** Everything taken is in a pack. */
  readonly settle: () => Promise<void>
  /** Every full pack is uploaded, too. */
  readonly drain: () => Promise<void>
}

interface Waiting {
  readonly bytes: Buffer
  readonly ids: Buffer
  readonly ends: Uint32Array
  count: number
  used: number
}

const makeWaiting = (): Waiting => ({
  bytes: Buffer.allocUnsafeSlow(bufferSize),
  ids: Buffer.allocUnsafeSlow(fullCount * idSize),
  ends: new Uint32Array(fullCount),
  count: 0,
  used: 0
})

export const hash = (bytes: Uint8Array): Buffer => crypto.hash("sha256", bytes, "buffer")

export interface BlobIntakeParts {
  readonly main: Line<MainRequest, MainAnswer>
  /** Made after the intake, which it gives its packs to. */
  readonly writer: () => PackWriter
  readonly packsAhead: number
}

export const make = ({ main, packsAhead, writer }: BlobIntakeParts): BlobIntake => {
  const free = Array.from({ length: buffers }, makeWaiting)
  let filling: Waiting | undefined = free.pop()
  let asked = 0
  let packs = 0
  let failure: unknown
  let listeners: Array<() => void> = []

  const changed = (): void => {
    const all = listeners
    listeners = []
    for (const listener of all) listener()
  }

  const until = async (condition: () => boolean): Promise<void> => {
    for (;;) {
      if (failure !== undefined) throw failure
      if (condition()) return
      await new Promise<void>((resolve) => listeners.push(resolve))
    }
  }

  const fail = (error: unknown): void => {
    failure ??= error
    changed()
  }

  const claim = (ids: Buffer): Promise<Uint8Array> =>
    main.call({ _tag: "Claim", ids: new Uint8Array(ids), areLarge: false }) as Promise<Uint8Array>

  const storeAll = ({ bytes, count, ends, ids }: Waiting, codes: Uint8Array): void => {
    for (let index = 0; index < count; index++) {
      if (codes[index] === isKnown) continue
      const at = index * idSize
      const start = index === 0 ? 0 : ends[index - 1]!
      writer().store(ids[at] as BlobTypeNumber, ids.subarray(at + 1, at + idSize), bytes.subarray(start, ends[index]))
    }
  }

  const send = (waiting: Waiting): void => {
    filling = free.pop()
    asked++
    claim(waiting.ids.subarray(0, waiting.count * idSize))
      .then((codes) => {
        storeAll(waiting, codes)
        waiting.count = 0
        waiting.used = 0
        if (filling === undefined) filling = waiting
        else free.push(waiting)
        asked--
        changed()
      })
      .catch(fail)
  }

  const take: BlobIntake["take"] = (type, length) => {
    const waiting = filling!
    const { bytes, count, ids, used } = waiting
    const id = hash(bytes.subarray(used, used + length))
    ids[count * idSize] = type
    ids.set(id, count * idSize + 1)
    waiting.used += length
    waiting.ends[count] = waiting.used
    waiting.count++
    if (waiting.count === fullCount || waiting.used >= fullSize) send(waiting)
    return id
  }

  /** Too large for the buffers, or they are all waiting: it is asked about by itself. */
  const addAlone = (type: BlobTypeNumber, bytes: Buffer): Buffer => {
    const id = hash(bytes)
    asked++
    claim(Buffer.concat([Buffer.of(type), id]))
      .then((codes) => {
        if (codes[0] !== isKnown) writer().store(type, id, bytes)
        asked--
        changed()
      })
      .catch(fail)
    return id
  }

  return {
    space: () => filling!.bytes.subarray(filling!.used),
    take,
    add: (type, bytes) => {
      if (filling === undefined || bytes.length > minimumSize) return addAlone(type, bytes)
      bytes.copy(filling.bytes, filling.used)
      return take(type, bytes.length)
    },
    store: (type, id, bytes) => void writer().store(type, id, bytes),
    room: () => {
      if (failure === undefined && filling !== undefined && packs <= packsAhead) return undefined
      return until(() => filling !== undefined && packs <= packsAhead)
    },
    onPack: ({ blobs, bytes, id, type }) => {
      packs++
      main
        .call({ _tag: "Pack", type, id, bytes, blobs }, movedWith(bytes))
        .then(() => {
          packs--
          writer().recycle(bytes.buffer)
          changed()
        })
        .catch(fail)
    },
    settle: () => {
      if (filling !== undefined && filling.count > 0) send(filling)
      return until(() => asked === 0)
    },
    drain: () => until(() => packs === 0)
  }
}
