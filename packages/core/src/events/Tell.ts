/**
 * How a run says what happens.
 *
 * Facts are buffered and handed to the sink in batches, in order. Telling never waits, so that
 * callbacks can tell too; whoever takes up the next item waits for `room` first, and so the buffer
 * stays bounded. Gauges are coalesced: ten a second at most, the last one wins.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import { type Envelope, version } from "./Envelope.ts"
import type { Fact, Progress, RunEvent } from "./RunEvent.ts"

export interface Tell {
  readonly fact: (fact: Fact) => void
  /** Says that the run is further than before. `progress` is asked how far when a gauge is due, and not for each. */
  readonly gauge: (progress: () => Progress) => void
  /** Waits while the sink is behind. */
  readonly room: Effect.Effect<void>
  /** Whether `room` would wait now: what goes on with each small file asks this first, as waiting for nothing costs too. */
  readonly isBehind: () => boolean
}

/** For those who want to hear nothing. */
export const silent: Tell = { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false }

/** The receiver of the events could not take them, so the run was stopped. */
export class SinkFailed extends Schema.TaggedError<SinkFailed>()("SinkFailed", { message: Schema.String }) {}

/** Takes a batch of events; its order is theirs. */
export type Sink = (batch: ReadonlyArray<Envelope>) => Effect.Effect<void, SinkFailed>

const bound = 4096
const gaugeMillis = 100

export interface Telling {
  readonly tell: Tell
  /** Hands on what is told, until it is interrupted; fails as soon as the sink does. */
  readonly pump: Effect.Effect<never, SinkFailed>
  /** Hands on what is left. */
  readonly flush: Effect.Effect<void, SinkFailed>
}

/** What joins a run and its sink. */
export const make = (sink: Sink): Effect.Effect<Telling> =>
  Effect.map(Clock.Clock, (clock) => {
    const now = () => clock.currentTimeMillisUnsafe()
    const something = Latch.makeUnsafe(false)
    const space = Latch.makeUnsafe(true)
    let buffer: Array<Envelope> = []
    let gauge: (() => Progress) | undefined
    let gaugeAt = 0
    let seq = 0

    const envelope = (event: RunEvent, number?: number): Envelope =>
      number === undefined ? { v: version, at: now(), event } : { v: version, seq: number, at: now(), event }

    const tell: Tell = {
      fact: (fact) => {
        buffer.push(envelope(fact, ++seq))
        if (buffer.length >= bound) space.closeUnsafe()
        something.openUnsafe()
      },
      gauge: (progress) => {
        gauge = progress
        something.openUnsafe()
      },
      room: space.await,
      isBehind: () => !space.isOpen()
    }

    const take = (wantsGauge: boolean): ReadonlyArray<Envelope> => {
      const facts = buffer
      buffer = []
      space.openUnsafe()
      if (!wantsGauge || gauge === undefined) return facts
      // First, so that the last fact is the last thing that is told.
      const batch = [envelope(gauge()), ...facts]
      gauge = undefined
      gaugeAt = now()
      return batch
    }
    /** A batch that was taken is handed on, whatever happens meanwhile: nothing else has it. */
    const give = (batch: ReadonlyArray<Envelope>) =>
      batch.length === 0 ? Effect.void : Effect.uninterruptible(sink(batch))

    const turn: Effect.Effect<void, SinkFailed> = Effect.suspend(() => {
      something.closeUnsafe()
      const untilGauge = gauge === undefined ? 0 : gaugeAt + gaugeMillis - now()
      if (untilGauge <= 0) return give(take(true))
      something.openUnsafe()
      return buffer.length > 0 ? give(take(false)) : Effect.sleep(untilGauge)
    })
    const pump = Effect.forever(Effect.andThen(something.await, turn))
    const flush = Effect.suspend(() => give(take(true)))
    return { tell, pump, flush }
  })
