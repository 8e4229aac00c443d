/**
 * Reads packs and has threads verify every byte of them.
 *
 * Packs are read ahead while the threads work; how far is limited in bytes.
 */
import { availableParallelism } from "node:os"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { BlobTable } from "../format/BlobTable.ts"
import { mostBytesAt } from "../format/RepositoryFile.ts"
import type { PackVerdict } from "../format/verifyPack.ts"
import type { Repository } from "../repository/Repository.ts"
import { LocalFailure, RepositoryError } from "../repository/RepositoryError.ts"
import * as Threads from "../threads/Threads.ts"
import type { StoredPack } from "./CheckPacks.ts"
import type { CheckRequest } from "./CheckWorker.ts"

type E = StorageError | RepositoryError

/** Of packs that are being read or verified. */
const budgetMebibytes = 64
const mebibyte = 1024 * 1024
const concurrency = 8
const mostThreads = 8

export interface CheckDataOptions {
  readonly packs: ReadonlyArray<StoredPack>
  /** What the index says about a pack. */
  readonly indexed: (pack: StoredPack) => BlobTable | undefined
  readonly onProblem: (pack: StoredPack, message: string) => void
  /** A pack has been looked at, whatever was found. */
  readonly onPack: (pack: StoredPack) => void
  /** Waited for before each pack: `Tell.room`. */
  readonly room: Effect.Effect<void>
}

const roundedUp = (size: number): number => Math.ceil(size / (2 * mebibyte)) * 2 * mebibyte

/** Memory that packs are read into, over and over, shared with the threads: what is moved there and back makes the collector run after each few packs. */
const makeRooms = () => {
  const spare: Array<SharedArrayBuffer> = []
  return {
    take: (size: number): Uint8Array<SharedArrayBuffer> => {
      const found = spare.findIndex((room) => room.byteLength >= size)
      // One that is too small makes room for one that is not.
      const [room] = spare.splice(Math.max(0, found), 1)
      return new Uint8Array(found < 0 || room === undefined ? new SharedArrayBuffer(roundedUp(size)) : room)
    },
    give: (room: Uint8Array<SharedArrayBuffer>): void => {
      spare.push(room.buffer)
    }
  }
}

const url = new URL("./CheckWorker.ts", import.meta.url)

const mostUsed = Math.min(availableParallelism(), mostThreads)

/** See `Threads.prepare`. */
export const prepare = Threads.prepare(url, mostUsed)

/** Fails only where the storage can not be reached; what is wrong with a pack is told to `onProblem`. */
export const checkData = Effect.fnUntraced(function* (
  repository: Repository,
  { indexed, onPack, onProblem, packs, room }: CheckDataOptions
): Effect.fn.Return<void, E, Scope.Scope> {
  if (packs.length === 0) return
  const threads = yield* Threads.make<CheckRequest, PackVerdict>(url, {
    size: Math.min(mostUsed, packs.length),
    data: () => Redacted.value(repository.keys)
  })
  const rooms = makeRooms()
  const budget = Semaphore.makeUnsafe(budgetMebibytes)

  const verify = Effect.fnUntraced(function* (pack: StoredPack): Effect.fn.Return<PackVerdict, E> {
    const room = rooms.take(pack.size)
    const read = repository.readRaw("data", pack.id, { offset: 0, length: pack.size }, room)
    const bytes = yield* Effect.tapError(read, () => Effect.sync(() => rooms.give(room)))
    const table = indexed(pack)
    const transfer = table === undefined ? [] : [table.bytes.buffer]
    const verdict = yield* Effect.mapError(
      threads.call({ id: pack.id, bytes, indexed: table }, transfer),
      ({ code, message }) =>
        new RepositoryError({
          repository: repository.name,
          reason: new LocalFailure({ message: `a thread of the check failed: ${message}`, code })
        })
    )
    rooms.give(room)
    return verdict
  })

  const checkOne = Effect.fnUntraced(function* (pack: StoredPack): Effect.fn.Return<void, E> {
    if (pack.size > mostBytesAt("data")) return onProblem(pack, `it has ${pack.size} bytes, more than a pack can have`)
    const first = yield* verify(pack)
    // The bytes may have been turned over on the way.
    const verdict = first.isOtherBytes ? yield* verify(pack) : first
    for (const problem of verdict.problems) onProblem(pack, problem)
  })

  const checkWithin = (pack: StoredPack) => {
    const share = Math.min(budgetMebibytes, Math.ceil(pack.size / mebibyte))
    const checked = Effect.catch(budget.withPermits(share)(checkOne(pack)), (error) => {
      const { reason } = error
      return concernsAll(error)
        ? Effect.fail(error)
        : Effect.sync(() => onProblem(pack, `it can not be read: ${reason.message}`))
    })
    return Effect.andThen(
      Effect.andThen(room, checked),
      Effect.sync(() => onPack(pack))
    )
  }

  yield* Effect.forEach(packs, checkWithin, { concurrency, discard: true })
})

/** Nobody answers, or this machine can not go on: the other packs can not be checked either. */
const concernsAll = (error: E): boolean =>
  error._tag === "StorageError" ? error.isRetryable : error.reason._tag === "LocalFailure"
