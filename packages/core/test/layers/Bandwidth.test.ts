import { assert, describe, it } from "@effect/vitest"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"

const rates = (text: string) => Result.getOrUndefined(Bandwidth.parse(text))

describe("Bandwidth", () => {
  it.effect("lets as many bytes pass as the time allows", () =>
    Effect.gen(function* () {
      const bandwidth = yield* Bandwidth.make(1000)
      let taken = 0
      const transfer = Effect.forever(
        Effect.andThen(
          bandwidth.take(500),
          Effect.sync(() => (taken += 500))
        )
      )
      const fiber = yield* Effect.forkChild(transfer)
      yield* TestClock.adjust(0)
      assert.strictEqual(taken, 500)
      yield* TestClock.adjust("499 millis")
      assert.strictEqual(taken, 500)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(taken, 1000)
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(taken, 61_000)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("shares the limit between transfers, in turn", () =>
    Effect.gen(function* () {
      const bandwidth = yield* Bandwidth.make(1000)
      const order: Array<string> = []
      const transfer = (name: string) =>
        Effect.forkChild(
          Effect.forEach([1, 2, 3], () =>
            Effect.andThen(
              bandwidth.take(1000),
              Effect.sync(() => order.push(name))
            )
          )
        )
      const fibers = [yield* transfer("a"), yield* transfer("b"), yield* transfer("c")]
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(order, ["a", "a", "b", "c"])
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(order, ["a", "a", "b", "c", "a", "b", "c", "b", "c"])
      yield* Fiber.joinAll(fibers)
    })
  )

  it.effect("does not make up for a long rest", () =>
    Effect.gen(function* () {
      const bandwidth = yield* Bandwidth.make(1000)
      yield* TestClock.adjust("1 hour")
      let taken = 0
      const take = Effect.andThen(
        bandwidth.take(1000),
        Effect.sync(() => (taken += 1000))
      )
      const fiber = yield* Effect.forkChild(Effect.forEach(Array.from({ length: 10 }), () => take))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(taken, 3000)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("takes nothing for a transfer that is interrupted while it waits", () =>
    Effect.gen(function* () {
      const bandwidth = yield* Bandwidth.make(1000)
      yield* bandwidth.take(1000)
      const waiting = yield* Effect.forkChild(bandwidth.take(1_000_000))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(waiting)
      const next = yield* Effect.forkChild(bandwidth.take(1))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.join(next)
    })
  )

  it.effect("never waits without a limit", () =>
    Effect.gen(function* () {
      const bandwidth = yield* Bandwidth.make(undefined)
      for (let index = 0; index < 1000; index++) yield* bandwidth.take(1e12)
    })
  )

  it("reads rates as rclone writes them", () => {
    assert.deepStrictEqual(rates("10M"), { up: 10 * 1024 ** 2, down: 10 * 1024 ** 2 })
    assert.deepStrictEqual(rates("10M:100k"), { up: 10 * 1024 ** 2, down: 100 * 1024 })
    assert.deepStrictEqual(rates("off:1M"), { up: undefined, down: 1024 ** 2 })
    assert.deepStrictEqual(rates("512"), { up: 512 * 1024, down: 512 * 1024 })
    assert.deepStrictEqual(rates("off"), { up: undefined, down: undefined })
    assert.deepStrictEqual(rates("0"), { up: undefined, down: undefined })
  })

  it("says what is wrong with a rate", () => {
    const failure = (text: string) => Result.match(Bandwidth.parse(text), { onFailure: String, onSuccess: () => "" })
    assert.include(failure("fast"), '"fast" is not a size')
    assert.include(failure("1M:2M:3M"), 'more than one ":"')
  })
})
