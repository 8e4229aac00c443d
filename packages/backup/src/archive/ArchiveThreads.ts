/** The threads of one backup, and the answers to what they ask: which blobs are new, and who is to store them. */

import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BlobTypeNumber } from "../format/BlobType.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import * as Threads from "../threads/Threads.ts"
import {
  type ArchiveSettings,
  idSize,
  isKnown,
  type MainAnswer,
  type MainRequest,
  storeAt,
  storeHere,
  type WorkerAnswer,
  type WorkerRequest
} from "./ArchiveMessages.ts"
import type { PackUploads } from "./PackUploads.ts"

const url = new URL("./ArchiveWorker.ts", import.meta.url)

/** New blobs from which on one thread is not enough: tens of megabytes, or as many small files. */
const enoughNew = 64

/** See `Threads.prepare`. */
export const prepare = (size: number) => Threads.prepare(url, size)

export interface ArchiveThreadsOptions {
  readonly size: number
  readonly least: number
  /** So many begin, and the others once there is enough that is new for them. */
  readonly first: number
  readonly settings: (size: number) => ArchiveSettings
  readonly index: BlobIndex
  readonly uploads: PackUploads
  /** Whether directories wait for a thread. */
  readonly hasWork: () => boolean
  readonly onReading: (path: string) => void
  /** Bytes of a large file that is not finished. */
  readonly onAdvance: (bytes: number) => void
}

export type ArchiveThreads = Threads.Threads<WorkerRequest, WorkerAnswer>

export const make = Effect.fnUntraced(function* (
  options: ArchiveThreadsOptions
): Effect.fn.Return<ArchiveThreads, never, Scope.Scope> {
  const { first, hasWork, index, least, settings, size, uploads } = options
  /** Blobs that were to be stored so far. */
  let fresh = 0
  /** Chunks that each thread was given by others. */
  const given = new Uint32Array(size)

  /** A thread that does nothing but store what others gave it. */
  const findIdle = (asking: number): number => {
    if (hasWork()) return -1
    const idle = threads.lines
      .map((line, thread) => ({ thread, isIdle: line.pending() <= given[thread]! }))
      .filter(({ isIdle, thread }) => isIdle && thread !== asking)
    return idle.reduce((best, { thread }) => (best < 0 || given[thread]! < given[best]! ? thread : best), -1)
  }

  const claim = (ids: Uint8Array, asking: number, areLarge: boolean): Uint8Array => {
    const codes = new Uint8Array(ids.length / idSize)
    const helper = areLarge ? findIdle(asking) : -1
    const forNew = helper < 0 ? storeHere : storeAt + helper
    for (let number = 0; number < codes.length; number++) {
      const at = number * idSize
      codes[number] = index.claim(ids[at] as BlobTypeNumber, ids, at + 1) ? forNew : isKnown
      if (codes[number] !== isKnown) fresh++
    }
    if (fresh >= enoughNew) threads.startAll()
    return codes
  }

  const known = (ids: Uint8Array): Uint8Array => {
    const answers = new Uint8Array(ids.length / idSize)
    for (let number = 0; number < answers.length; number++) {
      const at = number * idSize
      answers[number] = index.find(ids[at] as BlobTypeNumber, ids, at + 1) < 0 ? 0 : 1
    }
    return answers
  }

  const handOver = async ({ bytes, id, thread }: MainRequest & { _tag: "HandOver" }) => {
    given[thread]!++
    try {
      return await threads.lines[thread]!.call({ _tag: "Store", type: 0, id, bytes })
    } finally {
      given[thread]!--
    }
  }

  const onRequest = (request: MainRequest, asking: number): MainAnswer | Promise<unknown> => {
    switch (request._tag) {
      case "Claim":
        return claim(request.ids, asking, request.areLarge)
      case "Known":
        return known(request.ids)
      case "HandOver":
        return handOver(request)
      case "Pack":
        return uploads.store(request)
      case "Reading":
        options.onReading(request.path)
        return undefined
      case "Advanced":
        options.onAdvance(request.bytes)
        return undefined
    }
  }

  const threads: ArchiveThreads = yield* Threads.make<WorkerRequest, WorkerAnswer, MainRequest>(url, {
    size,
    least,
    first,
    data: settings,
    onRequest
  })
  return threads
})
