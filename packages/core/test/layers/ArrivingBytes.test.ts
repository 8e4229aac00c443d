import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@ourclone/core/contract/StorageError"
import * as ArrivingBytes from "@ourclone/core/layers/ArrivingBytes"
import { bytes, sha1 } from "@ourclone/core/testing/Check"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"

const kibibyte = 1024

/** `count` pieces of `size` bytes, each after `pause`. */
const coming = (count: number, size: number, pause: `${number} seconds`) =>
  Stream.mapEffect(Stream.range(1, count), () => Effect.as(Effect.sleep(pause), new Uint8Array(size)))

const expecting = (size: number): ArrivingBytes.Expected => ({
  size,
  wrongSize: ArrivingBytes.wrongCount(size),
  fail: (reason) => new StorageError({ provider: "memory", operation: "read", reason })
})

/** How reading ends once all time has passed, and after how many bytes. */
const ending = (pieces: Stream.Stream<Uint8Array, StorageError>, expected: ArrivingBytes.Expected) =>
  Effect.gen(function* () {
    let arrived = 0
    const read = Stream.runForEach(ArrivingBytes.holding(pieces, expected), (piece) =>
      Effect.sync(() => {
        arrived += piece.length
      })
    )
    const ended = Effect.match(read, { onFailure: ({ message }) => message, onSuccess: () => "whole" })
    const fiber = yield* Effect.forkChild(ended)
    yield* TestClock.adjust("30 days")
    return { how: yield* Fiber.join(fiber), arrived }
  })

describe("bytes that arrive", () => {
  it.effect("are not waited for where less than 32 KiB come in two minutes, and are however long the file is", () =>
    Effect.gen(function* () {
      const drops = yield* ending(coming(10_000, 100, "50 seconds"), expecting(1_000_000))
      assert.include(drops.how, "too slowly")
      assert.strictEqual(drops.arrived, 200)
      const slow = yield* ending(coming(1000, 16 * kibibyte, "50 seconds"), expecting(1000 * 16 * kibibyte))
      assert.deepStrictEqual(slow, { how: "whole", arrived: 1000 * 16 * kibibyte })
    })
  )

  it.effect("may be silent once for longer than that, which other limits are for", () =>
    Effect.gen(function* () {
      const { how } = yield* ending(coming(1, 10, "600 seconds"), expecting(10))
      assert.strictEqual(how, "whole")
    })
  )

  it.effect("are not counted against while their reader is away", () =>
    Effect.gen(function* () {
      const read = Stream.runForEach(ArrivingBytes.holding(coming(20, 100, "1 seconds"), expecting(2000)), () =>
        Effect.sleep("1 hour")
      )
      const fiber = yield* Effect.forkChild(read)
      yield* TestClock.adjust("30 days")
      yield* Fiber.join(fiber)
    })
  )

  it.effect("are whole, or told by what is wrong with them", () =>
    Effect.gen(function* () {
      const pieces = Stream.make(...["ab", "cd"].map((text) => new TextEncoder().encode(text)))
      const digest = (expected: string): ArrivingBytes.Expected["digest"] => ({
        algorithm: "sha1",
        wrong: (actual) => (actual === expected ? undefined : ArrivingBytes.wrongCount(0)(1))
      })
      assert.strictEqual((yield* ending(pieces, expecting(4))).how, "whole")
      assert.include((yield* ending(pieces, expecting(5))).how, "4 of 5 bytes arrived")
      assert.include((yield* ending(pieces, expecting(3))).how, "more arrives than the 3 bytes")
      assert.strictEqual((yield* ending(pieces, { ...expecting(4), digest: digest(sha1("abcd")) })).how, "whole")
      assert.include((yield* ending(pieces, { ...expecting(4), digest: digest(sha1("abce")) })).how, "more arrives")
      const empty = yield* ending(bytes("").read({ offset: 0, length: 0 }), {
        ...expecting(0),
        digest: digest(sha1(""))
      })
      assert.strictEqual(empty.how, "whole")
    })
  )

  it("of a range are those that Content-Range names", () => {
    const range = { offset: 5, length: 3 }
    assert.deepStrictEqual(ArrivingBytes.saysRange("bytes 5-7/10", range), { isRight: true, total: 10 })
    assert.deepStrictEqual(ArrivingBytes.saysRange("bytes 5-7/*", range), { isRight: true, total: undefined })
    assert.deepStrictEqual(ArrivingBytes.saysRange("bytes 5-8/10", range), { isRight: false, total: 10 })
    assert.deepStrictEqual(ArrivingBytes.saysRange("bytes 4-7/10", range), { isRight: false, total: 10 })
    assert.deepStrictEqual(ArrivingBytes.saysRange(undefined, range), { isRight: false, total: undefined })
    assert.strictEqual(ArrivingBytes.rangeHeader(range), "bytes=5-7")
  })
})
