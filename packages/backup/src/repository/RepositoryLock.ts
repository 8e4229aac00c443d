/**
 * Locks by which all programs that use a repository keep out of each other's way,
 * restic among them.
 *
 * Whoever writes holds a common lock, and whoever deletes an exclusive one. There
 * is no server to decide: each writes its lock and looks again, so that of two
 * that come at once at least one sees the other and gives way. A lock is
 * refreshed every five minutes; whoever can not do that for 22.5 minutes stops,
 * before anybody may count the lock as left behind.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as LockFile from "../format/LockFile.ts"
import { pathOf } from "../format/RepositoryFile.ts"
import { LockCheck } from "./LockCheck.ts"
import * as Locks from "./Locks.ts"
import type { Repository } from "./Repository.ts"
import { LockLost, RepositoryError } from "./RepositoryError.ts"
import { WhileLocked } from "./WhileLocked.ts"

type E = StorageError | RepositoryError

export interface LockOptions {
  /** Needed to delete; a common lock is enough to read and to add. */
  readonly exclusive: boolean
  /** How long to try again while another holds a lock; not at all when absent. */
  readonly retryFor?: Duration.Input | undefined
  /** Called before each wait, with who is waited for. */
  readonly onWaiting?: ((message: string) => void) | undefined
  /** Called in the end when the lock could not be taken away, with why. */
  readonly onLeft?: ((message: string) => void) | undefined
}

const secondLookMillis = 200
const refreshMillis = 5 * 60_000
const lostMillis = 22.5 * 60_000
/** A machine may have slept: how long ago the last refresh was is looked at this often. */
const pollMillis = 15_000
const attemptMillis = 60_000
const releaseMillis = 60_000
const firstPauseMillis = 5_000
const longestPauseMillis = 60_000

interface Held {
  id: string
  /** Wall clock and a clock that nobody sets, in milliseconds, of the last refresh. */
  refreshedAt: readonly [wall: number, steady: number]
  /** Of every lock that was written or may have been, though the answer never came. */
  readonly times: Set<string>
  isUncertain: boolean
}

const readClocks = Effect.map(
  Effect.all([Clock.currentTimeMillis, Clock.monotonicTimeNanos]),
  ([wall, steady]) => [wall, Number(steady) / 1e6] as const
)

const lost = (repository: Repository, why: string) =>
  new RepositoryError({
    repository: repository.name,
    reason: new LockLost({ message: `the lock is lost: ${why}. What ran has been stopped; run it again` })
  })

const write = Effect.fnUntraced(function* (
  repository: Repository,
  exclusive: boolean,
  times: Set<string>
): Effect.fn.Return<string, E> {
  const lock = LockFile.make(exclusive, yield* Clock.currentTimeMillis)
  times.add(lock.time)
  return yield* repository.save("locks", LockFile.encode(lock))
})

/** Whether a lock was written by this process at one of the times. */
const isOwn =
  (held: Held) =>
  ({ id, lock }: Locks.FoundLock): boolean => {
    if (id === held.id) return true
    const own = LockFile.make(false, 0)
    const isOfProcess = lock?.pid === own.pid && lock.hostname === own.hostname && lock.birth === own.birth
    return isOfProcess && held.times.has(lock.time)
  }

/** Takes away every lock of ours, those too whose id was never learnt. */
const sweep = Effect.fnUntraced(function* (repository: Repository, held: Held): Effect.fn.Return<void, E> {
  const own = (yield* Locks.list(repository)).filter(isOwn(held))
  yield* Effect.forEach(own, ({ id }) => repository.remove("locks", id), { discard: true })
})

/** A lock that stays is taken away by the next run on this machine, if that may. */
const release = (repository: Repository, held: Held, onLeft?: LockOptions["onLeft"]): Effect.Effect<void> => {
  const left = (why: string) =>
    Effect.sync(() => {
      if (held.id !== "") onLeft?.(`the lock "${pathOf("locks", held.id)}" stays: ${why}`)
    })
  return Effect.suspend(() => (held.id === "" ? Effect.void : repository.remove("locks", held.id))).pipe(
    Effect.andThen(Effect.suspend(() => (held.isUncertain ? sweep(repository, held) : Effect.void))),
    Effect.interruptible,
    Effect.timeoutOption(releaseMillis),
    Effect.flatMap((ended) => (Option.isNone(ended) ? left("the storage service did not answer") : Effect.void)),
    Effect.catch(({ message }) => left(message)),
    Effect.ignore
  )
}

const take = Effect.fnUntraced(function* (repository: Repository, exclusive: boolean): Effect.fn.Return<Held, E> {
  yield* Locks.refuseConflicts(repository, exclusive, () => false)
  const times = new Set<string>()
  const held: Held = { id: "", refreshedAt: yield* readClocks, times, isUncertain: true }
  const settle = Effect.gen(function* () {
    held.id = yield* write(repository, exclusive, times)
    held.isUncertain = false
    yield* Effect.sleep(secondLookMillis)
    yield* Locks.refuseConflicts(repository, exclusive, isOwn(held))
    return held
  })
  return yield* Effect.onError(settle, () => release(repository, held))
})

