import { assert, describe, it } from "@effect/vitest"
import { UnderWay } from "@ourclone/core/engine/UnderWay"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

const megabytes = (count: number) => count * 1_000_000

/** Pieces that take `seconds()` each, and how many of them are under way. */
const line = (seconds: (count: number) => number) => {
  const underWay = new UnderWay()
  const seen = { now: 0, most: 0, done: 0, order: [] as Array<number> }
  const piece = (size: number, name = 0) =>
    underWay.piece(
      size,
      Effect.suspend(() => {
        seen.order.push(name)
        seen.most = Math.max(seen.most, ++seen.now)
        return Effect.ensuring(
          Effect.andThen(
            Effect.sleep(seconds(seen.now) * 1000),
            Effect.sync(() => seen.done++)
          ),
          Effect.sync(() => seen.now--)
        )
      })
    )
  const many = (count: number, size: number) =>
    Effect.forkChild(Effect.forEach(Array.from({ length: count }), () => piece(size), { concurrency: "unbounded" }))
  return { piece, many, seen }
}

describe("UnderWay", () => {
  it.effect("has no more than 64 MB under way on a slow line", () =>
    Effect.gen(function* () {
      for (const [size, most] of [
        [megabytes(16), 4],
        [megabytes(30), 2],
        [megabytes(5), 12]
      ] as const) {
        const { many, seen } = line(() => 60)
        const fiber = yield* many(40, size)
        yield* TestClock.adjust("1 hour")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual([seen.most, seen.done], [most, 40])
      }
    })
  )

  it.effect("has more under way where each piece takes less than 15 s", () =>
    Effect.gen(function* () {
      const { many, seen } = line(() => 10)
      const fiber = yield* many(40, megabytes(16))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
      assert.isAbove(seen.most, 8)
    })
  )

  it.effect("has less under way again once the line is slow", () =>
    Effect.gen(function* () {
      let seconds = 1
      const { many, seen } = line(() => seconds)
      const fast = yield* many(40, megabytes(16))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fast)
      assert.isAbove(seen.most, 4)
      seconds = 100
      const settling = yield* many(20, megabytes(16))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(settling)
      seen.most = 0
      const slow = yield* many(20, megabytes(16))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(slow)
      assert.strictEqual(seen.most, 4)
    })
  )

  it.effect("sends pieces that are larger than all that one by one where each has all of the line", () =>
    Effect.gen(function* () {
      const { many, seen } = line((count) => 600 * count)
      const fiber = yield* many(9, megabytes(100))
      yield* TestClock.adjust("9 hours")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual([seen.most <= 2, seen.done], [true, 9], "two while it finds out what the line brings")
    })
  )

  it.effect("sends more of such pieces at once where each takes no longer for it", () =>
    Effect.gen(function* () {
      const { many, seen } = line(() => 600)
      const fiber = yield* many(40, megabytes(100))
      yield* TestClock.adjust("9 hours")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual([seen.most >= 4, seen.done], [true, 40])
    })
  )

  it.effect("has no more than 64 MB of other pieces under way behind such a piece", () =>
    Effect.gen(function* () {
      const { many, piece, seen } = line((count) => 600 * count)
      const large = yield* Effect.forkChild(piece(megabytes(1000)))
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(large)
      seen.most = 0
      const fiber = yield* many(20, megabytes(16))
      yield* TestClock.adjust("9 hours")
      yield* Fiber.join(fiber)
      assert.strictEqual(seen.most, 4)
    })
  )

  it.effect("begins in order, and gives the place of one that is interrupted or fails to the next", () =>
    Effect.gen(function* () {
      const { piece, seen } = line(() => 60)
      const fibers: Array<Fiber.Fiber<unknown>> = []
      for (let name = 1; name <= 5; name++) fibers.push(yield* Effect.forkChild(piece(megabytes(40), name)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(seen.order, [1])
      yield* Fiber.interrupt(fibers[1]!)
      yield* Fiber.interrupt(fibers[0]!)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(seen.order, [1, 3])
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(seen.order, [1, 3, 4, 5])
    })
  )

  it.effect("does not make small files wait", () =>
    Effect.gen(function* () {
      const { many, seen } = line(() => 60)
      const fiber = yield* many(500, 1024 * 1024)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.strictEqual(seen.most, 500)
    })
  )
})
