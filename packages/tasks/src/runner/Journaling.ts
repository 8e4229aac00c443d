/**
 * What a runner writes of its task, and what it hears when it does.
 *
 * Facts are stored in batches; a batch that can not be stored, because the disk is full, holds the job up until it can.
 */
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Limits from "@ourclone/jobs/kind/Limits"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type { TaskError } from "../store/TaskError.ts"
import type { Claim, Heard, TaskStore } from "../store/TaskStore.ts"
import type { Task, Wish } from "../task/Task.ts"
import type { TaskInput } from "../task/TaskState.ts"
import { Ledger } from "./Ledger.ts"

export interface Journaling {
  /** Takes events, and holds whoever tells them up while the journal is behind. */
  readonly sink: Sink
  /** Stores what was told as it comes due, and renews the lease; until it is interrupted. */
  readonly committing: Effect.Effect<void>
  /** Ends when somebody wishes the run to end; fails when another runner has the task, or the journal is gone. */
  readonly wished: Effect.Effect<Wish, TaskError>
  /** What is wished, as far as was heard. */
  readonly wish: () => Wish | undefined
  /** What others want of the bandwidth. */
  readonly limits: Limits.Limits
  /** Items that failed in this run. */
  readonly failed: () => number
  /** Stores the rest, and what becomes of the task. */
  readonly settle: (input: TaskInput, summary?: Schema.Json | null) => Effect.Effect<Task, TaskError>
}

export const leaseMillis = 8_000
const renewMillis = 2_000
/** A commit that waits for the disk costs as much CPU as a hundred facts. */
const commitMillis = 300
const progressMillis = 500
/** Above this many facts a batch does not wait for its turn. */
const fullBatch = 512
/** Sooner than a host could start another runner for a task whose lease ran out meanwhile. */
const fullDiskMillis = 250

/** Sits out a full disk: what was told is kept in memory, and the job is held up by its sink. */
const persistently = <A>(effect: Effect.Effect<A, TaskError>): Effect.Effect<A, TaskError> =>
  Effect.catchReason(effect, "TaskError", "JournalUnavailable", (reason, error) =>
    reason.isFull
      ? Effect.andThen(
          Effect.sleep(fullDiskMillis),
          Effect.suspend(() => persistently(effect))
        )
      : Effect.fail(error)
  )

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

  const heed = (heard: Heard) =>
    Effect.suspend(() => {
      const text = JSON.stringify(heard.limits)
      const change = text !== limited
      limited = text
      wish ??= heard.wish ?? undefined
      const { down, up } = heard.limits ?? { up: null, down: null }
      return Effect.andThen(
        change ? limits.change({ up: up ?? undefined, down: down ?? undefined }) : Effect.void,
        wish === undefined ? Effect.void : Deferred.succeed(wished, wish)
      )
    })

  /** What was taken out of the ledger is nowhere else: it is stored, whoever does not want to wait for it. */
  const commit = Effect.gen(function* () {
    const input = ledger.blocking(take)
    const batch = ledger.batch()
    const heard = yield* persistently(store.commit(claim, batch, leaseMillis, input))
    committedAt = yield* Clock.currentTimeMillis
    if (batch.progress !== undefined) progressAt = committedAt
    yield* heed(heard)
  }).pipe(
    Effect.uninterruptible,
    turn.withPermit,
    Effect.tapError((error) => Deferred.fail(wished, error))
  )

  const commitWhenDue = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const isDue =
      ledger.size > 0 || (ledger.hasProgress && now - progressAt >= progressMillis) || now - committedAt >= renewMillis
    return isDue ? commit : Effect.void
  })

  const journaling: Journaling = {
    sink: (batch) =>
      Effect.suspend(() => {
        for (const envelope of batch) if (!isCutOff(envelope.event, wish)) ledger.take(envelope)
        return ledger.size >= fullBatch ? Effect.ignore(commit) : Effect.void
      }),
    committing: Effect.ignore(Effect.forever(Effect.andThen(Effect.sleep(commitMillis), commitWhenDue))),
    wished: Deferred.await(wished),
    wish: () => wish,
    limits,
    failed: () => ledger.totals.failed,
    settle: (input, summary = null) =>
      turn.withPermit(
        Effect.suspend(() => {
          const batch = ledger.batch()
          return persistently(store.settle(claim.task.id, input, batch, summary))
        })
      )
  }
  return journaling
})