/** Puts a fresh lock in the place of the old one. Fails with `LockLost` when somebody has taken the old one away. */
const refresh = Effect.fnUntraced(function* (
  repository: Repository,
  exclusive: boolean,
  held: Held
): Effect.fn.Return<void, E> {
  const clocks = yield* readClocks
  const wasSilent = silence(held, clocks) >= lostMillis
  const isThere = yield* Stream.runCollect(repository.list("locks"))
  if (!isThere.some(({ id }) => id === held.id)) {
    return yield* lost(repository, "somebody has taken it away, as unlocking does")
  }
  const { id: old, isUncertain } = held
  held.isUncertain = true
  held.id = yield* write(repository, exclusive, held.times)
  if (!wasSilent) held.refreshedAt = clocks
  yield* repository.remove("locks", old)
  held.isUncertain = isUncertain
  if (wasSilent) {
    yield* Effect.sleep(secondLookMillis)
    yield* Effect.catchReason(
      Locks.refuseConflicts(repository, exclusive, isOwn(held)),
      "RepositoryError",
      "Locked",
      () => Effect.fail(lost(repository, "this machine was silent for too long, and another has taken the repository"))
    )
  }
  held.refreshedAt = clocks
})

/** Milliseconds since the last refresh. A clock that was set back does not make them fewer. */
const silence = ({ refreshedAt: [wall, steady] }: Held, [wallNow, steadyNow]: readonly [number, number]): number =>
  Math.max(wallNow - wall, steadyNow - steady)

/** Keeps the lock fresh for ever; ends only by failing with `LockLost`. */
const keep = Effect.fnUntraced(function* (
  repository: Repository,
  exclusive: boolean,
  held: Held
): Effect.fn.Return<never, RepositoryError> {
  for (;;) {
    yield* Effect.sleep(pollMillis)
    const silent = silence(held, yield* readClocks)
    if (silent < refreshMillis) continue
    let why = "the storage service did not answer"
    // A request that hangs must not take all the time that is left; after a long sleep there is one try.
    const outcome = yield* refresh(repository, exclusive, held).pipe(
      Effect.timeoutOption(attemptMillis),
      Effect.catchTag("StorageError", (error) => {
        why = error.message
        return Effect.succeed(Option.none<void>())
      })
    )
    if (Option.isNone(outcome) && silence(held, yield* readClocks) >= lostMillis) {
      return yield* lost(repository, `it could not be refreshed for 22 minutes (${why})`)
    }
  }
})

const takePatiently = Effect.fnUntraced(function* (
  repository: Repository,
  { exclusive, onWaiting, retryFor = 0 }: LockOptions
): Effect.fn.Return<Held, E> {
  const patience = Duration.toMillis(Duration.fromInputUnsafe(retryFor))
  let waited = 0
  let pause = firstPauseMillis
  for (;;) {
    const attempt = take(repository, exclusive)
    if (waited >= patience) return yield* attempt
    const held = yield* Effect.catchReason(attempt, "RepositoryError", "Locked", (reason) =>
      Effect.sync(() => {
        onWaiting?.(reason.message)
        return undefined
      })
    )
    if (held !== undefined) return held
    const rest = Math.min(pause, patience - waited)
    // Two that gave way to each other must not meet again.
    yield* Effect.sleep(rest + 500 * (yield* Random.next))
    waited += rest
    pause = Math.min(pause * 2, longestPauseMillis)
  }
})

/** Fails with `LockLost` once the lock can not be held any more; otherwise it never ends. */
export type Loss = Effect.Effect<never, RepositoryError>

export interface AcquiredLock {
  /** Fails with `LockLost` once the lock can not be held any more; otherwise it never ends. */
  readonly loss: Effect.Effect<never, RepositoryError>
  /** Fails with `LockLost` when the lock is not there now. */
  readonly check: Effect.Effect<void, E>
}

const look = Effect.fnUntraced(function* (repository: Repository, held: Held): Effect.fn.Return<void, E> {
  const { id } = held
  const files = yield* Stream.runCollect(repository.list("locks"))
  // A refresh may have put another in its place meanwhile.
  if (files.some((file) => file.id === id || file.id === held.id)) return
  return yield* lost(repository, "somebody has taken it away, as unlocking does")
})

/**
 * Holds a lock until the scope closes, refreshing it meanwhile. Fails with `Locked`.
 * The loss must be raced against whatever the lock is for; `withLock` does that.
 */
export const acquire = (repository: Repository, options: LockOptions): Effect.Effect<AcquiredLock, E, Scope.Scope> =>
  Effect.gen(function* () {
    yield* yield* WhileLocked
    const held = yield* Effect.acquireRelease(
      takePatiently(repository, options),
      (taken) => release(repository, taken, options.onLeft),
      { interruptible: true }
    )
    const loss = yield* Deferred.make<never, RepositoryError>()
    yield* Effect.forkScoped(
      Effect.catchCause(keep(repository, options.exclusive, held), (cause) => Deferred.failCause(loss, cause))
    )
    return { loss: Deferred.await(loss), check: look(repository, held) }
  })

/**
 * Runs `effect` under a lock. Fails with `Locked` without running it, and with
 * `LockLost` after interrupting it. The lock is gone afterwards, also when the
 * whole is interrupted.
 */
export const withLock = <A, E2, R>(
  repository: Repository,
  options: LockOptions,
  effect: Effect.Effect<A, E2, R>
): Effect.Effect<A, E2 | E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { check, loss } = yield* acquire(repository, options)
      // A copy holds the locks of two repositories.
      const outer = yield* LockCheck
      return yield* Effect.raceFirst(Effect.provideService(effect, LockCheck, Effect.andThen(outer, check)), loss)
    })
  )
