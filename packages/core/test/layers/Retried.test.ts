import { assert, describe, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import { NotFound, StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import { retried } from "@ourclone/core/layers/Retried"
import { type Retry, RetryListener } from "@ourclone/core/layers/Retry"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as ProviderContract from "@ourclone/core/testing/ProviderContract"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { at, bytes, contentOf, list, modifiedAt, pattern, pieces, put, sha1, textAt } from "../../src/testing/Check.ts"

const outage = new StorageError({
  provider: "memory",
  operation: "read",
  reason: new Unavailable({ message: "the connection broke" })
})

/** Lets the pauses of `effect` pass. */
const soon = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

/** Breaks each reading after so many pieces of 1 MiB, and notes what was asked for. */
const breaking = (provider: Provider, after: number) => {
  const asked: Array<number> = []
  const broken: Provider = {
    ...provider,
    read: (file, range) =>
      Stream.suspend(() => {
        asked.push(range?.offset ?? 0)
        const read = provider.read(file, range)
        const isLast = (range?.length ?? file.size) <= after * 1024 * 1024
        return isLast ? read : Stream.concat(Stream.take(read, after), Stream.fail(outage))
      })
  }
  return { asked, broken }
}

describe("retried", () => {
  for (const check of ProviderContract.checks) {
    it.effect(`changes nothing of a good provider: ${check.name}`, ({ skip }) =>
      soon(Effect.suspend(() => ProviderContract.runOrSkip(check, retried(MemoryProvider.make()), skip)))
    )
  }

  it.effect("makes every call again that failed and may pass", () =>
    Effect.gen(function* () {
      const methods = ["put", "stat", "readAll", "read", "list", "remove", "makeDirectory", "move", "start"] as const
      const faulty = FaultyProvider.make(
        MemoryProvider.make(),
        methods.map((method) => ({ method, nth: 1, kind: "fail" as const }))
      )
      const provider = retried(faulty)
      yield* soon(
        Effect.gen(function* () {
          const file = yield* put(provider, "a", "hello")
          assert.strictEqual(yield* textAt(provider, "a"), "hello")
          yield* provider.readAll(file)
          yield* provider.makeDirectory!(at("d"))
          yield* provider.move!(file, at("b"))
          yield* provider.largeFile!.start(at("big"), { modifiedAt, size: 10, partSize: 5 })
          assert.deepStrictEqual(yield* list(provider, ""), ["Directory d", "File b"])
          yield* provider.remove(at("b"))
        })
      )
      for (const method of methods) assert.isAtLeast(faulty.calls(method), 2, method)
    })
  )

  it.effect("tells the run that caused it of error, attempt and pause before it sleeps", () =>
    Effect.gen(function* () {
      const faulty = FaultyProvider.make(MemoryProvider.make(), [
        { method: "stat", nth: 1, kind: "fail" },
        { method: "stat", nth: 2, kind: "fail" }
      ])
      const provider = retried(faulty)
      yield* put(provider, "a", "hello")
      const told: Array<Retry> = []
      const work = Effect.provideService(provider.stat(at("a")), RetryListener, (retry) => void told.push(retry))
      const fiber = yield* Effect.forkChild(work)
      yield* Effect.yieldNow
      assert.strictEqual(told.length, 1)
      assert.strictEqual(told[0]?.error.reason._tag, "Unavailable")
      assert.isAbove(told[0]?.pauseMillis ?? 0, 300)
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        told.map(({ attempt }) => attempt),
        [1, 2]
      )
    })
  )

  it.effect("makes no call again where that is what the remote says, and only so often as it says", () =>
    Effect.gen(function* () {
      for (const most of [0, 1, 3]) {
        const faulty = FaultyProvider.make(MemoryProvider.make(), [
          { method: "stat", kind: "fail" },
          { method: "list", kind: "fail" }
        ])
        const provider = retried(faulty, most)
        yield* soon(Effect.flip(provider.stat(at("a"))))
        yield* soon(Effect.flip(Stream.runDrain(provider.list(at("")))))
        assert.deepStrictEqual([faulty.calls("stat"), faulty.calls("list")], [most + 1, most + 1])
      }
    })
  )

  it.effect("does not begin a listing again once something of it was handed on", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      yield* put(memory, "a", "a")
      let begun = 0
      const provider = retried({
        ...memory,
        list: (directory) =>
          Stream.suspend(() => {
            begun++
            return Stream.concat(memory.list(directory), Stream.fail(outage))
          })
      })
      const error = yield* Effect.flip(Stream.runDrain(provider.list(at(""))))
      assert.deepStrictEqual([error.reason._tag, begun], ["Unavailable", 1])
    })
  )
})

