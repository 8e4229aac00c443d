/** Looking through `locks/`: what lies there, what it forbids, what may go. */
import type { Remedy } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LockFile from "../format/LockFile.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import type { Repository } from "./Repository.ts"
import { Locked, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"

type E = StorageError | RepositoryError

export interface FoundLock {
  readonly id: string
  /** `undefined` when the file can not be read; `why` says why. */
  readonly lock: LockFile.LockFile | undefined
  readonly why?: string
  /** Whether `unlock` would take it away. */
  readonly isStale: boolean
}

/** A file that can not be read may be on its way still: it is read again after these pauses, in milliseconds. */
const pauses = [200, 1000, 5000]

type Loaded = Omit<FoundLock, "isStale">

const loadOnce = (repository: Repository, id: string): Effect.Effect<Loaded | undefined, E> => {
  const unreadable = ({ message }: { readonly message: string }): Effect.Effect<Loaded> =>
    Effect.succeed({ id, lock: undefined, why: message })
  return repository.load("locks", id).pipe(
    Effect.flatMap((json): Effect.Effect<Loaded> => {
      const lock = LockFile.decode(json)
      return lock === undefined ? unreadable({ message: "what is in it is no lock" }) : Effect.succeed({ id, lock })
    }),
    Effect.catchReasons("RepositoryError", { Missing: () => Effect.succeed(undefined), Damaged: unreadable }),
    Effect.catchReason("StorageError", "PermissionDenied", unreadable)
  )
}

/** `undefined` when the lock has gone meanwhile. */
const load = Effect.fnUntraced(function* (
  repository: Repository,
  { id, modifiedAt }: RepositoryFile.RepositoryFile
): Effect.fn.Return<FoundLock | undefined, E> {
  let found = yield* loadOnce(repository, id)
  for (const pause of pauses) {
    if (found === undefined || found.lock !== undefined) break
    yield* Effect.sleep(pause)
    found = yield* loadOnce(repository, id)
  }
  if (found === undefined) return undefined
  const now = yield* Clock.currentTimeMillis
  const { lock } = found
  // Whoever holds a lock writes it anew; so nobody holds one that is as old as that, whatever it says.
  const isStale = lock === undefined ? now - modifiedAt > LockFile.staleAfterMillis : LockFile.isStale(lock, now)
  return { ...found, isStale }
})

/** Every lock. Empty files are none: an upload that was cut off leaves them behind at some services. Takes seconds when one can not be read. */
export const list = (repository: Repository): Effect.Effect<ReadonlyArray<FoundLock>, E> =>
  Effect.gen(function* () {
    const files = (yield* Stream.runCollect(repository.list("locks"))).filter(({ size }) => size > 0)
    const found = yield* Effect.forEach(files, (file) => load(repository, file), { concurrency: 4 })
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
    const message = `the lock "${RepositoryFile.pathOf("locks", id)}" can not be read (${found.why}), so nobody knows what it forbids`
    return { message, remedy: found.isStale ? remedy("unlockUnreadable") : remedy("unlockAll") }
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

/** A lock that `unlock` leaves, and who holds it. */
export interface LeftLock {
  readonly id: string
  readonly message: string
  readonly remedy: Remedy
}

const leftLock = ({ id, lock, why }: FoundLock, now: number): LeftLock => {
  const message =
    lock === undefined
      ? `it can not be read (${why}), and is young enough for a run to hold it`
      : `it is held by ${LockFile.describe(lock, now)}`
  return { id, message, remedy: remedy("unlockAll") }
}

/**
 * Takes stale locks away, or all of them; gives how many. A lock of a process that runs makes it stop within minutes.
 * Files that are no locks, because they are empty or can not be read, go when they are old, too.
 */
export const unlock = Effect.fnUntraced(function* (
  repository: Repository,
  options: { readonly all: boolean; readonly onLeft?: (lock: LeftLock) => void }
): Effect.fn.Return<number, E> {
  const files = yield* Stream.runCollect(repository.list("locks"))
  const now = yield* Clock.currentTimeMillis
  const isOld = ({ modifiedAt }: RepositoryFile.RepositoryFile) => now - modifiedAt > LockFile.staleAfterMillis
  const found = options.all ? [] : yield* list(repository)
  for (const one of found) if (!one.isStale) options.onLeft?.(leftLock(one, now))
  const ids = options.all
    ? files.map(({ id }) => id)
    : [
        ...files.filter((file) => file.size === 0 && isOld(file)).map(({ id }) => id),
        ...found.filter(({ isStale }) => isStale).map(({ id }) => id)
      ]
  yield* Effect.forEach(ids, (id) => repository.remove("locks", id), { discard: true })
  return ids.length
})
