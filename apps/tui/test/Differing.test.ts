import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Differing from "../src/link/Differing.ts"
import { failed } from "../src/link/Link.ts"

it.effect("what is another at a later look is told of, once; what can not be seen for a while is not", () =>
  Effect.gen(function* () {
    let looks = 0
    let names = ["photos"]
    let isAway = false
    let told = 0
    const look = Effect.suspend(() => {
      looks++
      return isAway ? Effect.fail(failed("ServiceGone", "it does not answer")) : Effect.succeed([...names])
    })
    const fiber = yield* Effect.forkChild(Stream.runForEach(Differing.changes(look), () => Effect.sync(() => told++)))
    yield* TestClock.adjust("11 seconds")
    assert.deepStrictEqual([looks, told], [3, 0])
    names = ["photos", "nas"]
    yield* TestClock.adjust("10 seconds")
    assert.strictEqual(told, 1)
    isAway = true
    yield* TestClock.adjust("10 seconds")
    isAway = false
    yield* TestClock.adjust("5 seconds")
    assert.strictEqual(told, 1)
    names = []
    yield* TestClock.adjust("5 seconds")
    assert.strictEqual(told, 2)
    yield* Fiber.interrupt(fiber)
  })
)
