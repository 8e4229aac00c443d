/**
 * What a runner writes of its task, and what it hears when it does.
 *
 * Facts are stored in batches; a batch that can not be stored, because the disk is full, holds the job up until it can. Where
 * the journal is away, the run is to end before another runner could have its task.
 */
import { version } from "@ourclone/core/events/Envelope"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Limits from "@ourclone/jobs/kind/Limits"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { fail, JournalUnavailable, type TaskError } from "../store/TaskError.ts"
import type { Claim, Heard, PartTold, TaskStore } from "../store/TaskStore.ts"
import type { Task, Wish } from "../task/Task.ts"
import type { TaskInput } from "../task/TaskState.ts"
import { Ledger } from "./Ledger.ts"

export interface Journaling {
  /** Takes events, and holds whoever tells them up while the journal is behind. */
  readonly sink: Sink
  /** The same for what a part of the task told; stored together with how far that is. */
  readonly fold: (events: ReadonlyArray<RunEvent>, part: PartTold) => Effect.Effect<void>
  /** Stores what was told as it comes due, and renews the lease; until it is interrupted. */
  readonly committing: Effect.Effect<void>
  /** Ends when somebody wishes the run to end; fails when another runner has the task, or the journal is gone or away for long. */
  readonly wished: Effect.Effect<Wish, TaskError>
  /** What is wished, as far as was heard. */
  readonly wish: () => Wish | undefined
  /** What others want of the bandwidth. */
  readonly limits: Limits.Limits
  /** Items that failed in this run. */
  readonly failed: () => number
  /**
   * Stores the rest, and what becomes of the task. Fails with `JournalUnavailable` where the journal stays away: then the task
   * is taken up again by another runner, which finds what was done.
   */
  readonly settle: (input: TaskInput, summary?: Schema.Json | null) => Effect.Effect<Task, TaskError>
}

/** How long a process has what it took, a task or its part of an account, after it last said that it is there. */
export const leaseMillis = 8_000
const renewMillis = 2_000
/** A commit that waits for the disk costs as much CPU as a hundred facts. */
const commitMillis = 300
const progressMillis = 500
/** Above this many facts a batch does not wait for its turn. */
const fullBatch = 512
/** Sooner than a host could start another runner for a task whose lease ran out meanwhile. */
const fullDiskMillis = 250
const awayMillis = 500
/** A journal may stay away so long until nobody waits for it any more: less than whoever waits for a process to end does. */
const graceMillis = 20_000
/**
 * A commit may take so long. The one before was at most `renewMillis` earlier, so that the lease still holds while the job
 * comes to its end.
 */
const patienceMillis = 4_500
const watchMillis = 250