describe("reading that breaks", () => {
  const size = 5 * 1024 * 1024 + 17
  const content = pattern(size)

  it.effect("goes on at its offset, as often as bytes arrive in between, and is whole", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const file = yield* memory.put(at("a"), pieces(content), { modifiedAt })
      const { asked, broken } = breaking(memory, 1)
      const provider = retried(broken)
      const read = yield* soon(contentOf(provider.read(file)))
      assert.strictEqual(sha1(read), sha1(content))
      const mebibyte = 1024 * 1024
      assert.deepStrictEqual(asked, [0, mebibyte, 2 * mebibyte, 3 * mebibyte, 4 * mebibyte, 5 * mebibyte])
      const range = { offset: 100, length: 2 * mebibyte }
      const part = yield* soon(contentOf(provider.read(file, range)))
      assert.strictEqual(sha1(part), sha1(content.subarray(100, 100 + range.length)))
    })
  )

  it.effect("is held against the SHA-1 of the whole where that is known", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const file = yield* memory.put(at("a"), pieces(content), { modifiedAt })
      const wrong: Provider = {
        ...memory,
        read: (_, range) => {
          const { length, offset } = range ?? { offset: 0, length: size }
          return pieces(content.slice(offset, offset + length).reverse()).read()
        }
      }
      const readOf = (noted: object) =>
        soon(Effect.flip(Stream.runDrain(retried(breaking(wrong, 1).broken).read({ ...file, ...noted }))))
      const error = yield* readOf({})
      assert.deepInclude(error.reason, { _tag: "ChecksumMismatch", expected: sha1(content) })
      assert.notInclude(error.message, "noted")
      const noted = yield* readOf({ hasNotedChecksums: true })
      assert.include(noted.message, "the note is wrong")
      assert.isFalse(noted.isRetryable)
    })
  )

  it.effect("gives up where only a few bytes come each time", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const file = yield* memory.put(at("a"), pieces(content), { modifiedAt })
      let asked = 0
      const dripping: Provider = {
        ...memory,
        read: () =>
          Stream.suspend(() => {
            asked++
            return Stream.concat(Stream.succeed(new Uint8Array(100)), Stream.fail(outage))
          })
      }
      const error = yield* soon(Effect.flip(Stream.runDrain(retried(dripping).read(file))))
      assert.deepStrictEqual([error.reason._tag, asked], ["Unavailable", 20])
    })
  )

  it.effect("gives up when nothing arrives any more, and at what can not pass", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const file = yield* memory.put(at("a"), bytes("hello"), { modifiedAt })
      const never = FaultyProvider.make(memory, [{ method: "read", kind: "fail" }])
      const error = yield* soon(Effect.flip(Stream.runDrain(retried(never).read(file))))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.strictEqual(never.calls("read"), 20)
      const reason = new NotFound({ message: "it is gone" })
      const gone = FaultyProvider.make(memory, [{ method: "read", kind: "fail", reason }])
      yield* Effect.flip(Stream.runDrain(retried(gone).read(file)))
      assert.strictEqual(gone.calls("read"), 1)
    })
  )
})
