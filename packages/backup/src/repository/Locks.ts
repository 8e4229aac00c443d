/** Looking through `locks/`: what lies there, what it forbids, what may go. */
import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LockFile from "../format/LockFile.ts"
import { pathOf } from "../format/RepositoryFile.ts"
import type { Repository } from "./Repository.ts"
import { Locked, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"

type E = StorageError | RepositoryError

export interface FoundLock {
  readonly id: string
  /** `undefined` when the file is damaged. */
  readonly lock: LockFile.LockFile | undefined
  /** Whether `unlock` would take it away. */
  readonly isStale: boolean
}

/** A file that can not be read may be on its way still: it is read again after these pauses, in milliseconds. */
const pauses = [200, 1000, 5000]

/** `undefined` when the lock has gone meanwhile. */
const load = Effect.fnUntraced(function* (
  repository: Repository,
  id: string
): Effect.fn.Return<FoundLock | undefined, E> {
  const now = yield* Clock.currentTimeMillis
  const loaded = repository.load("locks", id).pipe(
    Effect.map((json): FoundLock | undefined => {
      const lock = LockFile.decode(json)
      return { id, lock, isStale: lock !== undefined && LockFile.isStale(lock, now) }
    }),
    Effect.catchReasons("RepositoryError", {
      Missing: () => Effect.succeed(undefined),
      Damaged: () => Effect.succeed<FoundLock>({ id, lock: undefined, isStale: false })
    })
  )
  let found = yield* loaded
  for (const pause of pauses) {
    if (found === undefined || found.lock !== undefined) return found
    yield* Effect.sleep(pause)
    found = yield* loaded
  }
  return found
})

/** Every lock. Takes seconds when one can not be read. */
export const list = (repository: Repository): Effect.Effect<ReadonlyArray<FoundLock>, E> =>
  Effect.gen(function* () {
    const files = yield* Stream.runCollect(repository.list("locks"))
    const found = yield* Effect.forEach(files, ({ id }) => load(repository, id), { concurrency: 4 })
    return found.filter((each) => each !== undefined)
  })

interface Conflict {
  readonly message: string
  readonly remedy: Remedy
}

const locked = (repository: Repository, conflict: Conflict) =>
  new RepositoryError({ repository: repository.name, reason: new Locked(conflict) })

/** Why a lock of the kind can not be held next to `found`. */
const conflict = (found: FoundLock, exclusive: boolean, now: number): Conflict | undefined => {
  const { id, lock } = found
  if (lock === undefined) {
    const message = `the lock "${pathOf("locks", id)}" can not be read, so nobody knows what it forbids`
    return { message, remedy: remedy("unlockAll") }
  }
  if (!exclusive && !lock.exclusive) return undefined
  const who = `it is in use by ${LockFile.describe(lock, now)}`
  return found.isStale
    ? { message: `${who}, which no longer runs`, remedy: remedy("unlock") }
    : { message: who, remedy: remedy("waitForLock") }
}

/**
 * Fails with `Locked` when a lock that is not our own forbids one of the kind.
 * Locks of OurClone's that nobody can hold any more are taken away.
 */
export const refuseConflicts = Effect.fnUntraced(function* (
  repository: Repository,
  exclusive: boolean,
  isOwn: (found: FoundLock) => boolean
): Effect.fn.Return<void, E> {
  for (const found of yield* list(repository)) {
    if (isOwn(found)) continue
    const now = yield* Clock.currentTimeMillis
    if (found.lock !== undefined && LockFile.isDead(found.lock, now)) {
      // Who may not delete need not: nobody holds it.
      yield* Effect.ignore(repository.remove("locks", found.id))
      continue
    }
    const why = conflict(found, exclusive, now)
    if (why !== undefined) return yield* locked(repository, why)
  }
})

/** Takes stale locks away, or all of them; gives how many. A lock of a process that runs makes it stop within minutes. */
export const unlock = Effect.fnUntraced(function* (
  repository: Repository,
  options: { readonly all: boolean }
): Effect.fn.Return<number, E> {
  const ids = options.all
    ? (yield* Stream.runCollect(repository.list("locks"))).map(({ id }) => id)
    : (yield* list(repository)).filter(({ isStale }) => isStale).map(({ id }) => id)
  yield* Effect.forEach(ids, (id) => repository.remove("locks", id), { discard: true })
  return ids.length
})
