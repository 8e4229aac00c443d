/**
 * Puts a run of the command line into the journal of tasks, where it changes something or lasts, so that others see it and can
 * cancel it.
 *
 * What writes is loaded when there is something to write. A journal that can not be written is told in one line, and the
 * run goes on without.
 */
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Deed, RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import type { Surroundings } from "@ourclone/jobs/kind/Surroundings"
import type { Recorder } from "@ourclone/tasks/runner/Recorder"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import { CommandStopped, interrupted } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import { userName } from "./UserName.ts"

export interface RunRecord {
  /** Takes what `next` takes. */
  readonly sink: (next: Sink) => Sink
  /** Who is behind the end of the run, for its last event. */
  readonly cancelledBy: () => string
  /** The run, which also ends when somebody cancels it elsewhere: then it fails with `CommandStopped`. */
  readonly around: <A, E, R>(run: Effect.Effect<A, E, R>) => Effect.Effect<A, E | CommandStopped, R | Surroundings>
}

/** A run that changes nothing is worth a record when it took so long. */
const longMillis = 5_000
const commitMillis = 500

const lookingDeeds: ReadonlySet<Deed> = new Set<Deed>(["same", "verified"])
/** Kinds of which one without a deed has changed nothing. */
const lookingKinds: ReadonlySet<string> = new Set([
  ...["copy", "move", "sync", "remove", "undelete", "cleanup", "removeOldVersions", "cancelUnfinished"],
  ...["check", "checkRepository", "testRemote", "drill", "forget", "tag", "unlock"]
])

const changes = (type: string, event: RunEvent): boolean => {
  if (event._tag === "Done") return !lookingDeeds.has(event.deed)
  return event._tag === "Finished" && event.outcome === "done" && !lookingKinds.has(type)
}

/** For a run that does nothing. */
export const none: RunRecord = { sink: (next) => next, cancelledBy: userName, around: (run) => run }

const load = (type: string, request: Schema.Json, by: string, startedAt: number) =>
  Effect.flatMap(
    Effect.promise(() => import("./Recording.ts")),
    (module) => module.begin({ kind: type, request, origin: "command", by, startedAt })
  )

export const make = <Request, Summary>(
  kind: Pick<JobKind<string, Request, Summary>, "type" | "request">,
  request: Request,
  output: Output
): RunRecord => {
  const { type } = kind
  const by = userName()
  const worthIt = Latch.makeUnsafe(false)
  const cancelled = Deferred.makeUnsafe<string>()
  /** What happened before there was a recorder. */
  let before: Array<Envelope> = []
  let recorder: Recorder | undefined
  let isWorthIt = false
  let startedAt = Date.now()
  let hasGivenUp = false
  let canceller: string | undefined

  const take = (batch: ReadonlyArray<Envelope>): void => {
    if (hasGivenUp) {
      // How it ended is written, if that can be.
      recorder?.take(batch.filter(({ event }) => event._tag === "Finished"))
      return
    }
    if (recorder !== undefined) {
      recorder.take(batch)
      return
    }
    for (const envelope of batch) if (envelope.event._tag !== "Progress") before.push(envelope)
    if (isWorthIt || !batch.some(({ event }) => changes(type, event))) return
    isWorthIt = true
    worthIt.openUnsafe()
  }

  const giveUp = (message: string): void => {
    if (!hasGivenUp) output.note(`this run is in no list of tasks: ${message}`)
    hasGivenUp = true
    before = []
  }

  const begin = Effect.gen(function* () {
    if (recorder !== undefined || hasGivenUp) return
    const encoded = Schema.encodeSync(Schema.toCodecJson(kind.request))(request)
    recorder = yield* load(type, encoded, by, startedAt)
    recorder.take(before)
    before = []
  })

  const heed = Effect.fnUntraced(function* () {
    if (recorder === undefined || hasGivenUp) return
    const wish = yield* recorder.commit
    if (wish !== null) yield* Deferred.succeed(cancelled, wish.by)
  })

  /** A record never fails its run, nor does a mistake in it. */
  const attempt = <R>(effect: Effect.Effect<void, Error, R>) =>
    Effect.catchCause(effect, (cause) =>
      Effect.sync(() => {
        const error = Cause.squash(cause)
        if (!Cause.hasInterruptsOnly(cause)) giveUp(error instanceof Error ? error.message : String(error))
      })
    )

  const recording = Effect.gen(function* () {
    yield* Effect.raceFirst(worthIt.await, Effect.sleep(longMillis))
    yield* Effect.uninterruptible(attempt(begin))
    while (!hasGivenUp) {
      yield* Effect.uninterruptible(attempt(heed()))
      yield* Effect.sleep(commitMillis)
    }
  })

  const end = attempt(
    Effect.gen(function* () {
      if (isWorthIt) yield* begin
      if (recorder !== undefined) yield* recorder.end
    })
  )

  return {
    sink: (next) => (batch) => {
      take(batch)
      return next(batch)
    },
    cancelledBy: () => canceller ?? by,
    around: (run) => {
      const ended = Effect.flatMap(Deferred.await(cancelled), (who) => {
        canceller = who
        return Effect.fail(new CommandStopped({ code: interrupted, message: `cancelled by ${who}` }))
      })
      return Effect.scoped(
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            startedAt = Date.now()
            const writing = yield* Effect.forkChild(Effect.interruptible(recording))
            const exit = yield* Effect.exit(restore(Effect.raceFirst(run, ended)))
            yield* Fiber.interrupt(writing)
            yield* end
            return yield* exit
          })
        )
      )
    }
  }
}
