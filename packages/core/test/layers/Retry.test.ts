import { assert, describe, it } from "@effect/vitest"
import {
  ChecksumMismatch,
  NotFound,
  RateLimited,
  type Reason,
  StorageError,
  Unavailable
} from "@ourclone/core/contract/StorageError"
import { MostPauses, retrying, retryingAtFirst } from "@ourclone/core/layers/Retry"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

/** Fails with each of `reasons` in turn and succeeds after them. */
const failing = (...reasons: ReadonlyArray<Reason>) => {
  const calls = { count: 0 }
  const effect = Effect.suspend(() => {
    const reason = reasons[calls.count++]
    return reason === undefined
      ? Effect.succeed("done")
      : Effect.fail(new StorageError({ provider: "memory", operation: "put", reason }))
  })
  return { calls, effect }
}

const outage = new Unavailable({ message: "the server is down" })
const elsewhere = new Unavailable({ message: "the server is busy", retryAtOnce: true })

describe("Retry.retrying", () => {
  it.effect("waits no less than the service asked for", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(new RateLimited({ message: "slow down", retryAfter: Duration.seconds(30) }))
      const fiber = yield* Effect.forkChild(retrying(effect))
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(calls.count, 1)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
    })
  )

  it.effect("asks at once for an answer that broke off, three times, and gives up after a minute of them", () =>
    Effect.gen(function* () {
      const torn = new Unavailable({ message: "the answer broke off", isTorn: true })
      const { calls, effect } = failing(...Array.from({ length: 20 }, () => torn))
      const fiber = yield* Effect.forkChild(Effect.flip(retrying(effect)))
      yield* Effect.yieldNow
      assert.strictEqual(calls.count, 4)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "Unavailable")
      assert.strictEqual(calls.count, 10)
    })
  )

  it.effect("does not repeat what cannot pass", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(new NotFound({ message: "gone" }))
      assert.strictEqual((yield* Effect.flip(retrying(effect))).reason._tag, "NotFound")
      assert.strictEqual(calls.count, 1)
    })
  )

  it.effect("tries elsewhere at once, five times, before it begins to wait", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(...Array.from({ length: 6 }, () => elsewhere))
      const fiber = yield* Effect.forkChild(retrying(effect))
      yield* Effect.yieldNow
      assert.strictEqual(calls.count, 6)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.strictEqual(calls.count, 7)
    })
  )

  it.effect("sits out an outage of ten minutes and gives up within the hour", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(...Array.from({ length: 100 }, () => outage))
      const fiber = yield* Effect.forkChild(Effect.flip(retrying(effect)))
      yield* TestClock.adjust("10 minutes")
      const afterTenMinutes = calls.count
      yield* TestClock.adjust("50 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "Unavailable")
      assert.strictEqual(calls.count, 20)
      assert.isBelow(afterTenMinutes, 20)
    })
  )

  it.effect("pauses no more often than whoever waits for it has said, whatever is tried at once between", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(...Array.from({ length: 100 }, () => elsewhere))
      const waited = Effect.provideService(retrying(effect), MostPauses, 2)
      const fiber = yield* Effect.forkChild(Effect.flip(waited))
      yield* TestClock.adjust("1 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "Unavailable")
      assert.strictEqual(calls.count, 13)
    })
  )

  it.effect("gives up on a service that was never reached within a minute", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(...Array.from({ length: 100 }, () => outage))
      const fiber = yield* Effect.forkChild(Effect.flip(retryingAtFirst(effect)))
      yield* TestClock.adjust("1 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "Unavailable")
      assert.strictEqual(calls.count, 7)
    })
  )

  it.effect("believes a checksum that is wrong five times", () =>
    Effect.gen(function* () {
      const mismatch = new ChecksumMismatch({ message: "damaged", expected: "a", actual: "b" })
      const { calls, effect } = failing(...Array.from({ length: 100 }, () => mismatch))
      const fiber = yield* Effect.forkChild(Effect.flip(retrying(effect)))
      yield* TestClock.adjust("1 hours")
      yield* Fiber.join(fiber)
      assert.strictEqual(calls.count, 5)
    })
  )

  it.effect("tells of each retry", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const { effect } = failing(outage, elsewhere)
      const fiber = yield* Effect.forkChild(retrying(effect, (error) => told.push(error.reason.message)))
      yield* TestClock.adjust("1 minutes")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(told, ["the server is down", "the server is busy"])
    })
  )

  it.effect("does not begin anew around another that has given up", () =>
    Effect.gen(function* () {
      const { calls, effect } = failing(...Array.from({ length: 100 }, () => outage))
      const fiber = yield* Effect.forkChild(Effect.flip(retrying(retrying(effect))))
      yield* TestClock.adjust("1 hours")
      yield* Fiber.join(fiber)
      assert.strictEqual(calls.count, 20)
    })
  )
})
