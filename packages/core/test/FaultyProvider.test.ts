import { assert, describe, it } from "@effect/vitest"
import { NotFound } from "@ourclone/core/contract/StorageError"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { at, bytes, list, modifiedAt, put, reason, textAt } from "../src/testing/Check.ts"

describe("FaultyProvider without faults", () => {
  for (const check of ProviderContract.checks) {
    it.effect(check.name, ({ skip }) =>
      Effect.suspend(() => ProviderContract.runOrSkip(check, FaultyProvider.make(MemoryProvider.make(), []), skip))
    )
  }
})

describe("FaultyProvider", () => {
  it.effect("fails only the call it was told to, before any work", () =>
    Effect.gen(function* () {
      const provider = FaultyProvider.make(MemoryProvider.make(), [{ method: "put", nth: 2, kind: "fail" }])
      const store = put(provider, "a.txt", "hello")
      yield* store
      yield* provider.remove(at("a.txt"))
      assert.strictEqual(yield* reason(store), "Unavailable")
      assert.deepStrictEqual(yield* list(provider, ""), [])
      yield* store
      assert.strictEqual(provider.calls("put"), 3)
    })
  )

  it.effect("fails every call with the reason it was given", () =>
    Effect.gen(function* () {
      const gone = new NotFound({ message: "gone" })
      const provider = FaultyProvider.make(MemoryProvider.make(), [{ method: "list", kind: "fail", reason: gone }])
      assert.strictEqual(yield* reason(list(provider, "")), "NotFound")
      assert.strictEqual(yield* reason(list(provider, "")), "NotFound")
    })
  )

  it.effect("loses the answer after the work was done", () =>
    Effect.gen(function* () {
      const faults: ReadonlyArray<FaultyProvider.Fault> = [
        { method: "put", kind: "loseAnswer" },
        { method: "finish", nth: 1, kind: "loseAnswer" }
      ]
      const provider = FaultyProvider.make(MemoryProvider.make({ limits: { minPartSize: 1 } }), faults)
      assert.strictEqual(yield* reason(put(provider, "a.txt", "hello")), "Unavailable")
      assert.strictEqual(yield* textAt(provider, "a.txt"), "hello")

      const large = provider.largeFile!
      const file = yield* large.start(at("big"), { modifiedAt, size: 5, partSize: 3 })
      const parts = [
        yield* large.uploadPart(file, 1, bytes("hel"), { offset: 0 }),
        yield* large.uploadPart(file, 2, bytes("lo"), { offset: 3 })
      ]
      assert.strictEqual(yield* reason(large.finish(file, parts)), "Unavailable")
      assert.strictEqual((yield* large.finish(file, parts)).size, 5)
    })
  )

  it.effect("loses the end of a stream after its last element", () =>
    Effect.gen(function* () {
      const provider = FaultyProvider.make(MemoryProvider.make(), [{ method: "read", kind: "loseAnswer" }])
      const file = yield* put(provider, "a.txt", "hello")
      let arrived = 0
      const reading = Stream.runForEach(provider.read(file), (piece) =>
        Effect.sync(() => {
          arrived += piece.length
        })
      )
      assert.strictEqual(yield* reason(reading), "Unavailable")
      assert.strictEqual(arrived, 5)
    })
  )

  it.effect("delays a call", () =>
    Effect.gen(function* () {
      const provider = FaultyProvider.make(MemoryProvider.make(), [{ method: "put", kind: "delay", by: "10 seconds" }])
      const fiber = yield* Effect.forkChild(put(provider, "a.txt", "hello"))
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual(yield* list(provider, ""), [])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(yield* list(provider, ""), ["File a.txt"])
    })
  )

  it.effect("turns over one bit of what is read, and leaves what is stored", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const provider = FaultyProvider.make(memory, [
        { method: "read", nth: 1, kind: "flipByte", offset: 1 },
        { method: "readAll", nth: 1, kind: "flipByte", offset: 0 }
      ])
      const file = yield* put(provider, "a.txt", "hello")
      assert.strictEqual(yield* textAt(provider, "a.txt"), "hdllo")
      assert.strictEqual(Buffer.from(yield* provider.readAll(file)).toString(), "iello")
      assert.strictEqual(yield* textAt(provider, "a.txt"), "hello")
    })
  )
})
