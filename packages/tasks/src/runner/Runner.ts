/**
 * Runs a task that was claimed, and writes its journal while it runs.
 *
 * The process that runs the job is the one that writes: whoever started it may end, and whoever wants something of
 * it says so in the store. Once another runner has the task, this one stops and writes nothing.
 */
import { version } from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import type * as Limits from "@ourclone/jobs/kind/Limits"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { TaskError } from "../store/TaskError.ts"
import type { Claim, TaskStore } from "../store/TaskStore.ts"
import type { Task, Wish } from "../task/Task.ts"
import type { TaskInput } from "../task/TaskState.ts"
import * as Deferral from "./Deferral.ts"
import * as Journaling from "./Journaling.ts"

/** A job that went wrong as a whole. */
export interface JobBroke {
  readonly failure: Failure
}

/** What others want of the run. */
export interface Asked {
  /** Who is behind an interruption. */
  readonly cancelledBy: () => string
  /** What an interruption means: nothing where the task goes on with another runner. */
  readonly wish: () => Wish["_tag"] | undefined
  readonly limits: Limits.Limits
  /** Tells what a part of the task told. */
  readonly fold: Journaling.Journaling["fold"]
}

export type Execute<R> = (sink: Sink, asked: Asked) => Effect.Effect<Schema.Json, JobBroke, R>

/** What an interruption from outside means: the task goes on with another runner, or somebody cancelled it. */
type Interrupted = { readonly _tag: "Requeue" } | Wish

export interface RunnerOptions<R> {
  readonly store: TaskStore
  readonly claim: Claim
  /** Does the job, telling the sink; gives its summary as JSON. Asked again when it waited for credentials. */
  readonly execute: Execute<R>
  readonly interrupted: Interrupted
  /** Begins to look whether the credentials change; gives what ends once they may be others. */
  readonly watchCredentials?: Effect.Effect<Effect.Effect<void>, never, R>
}

const never = Effect.succeed(Effect.never)

/** The job, once more after each time that it waited for other credentials. */
const attempt = <R>(
  { execute, watchCredentials = never }: RunnerOptions<R>,
  sink: Sink,
  asked: Asked
): Effect.Effect<Schema.Json, JobBroke, R> =>
  Effect.flatMap(watchCredentials, (changed) =>
    Effect.catch(
      Effect.suspend(() => execute(sink, asked)),
      Effect.fnUntraced(function* (broke: JobBroke): Effect.fn.Return<Schema.Json, JobBroke, R> {
        const { failure } = broke
        if (Deferral.of(failure, 0)._tag !== "AwaitCredentials") return yield* Effect.fail(broke)
        const event: RunEvent = { _tag: "Waiting", for: "credentials", failure }
        yield* Effect.ignore(sink([{ v: version, at: yield* Clock.currentTimeMillis, event }]))
        yield* changed
        return yield* attempt({ execute, watchCredentials } as RunnerOptions<R>, sink, asked)
      })
    )
  )

const defect = (cause: Cause.Cause<unknown>): Failure => ({
  code: "Defect",
  message: Cause.pretty(cause).split("\n", 1)[0] ?? "a mistake in ourclone",
  isRetryable: false
})

/** What becomes of a task whose job failed. */
const inputFor = (failure: Failure, { take, task }: Claim, now: number): TaskInput => {
  const verdict = Deferral.of(failure, task.deferrals)
  return verdict._tag === "Later"
    ? { _tag: "Deferred", take, notBefore: now + verdict.millis }
    : { _tag: "Broke", take, failure }
}

/** How the task stands when its runner is done with it. Fails with `LeaseLost` when another has it. */
export const run = Effect.fnUntraced(function* <R>(options: RunnerOptions<R>): Effect.fn.Return<Task, TaskError, R> {
  const { claim, interrupted, store } = options
  const { take } = claim
  /** The end of a run whose task has not ended. */
  const isCutOff = (event: RunEvent, wish: Wish | undefined): boolean =>
    event._tag === "Finished" && event.outcome === "cancelled" && (wish ?? interrupted)._tag !== "Cancel"
  const { committing, failed, fold, limits, settle, sink, wish, wished } = yield* Journaling.make(
    store,
    claim,
    isCutOff
  )
  const asked: Asked = {
    cancelledBy: () => wish()?.by ?? ("by" in interrupted ? interrupted.by : ""),
    wish: () => wish()?._tag ?? ("by" in interrupted ? interrupted._tag : undefined),
    limits,
    fold
  }

  const ended = Effect.fnUntraced(function* (
    exit: Exit.Exit<{ readonly summary: Schema.Json } | { readonly wish: Wish }, JobBroke | TaskError>
  ): Effect.fn.Return<Task, TaskError> {
    if (Exit.isSuccess(exit)) {
      if ("wish" in exit.value) return yield* settle(exit.value.wish)
      return yield* settle({ _tag: "Finished", take, failed: failed() }, exit.value.summary)
    }
    if (Cause.hasInterruptsOnly(exit.cause)) {
      return yield* settle(interrupted._tag === "Requeue" ? { _tag: "OwnerEnded", take } : interrupted)
    }
    const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
    if (error === undefined) return yield* settle({ _tag: "Broke", take, failure: defect(exit.cause) })
    if (!("failure" in error)) return yield* error
    return yield* settle(inputFor(error.failure, claim, yield* Clock.currentTimeMillis))
  })

  /** The job until it ends or somebody wishes otherwise; it has come to a good end in either case. */
  const working = Effect.raceFirst(
    Effect.map(attempt(options, sink, asked), (summary) => ({ summary })),
    Effect.map(wished, (wish) => ({ wish }))
  )
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const committer = yield* Effect.forkChild(Effect.interruptible(committing))
      const exit = yield* Effect.exit(restore(working))
      yield* Fiber.interrupt(committer)
      return yield* ended(exit)
    })
  )
})
