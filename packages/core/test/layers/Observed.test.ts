import { assert, describe, it } from "@effect/vitest"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
import { type Observation, observed } from "@ourclone/core/layers/Observed"
import { throttled } from "@ourclone/core/layers/Throttled"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { at, contentOf, modifiedAt, pattern, pieces, put } from "../../src/testing/Check.ts"

describe("observed", () => {
  it.effect("tells of each call what it was, about what, how it ended and how long it took", () =>
    Effect.gen(function* () {
      const seen: Array<Observation> = []
      const provider = observed(MemoryProvider.make(), (observation) => void seen.push(observation))
      yield* put(provider, "a", "hello")
      yield* Effect.flip(provider.stat(at("none")))
      yield* Stream.runDrain(provider.list(at("")))
      assert.deepStrictEqual(
        seen.map(({ method, outcome, path }) => `${method} ${path} ${outcome}`),
        ["put a ok", "stat none NotFound", "list  ok"]
      )
    })
  )
})

describe("throttled", () => {
  const limits = (up?: number, down?: number) => Effect.all({ up: Bandwidth.make(up), down: Bandwidth.make(down) })

  for (const check of ProviderContract.checks) {
    it.effect(`changes nothing where there is no limit: ${check.name}`, ({ skip }) =>
      Effect.flatMap(limits(), (none) =>
        ProviderContract.runOrSkip(check, throttled(MemoryProvider.make(), none), skip)
      )
    )
  }

  it.effect("holds reading and sending to their limits, each to its own, also parts", () =>
    Effect.gen(function* () {
      const mebibyte = 1024 * 1024
      const memory = MemoryProvider.make()
      const provider = throttled(memory, yield* limits(mebibyte, 2 * mebibyte))
      const secondsOf = (work: Effect.Effect<unknown, unknown>) =>
        Effect.gen(function* () {
          let isOver = false
          const over = Effect.sync(() => {
            isOver = true
          })
          const fiber = yield* Effect.forkChild(Effect.andThen(work, over))
          let seconds = 0
          while (!isOver) {
            yield* TestClock.adjust("1 second")
            seconds++
          }
          yield* Fiber.join(fiber)
          return seconds
        })
      const content = pieces(pattern(8 * mebibyte))
      assert.closeTo(yield* secondsOf(provider.put(at("a"), content, { modifiedAt })), 8, 1)
      const file = yield* memory.stat(at("a"))
      assert.closeTo(yield* secondsOf(contentOf(provider.read(file))), 4, 1)
      const large = yield* memory.largeFile!.start(at("b"), { modifiedAt, size: 8 * mebibyte, partSize: 8 * mebibyte })
      assert.closeTo(yield* secondsOf(provider.largeFile!.uploadPart(large, 1, content, { offset: 0 })), 8, 1)
    })
  )

  it.effect("takes a new limit at once, for those who wait too", () =>
    Effect.gen(function* () {
      const bandwidth = yield* Bandwidth.make(10)
      let taken = 0
      const take = Effect.map(bandwidth.take(100), () => void taken++)
      const fiber = yield* Effect.forkChild(Effect.all([take, take, take], { concurrency: 3 }))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(taken, 1)
      yield* bandwidth.setRate(1000)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(taken, 3)
      yield* Fiber.join(fiber)
      yield* bandwidth.setRate(undefined)
      yield* bandwidth.take(1e9)
    })
  )
})
