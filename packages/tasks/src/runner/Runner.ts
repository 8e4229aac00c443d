/**
 * Runs a task that was claimed, and writes its journal while it runs.
 *
 * The process that runs the job is the one that writes: whoever started it may end, and whoever wants something of
 * it says so in the store. Facts are stored in batches; a batch that can not be stored, because the disk is full,
 * holds the job up until it can. Once another runner has the task, this one stops and writes nothing.
 */
import type { Failure } from "@ourclone/core/events/Failure"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Limits from "@ourclone/jobs/kind/Limits"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type { TaskError } from "../store/TaskError.ts"
import type { Claim, Heard, TaskStore } from "../store/TaskStore.ts"
import type { Task, Wish } from "../task/Task.ts"
import type { TaskInput } from "../task/TaskState.ts"
import * as Deferral from "./Deferral.ts"
import { Ledger } from "./Ledger.ts"

/** A job that went wrong as a whole. */
export interface JobBroke {
  readonly failure: Failure
}

/** What others want of the run. */
export interface Asked {
  /** Who is behind an interruption. */
  readonly cancelledBy: () => string
  readonly limits: Limits.Limits
}

export interface RunnerOptions<R> {
  readonly store: TaskStore
  readonly claim: Claim
  /** Does the job, telling the sink; gives its summary as JSON. Asked again when it waited for credentials. */
  readonly execute: (sink: Sink, asked: Asked) => Effect.Effect<Schema.Json, JobBroke, R>
  /** What an interruption from outside means: the task goes on with another runner, or somebody cancelled it. */
  readonly interrupted: { readonly _tag: "Requeue" } | Wish
  /** Ends when the credentials may be others than they were. */
  readonly credentialsChange?: Effect.Effect<void, never, R>
}

export const leaseMillis = 8_000
const renewMillis = 2_000
const commitMillis = 100
const progressMillis = 500
/** Above this many facts a batch does not wait for its turn. */
const fullBatch = 512
const fullDiskMillis = 2_000

/** How the task stands when its runner is done with it. Fails with `LeaseLost` when another has it. */
export const run = Effect.fnUntraced(function* <R>({
  claim,
  credentialsChange,
  execute,
  interrupted,
  store
}: RunnerOptions<R>): Effect.fn.Return<Task, TaskError, R> {
  const { take } = claim
  const { id } = claim.task
  const ledger = new Ledger(claim.task)
  const turn = Semaphore.makeUnsafe(1)
  const wished = yield* Deferred.make<Wish, TaskError>()
  const limits = Limits.make()
  let wish: Wish | undefined
  let limited = JSON.stringify(null)
  let committedAt = yield* Clock.currentTimeMillis
  let progressAt = 0

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

  const commit = Effect.gen(function* () {
    const input = ledger.blocking(take)
    const batch = ledger.batch()
    const heard = yield* persistently(store.commit(claim, batch, leaseMillis, input))
    committedAt = yield* Clock.currentTimeMillis
    if (batch.progress !== undefined) progressAt = committedAt
    yield* heed(heard)
  }).pipe(
    turn.withPermit,
    Effect.tapError((error) => Deferred.fail(wished, error))
  )

  const commitWhenDue = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const isDue =
      ledger.size > 0 || (ledger.hasProgress && now - progressAt >= progressMillis) || now - committedAt >= renewMillis
    return isDue ? commit : Effect.void
  })
  const committing = Effect.ignore(Effect.forever(Effect.andThen(Effect.sleep(commitMillis), commitWhenDue)))

  /** The end of a run whose task has not ended. */
  const isCutOff = (event: RunEvent): boolean =>
    event._tag === "Finished" && event.outcome === "cancelled" && (wish ?? interrupted)._tag !== "Cancel"

  const asked: Asked = { cancelledBy: () => wish?.by ?? ("by" in interrupted ? interrupted.by : ""), limits }
  const sink: Sink = (batch) =>
    Effect.suspend(() => {
      for (const envelope of batch) if (!isCutOff(envelope.event)) ledger.take(envelope)
      return ledger.size >= fullBatch ? Effect.ignore(commit) : Effect.void
    })

  const settle = (input: TaskInput, summary: Schema.Json | null = null) =>
    turn.withPermit(Effect.suspend(() => persistently(store.settle(id, input, ledger.batch(), summary))))

  const awaitCredentials = (failure: Failure) =>
    Effect.gen(function* () {
      ledger.take({ v: 1, at: yield* Clock.currentTimeMillis, event: { _tag: "Waiting", for: "credentials", failure } })
      yield* credentialsChange ?? Effect.never
    })

  const attempt: Effect.Effect<Schema.Json, JobBroke, R> = Effect.catch(
    Effect.suspend(() => execute(sink, asked)),
    (broke) =>
      Deferral.of(broke.failure, 0)._tag === "AwaitCredentials"
        ? Effect.andThen(
            awaitCredentials(broke.failure),
            Effect.suspend(() => attempt)
          )
        : Effect.fail(broke)
  )

  const afterFailure = (failure: Failure) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const verdict = Deferral.of(failure, claim.task.deferrals)
      return settle(
        verdict._tag === "Later"
          ? { _tag: "Deferred", take, notBefore: now + verdict.millis }
          : { _tag: "Broke", take, failure }
      )
    })

  const ended = (exit: Exit.Exit<Schema.Json | Wish, JobBroke | TaskError>): Effect.Effect<Task, TaskError> => {
    if (Exit.isSuccess(exit)) return settle({ _tag: "Finished", take, failed: ledger.totals.failed }, exit.value)
    if (Cause.hasInterruptsOnly(exit.cause)) {
      return settle(interrupted._tag === "Requeue" ? { _tag: "OwnerEnded", take } : interrupted)
    }
    const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
    if (error !== undefined && "failure" in error) return afterFailure(error.failure)
    if (error !== undefined) return Effect.fail(error)
    const message = Cause.pretty(exit.cause).split("\n", 1)[0] ?? "a mistake in ourclone"
    return settle({ _tag: "Broke", take, failure: { code: "Defect", message, isRetryable: false } })
  }

  /** The job until it ends or somebody wishes otherwise; it has come to a good end in either case. */
  const working = Effect.raceFirst(
    Effect.map(attempt, (summary) => ({ summary })),
    Effect.map(Deferred.await(wished), (wish) => ({ wish }))
  )
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const committer = yield* Effect.forkChild(Effect.interruptible(committing))
      const exit = yield* Effect.exit(restore(working))
      yield* Fiber.interrupt(committer)
      if (Exit.isSuccess(exit) && "wish" in exit.value) return yield* settle(exit.value.wish)
      return yield* ended(Exit.map(exit, (value) => ("summary" in value ? value.summary : null)))
    })
  )
})
