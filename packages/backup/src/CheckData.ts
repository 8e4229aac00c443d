/**
 * Reads packs and has threads verify every byte of them.
 *
 * Packs are read ahead while the threads work; how far is limited in bytes.
 */
import { availableParallelism } from "node:os"
import type { StorageError } from "@ourclone/core/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { BlobTable } from "./BlobTable.ts"
import type { StoredPack } from "./CheckPacks.ts"
import type { Report } from "./CheckProblem.ts"
import type { CheckAnswer, CheckRequest } from "./CheckWorker.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"
import * as Threads from "./Threads.ts"
import type { PackVerdict } from "./verifyPack.ts"

type E = StorageError | RepositoryError

/** Of packs that are being read or verified. */
const budgetMebibytes = 64
const mebibyte = 1024 * 1024
const concurrency = 8
const mostThreads = 8
const mostSpare = 2

export interface CheckDataOptions {
  readonly packs: ReadonlyArray<StoredPack>
  /** What the index says about a pack. */
  readonly indexed: (pack: StoredPack) => BlobTable | undefined
  readonly onProblem: (id: string, message: string) => void
  readonly report: Report
}

/** Buffers that packs are read into, over and over. */
const makeBuffers = () => {
  const spare: Array<ArrayBuffer> = []
  return {
    take: (size: number): Uint8Array<ArrayBuffer> => {
      const found = spare.findIndex((buffer) => buffer.byteLength >= size)
      // One that is too small makes room for one that is not.
      const [buffer] = spare.splice(Math.max(0, found), 1)
      return new Uint8Array(found < 0 || buffer === undefined ? new ArrayBuffer(roundedUp(size)) : buffer)
    },
    give: (buffer: ArrayBuffer): void => {
      if (spare.length < mostSpare) spare.push(buffer)
    }
  }
}

const roundedUp = (size: number): number => Math.ceil(size / (2 * mebibyte)) * 2 * mebibyte

/** The bytes in a buffer of their own, which can be moved. */
const movable = (bytes: Uint8Array, room: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const moved = room.subarray(0, bytes.length)
  if (bytes.buffer !== room.buffer) moved.set(bytes)
  return moved
}

const url = new URL("./CheckWorker.ts", import.meta.url)

const mostUsed = Math.min(availableParallelism(), mostThreads)

/** See `Threads.prepare`. */
export const prepare = Threads.prepare(url, mostUsed)

/** Fails only where the storage can not be reached; what is wrong with a pack is told to `onProblem`. */
export const checkData = Effect.fnUntraced(function* (
  repository: Repository,
  { indexed, onProblem, packs, report }: CheckDataOptions
): Effect.fn.Return<void, E, Scope.Scope> {
  if (packs.length === 0) return
  const threads = yield* Threads.make<CheckRequest, CheckAnswer>(url, {
    size: Math.min(mostUsed, packs.length),
    data: Redacted.value(repository.keys)
  })
  const buffers = makeBuffers()
  const budget = Semaphore.makeUnsafe(budgetMebibytes)
  const totalBytes = packs.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  let bytesDone = 0

  const verify = Effect.fnUntraced(function* (pack: StoredPack): Effect.fn.Return<PackVerdict, E> {
    const room = buffers.take(pack.size)
    const read = yield* repository.readRaw("data", pack.id, { offset: 0, length: pack.size }, room)
    const bytes = movable(read, room)
    const table = indexed(pack)
    const transfer = table === undefined ? [bytes.buffer] : [bytes.buffer, table.bytes.buffer]
    const answer = yield* Effect.orDie(threads.call({ id: pack.id, bytes, indexed: table }, transfer))
    buffers.give(answer.buffer)
    return answer
  })

  const checkOne = Effect.fnUntraced(function* (pack: StoredPack): Effect.fn.Return<void, E> {
    const first = yield* verify(pack)
    // The bytes may have been turned over on the way.
    const verdict = first.isOtherBytes ? yield* verify(pack) : first
    for (const problem of verdict.problems) onProblem(pack.id, problem)
  })

  const checkWithin = (pack: StoredPack) => {
    const share = Math.min(budgetMebibytes, Math.ceil(pack.size / mebibyte))
    const checked = Effect.catch(budget.withPermits(share)(checkOne(pack)), (error) => {
      const { reason } = error
      if (reason._tag === "Missing" || reason._tag === "Damaged" || !isPassing(error)) {
        return Effect.sync(() => onProblem(pack.id, `it can not be read: ${reason.message}`))
      }
      return Effect.fail(error)
    })
    return Effect.andThen(
      checked,
      Effect.sync(() => {
        done++
        bytesDone += pack.size
        report({ _tag: "Progress", stage: "packs", done, total: packs.length, bytes: bytesDone, totalBytes })
      })
    )
  }

  yield* Effect.forEach(packs, checkWithin, { concurrency, discard: true })
})

/** Nobody answers: the other packs can not be read either. */
const isPassing = (error: E): boolean => error._tag === "StorageError" && error.isRetryable
