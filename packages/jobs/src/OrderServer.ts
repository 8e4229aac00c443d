/** The side of a run in a process of its own that does the job: an order comes in, events go out. */
import { version } from "@ourclone/core/events/Envelope"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as JobKinds from "./JobKinds.ts"
import { InvalidJob, toFailure } from "./kind/JobError.ts"
import * as Limits from "./kind/Limits.ts"
import type { RunOptions } from "./run/JobRunner.ts"
import * as Pausing from "./run/Pausing.ts"
import { decodeOrder, decodeWish, endMillis, type Order } from "./run/RunWire.ts"

export interface ServeOptions {
  /** Lines of standard input. */
  readonly lines: Stream.Stream<string>
  /** Hands on lines of standard output, and waits until they are taken. */
  readonly write: (lines: ReadonlyArray<string>) => Effect.Effect<void>
}

/** What became of the run. `stuck`: it was to end, and did not in time, so the process is to be ended. */
export type Served = "ended" | "stuck"

const goneStarter = "whoever started it, who is gone"

const perform = (order: Order, options: Omit<RunOptions, "isPreview" | "secrets">) =>
  Effect.flatMap(JobKinds.load(order.type), (job) =>
    job.run(order.request, {
      ...options,
      isPreview: order.isPreview,
      secrets: new Map(Object.entries(order.secrets).map(([name, text]) => [name, Redacted.make(text)]))
    })
  )

/** Runs the one job that comes in. Whatever becomes of it is told by its last event. */
export const serve = Effect.fnUntraced(function* ({ lines, write }: ServeOptions) {
  const pausing = Pausing.make()
  const limits = Limits.make()
  const order = yield* Deferred.make<Order, InvalidJob>()
  const toEnd = yield* Deferred.make<void>()
  let by = goneStarter
  let isFirst = true

  const end = (who: string) => {
    by = who
    pausing.resume()
    return Deferred.succeed(toEnd, undefined)
  }
  const take = (line: string): Effect.Effect<unknown> => {
    if (isFirst) {
      isFirst = false
      const read = Effect.mapError(decodeOrder(line), () => new InvalidJob({ message: "the first line is no order" }))
      return Deferred.into(read, order)
    }
    const wish = Option.getOrUndefined(decodeWish(line))
    if (wish?._tag === "Pause") pausing.pause()
    if (wish?._tag === "Resume") pausing.resume()
    if (wish?._tag === "OwnLimits") return limits.change(undefined)
    if (wish?._tag === "Limits") return limits.change({ up: wish.up ?? undefined, down: wish.down ?? undefined })
    return wish?._tag === "Cancel" ? end(wish.by) : Effect.void
  }
  const noOrder = Deferred.fail(order, new InvalidJob({ message: "there was no order" }))
  const listening = Stream.runForEach(lines, take).pipe(
    Effect.andThen(noOrder),
    Effect.andThen(Effect.suspend(() => end(goneStarter)))
  )
  yield* Effect.forkChild(listening, { startImmediately: true })

  let seq = 0
  let hasFinished = false
  const sink: Sink = (batch) => {
    seq = batch.at(-1)?.seq ?? seq
    hasFinished ||= batch.at(-1)?.event._tag === "Finished"
    return write(batch.map((envelope) => JSON.stringify(envelope)))
  }
  /** A run that could not begin ends like one that could not go on. */
  const finish = (error: InvalidJob) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) =>
      sink([
        { v: version, seq: seq + 1, at, event: { _tag: "Finished", outcome: "failed", failure: toFailure(error) } }
      ])
    )
  const work = Effect.flatMap(Deferred.await(order), (ordered) =>
    perform(ordered, { sink, pausing, limits, cancelledBy: () => by })
  ).pipe(Effect.catchTag("InvalidJob", (error) => (hasFinished ? Effect.void : finish(error))))
  const running = yield* Effect.forkChild(Effect.exit(work))
  const ended = Effect.as(Fiber.await(running), "ended" as Served)
  const cancelled = Effect.andThen(
    Deferred.await(toEnd),
    Effect.raceFirst(
      Effect.as(Fiber.interrupt(running), "ended" as Served),
      Effect.as(Effect.sleep(endMillis), "stuck" as Served)
    )
  )
  return yield* Effect.raceFirst(ended, cancelled)
})
