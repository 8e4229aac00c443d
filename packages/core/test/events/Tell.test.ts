import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Envelope } from "../../src/events/Envelope.ts"
import type { Progress } from "../../src/events/RunEvent.ts"
import * as Tell from "../../src/events/Tell.ts"

const progress = (files: number): Progress => ({
  _tag: "Progress",
  phase: "transferring",
  files,
  bytes: 0,
  current: []
})

it.effect("facts reach the sink in order and counted without gaps", () =>
  Effect.gen(function* () {
    const seen: Array<Envelope> = []
    const { flush, pump, tell } = yield* Tell.make((batch) => Effect.sync(() => void seen.push(...batch)))
    const fiber = yield* Effect.forkChild(pump)
    for (let file = 0; file < 1000; file++) tell.fact({ _tag: "Done", deed: "stored", item: `${file}`, bytes: file })
    yield* Effect.yieldNow
    tell.fact({ _tag: "Note", code: "last", message: "the last" })
    yield* flush
    yield* Fiber.interrupt(fiber)
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 1001 }, (_, index) => index + 1))
    expect(seen.at(-1)?.event).toEqual({ _tag: "Note", code: "last", message: "the last" })
  })
)

it.effect("of many gauges at most ten a second are handed on, and the last one always is", () =>
  Effect.gen(function* () {
    const seen: Array<Envelope> = []
    const { pump, tell } = yield* Tell.make((batch) => Effect.sync(() => void seen.push(...batch)))
    const fiber = yield* Effect.forkChild(pump)
    for (let step = 1; step <= 500; step++) {
      tell.gauge(() => progress(step))
      yield* TestClock.adjust("2 millis")
    }
    yield* TestClock.adjust("100 millis")
    yield* Fiber.interrupt(fiber)
    expect(seen.length).toBeGreaterThan(5)
    expect(seen.length).toBeLessThanOrEqual(12)
    expect(seen.at(-1)?.event).toMatchObject({ files: 500 })
    expect(seen.every(({ seq }) => seq === undefined)).toBe(true)
  })
)

it.effect("whoever waits for room holds no more than a bounded number of facts", () =>
  Effect.gen(function* () {
    const open = yield* Deferred.make<void>()
    const batches: Array<number> = []
    const { pump, tell } = yield* Tell.make((batch) =>
      Effect.andThen(
        Effect.sync(() => void batches.push(batch.length)),
        Deferred.await(open)
      )
    )
    const fiber = yield* Effect.forkChild(pump)
    let told = 0
    const telling = yield* Effect.forkChild(
      Effect.gen(function* () {
        while (true) {
          yield* tell.room
          told++
          tell.fact({ _tag: "Done", deed: "stored", item: "a" })
        }
      })
    )
    for (let turn = 0; turn < 50; turn++) yield* TestClock.adjust("1 second")
    const held = told
    yield* TestClock.adjust("1 second")
    expect(told).toBe(held)
    expect(told).toBeLessThan(10_000)
    yield* Deferred.succeed(open, undefined)
    yield* TestClock.adjust("1 second")
    expect(told).toBeGreaterThan(held)
    yield* Fiber.interrupt(telling)
    yield* Fiber.interrupt(fiber)
  })
)