/** `isCutOff` says of an event that it ends a run whose task goes on. */
export const make = Effect.fnUntraced(function* (
  store: TaskStore,
  claim: Claim,
  isCutOff: (event: RunEvent, wish: Wish | undefined) => boolean
) {
  const { take } = claim
  const ledger = new Ledger(claim.task)
  const turn = Semaphore.makeUnsafe(1)
  const wished = yield* Deferred.make<Wish, TaskError>()
  const limits = Limits.make()
  let wish: Wish | undefined
  let limited = JSON.stringify(null)
  let committedAt = yield* Clock.currentTimeMillis
  let progressAt = 0
  /** How long a commit has been on its way, as this process sees it: time in which it was frozen does not count. */
  let pending: number | undefined

  const gone = (what: string): TaskError =>
    fail(new JournalUnavailable({ message: `the journal is away, so ${what}`, isFull: false, isAway: true }))

  /** Sits out a full disk, and a store that is away: what was told is kept in memory, and the job is held up by its sink. */
  const persistently = Effect.fnUntraced(function* <A>(
    effect: Effect.Effect<A, TaskError>
  ): Effect.fn.Return<A, TaskError> {
    for (let awaySince: number | undefined; ; ) {
      const tried = yield* Effect.result(effect)
      if (tried._tag === "Success") return tried.success
      const { reason } = tried.failure
      const isFull = reason._tag === "JournalUnavailable" && reason.isFull
      const isAway = reason._tag === "JournalUnavailable" && !isFull && reason.isAway === true
      if (!isFull && !isAway) return yield* tried.failure
      const now = yield* Clock.currentTimeMillis
      awaySince = isAway ? (awaySince ?? now) : undefined
      if (awaySince !== undefined && now - awaySince >= graceMillis) {
        return yield* gone(
          `this run of task ${claim.task.id} ends without its last words: another runner goes on with it`
        )
      }
      if (isFull) pending = undefined
      yield* Effect.sleep(isFull ? fullDiskMillis : awayMillis)
    }
  })

  /** Fails when the store has not answered for so long that another may have the task soon. */
  const watching = Effect.gen(function* () {
    for (;;) {
      yield* Effect.sleep(watchMillis)
      if (pending === undefined) continue
      pending += watchMillis
      if (pending < patienceMillis) continue
      return yield* gone(`task ${claim.task.id} stops before another runner takes it`)
    }
  })

  const heed = (heard: Heard) =>
    Effect.suspend(() => {
      const text = JSON.stringify(heard.limits)
      const change = text !== limited
      limited = text
      wish ??= heard.wish ?? undefined
      const rates =
        heard.limits === null ? undefined : { up: heard.limits.up ?? undefined, down: heard.limits.down ?? undefined }
      return Effect.andThen(
        change ? limits.change(rates) : Effect.void,
        wish === undefined ? Effect.void : Deferred.succeed(wished, wish)
      )
    })

  /** What was taken out of the ledger is nowhere else: it is known to have been stored, or put back. */
  const commitOnce = Effect.suspend(() => {
    const input = ledger.blocking(take)
    const batch = ledger.batch()
    pending ??= 0
    const stored = Effect.map(Clock.currentTimeMillis, (now) => {
      pending = undefined
      committedAt = now
      if (batch.progress !== undefined) progressAt = now
    })
    return store.commit(claim, batch, leaseMillis, input).pipe(
      Effect.tap(() => stored),
      Effect.tapError(() => Effect.sync(() => ledger.putBack(batch))),
      Effect.uninterruptible
    )
  })

  const commit = Effect.flatMap(persistently(commitOnce), heed).pipe(
    turn.withPermit,
    Effect.tapError((error) => Deferred.fail(wished, error))
  )

  const commitWhenDue = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const isDue =
      ledger.size > 0 || (ledger.hasProgress && now - progressAt >= progressMillis) || now - committedAt >= renewMillis
    return isDue ? commit : Effect.void
  })

  /** In a fiber of its own: a job that is to stop does not wait for a store that is away. */
  const heldUp = Effect.suspend(() =>
    ledger.size >= fullBatch
      ? Effect.flatMap(Effect.forkDetach(Effect.ignore(commit)), (storing) => Effect.asVoid(Fiber.join(storing)))
      : Effect.void
  )

  const journaling: Journaling = {
    sink: (batch) =>
      Effect.suspend(() => {
        for (const envelope of batch) if (!isCutOff(envelope.event, wish)) ledger.take(envelope)
        return heldUp
      }),
    fold: (events, part) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        for (const event of events) ledger.take({ v: version, at, event })
        ledger.takePart(part)
        return heldUp
      }),
    committing: Effect.ignore(Effect.forever(Effect.andThen(Effect.sleep(commitMillis), commitWhenDue))),
    wished: Effect.raceFirst(Deferred.await(wished), watching),
    wish: () => wish,
    limits,
    failed: () => ledger.totals.failed,
    settle: (input, summary = null) =>
      turn.withPermit(
        persistently(
          Effect.suspend(() => {
            const batch = ledger.batch()
            const putBack = Effect.sync(() => ledger.putBack(batch))
            return Effect.tapError(store.settle(claim.task.id, input, batch, summary), () => putBack)
          })
        )
      )
  }
  return journaling
})
