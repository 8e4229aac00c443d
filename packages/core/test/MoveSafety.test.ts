import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/ByteSource"
import type { Comparison } from "@ourclone/core/Compare"
import * as Plan from "@ourclone/core/Plan"
import type { Provider } from "@ourclone/core/Provider"
import { makeUnsafe, root } from "@ourclone/core/RemotePath"
import { PermissionDenied, StorageError } from "@ourclone/core/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Transfer from "@ourclone/core/Transfer"
import type { TransferEvent } from "@ourclone/core/TransferEvent"
import { Effect, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

const textAt = (provider: Provider, path: string) =>
  Effect.flatMap(provider.stat(makeUnsafe(path)), (file) =>
    Effect.map(provider.readAll(file), (bytes) => new TextDecoder().decode(bytes))
  )

const names = (provider: Provider) =>
  Effect.map(Stream.runCollect(provider.list(root)), (entries) => entries.map(({ path }) => path))

const move = (source: Provider, destination: Provider, comparison: Comparison = { by: "time" }) => {
  const events: Array<TransferEvent> = []
  const plan = Plan.make(source, destination, { comparison, removesExtra: false, reportsSame: true })
  const options = { transfers: 2, partConcurrency: 2, allowsEmptySource: true, removesSource: true }
  const onEvent = (event: TransferEvent) => void events.push(event)
  return Effect.map(Transfer.execute(source, destination, plan, { ...options, onEvent }), (summary) => ({
    summary,
    events
  }))
}

describe("a move", () => {
  for (const comparison of [
    { by: "time", keepsNewer: true },
    { by: "time", keepsExisting: true }
  ] as const) {
    it.effect(`keeps at the source what it was told to leave alone: ${JSON.stringify(comparison)}`, () =>
      Effect.gen(function* () {
        const source = MemoryProvider.make()
        const destination = MemoryProvider.make()
        yield* put(source, "a", "the only copy", 1000)
        yield* put(destination, "a", "something else", 2000)
        const { summary } = yield* move(source, destination, comparison)
        assert.strictEqual(yield* textAt(source, "a"), "the only copy")
        assert.strictEqual(yield* textAt(destination, "a"), "something else")
        assert.deepInclude(summary, { moved: 0, same: 1, failed: 0 })
      })
    )
  }

  it.effect("keeps at the source a file that was changed after it was read", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "a", "first")
      yield* put(source, "same")
      yield* put(memory, "same")
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) =>
          memory.put(path, bytes, options).pipe(
            Effect.tap(() => put(source, "a", "second", 2000)),
            Effect.tap(() => put(source, "same", "other", 2000))
          )
      }
      const { events, summary } = yield* move(source, destination)
      assert.strictEqual(yield* textAt(source, "a"), "second")
      assert.strictEqual(yield* textAt(memory, "a"), "first")
      assert.isAtLeast(summary.failed, 1)
      const failed = events.find((event) => event._tag === "Failed" && event.path === "a")
      assert.include(JSON.stringify(failed), "SourceChanged")
    })
  )

  it.effect("does not mind a source file that somebody else removed after it was stored", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "a")
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) => Effect.tap(memory.put(path, bytes, options), () => source.remove(path))
      }
      const { summary } = yield* move(source, destination)
      assert.deepInclude(summary, { stored: 1, failed: 0 })
    })
  )

  it.effect("keeps at the source a file of which fewer bytes were stored", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make({ location: "one" })
      const memory = MemoryProvider.make({ account: source.memory, location: "two" })
      yield* put(source, "a", "hello")
      const destination: Provider = {
        ...memory,
        copy: (from, location, to) => Effect.map(memory.copy!(from, location, to), (file) => ({ ...file, size: 3 }))
      }
      const { summary } = yield* move(source, destination)
      assert.strictEqual(yield* textAt(source, "a"), "hello")
      assert.deepInclude(summary, { failed: 1, moved: 0 })
    })
  )
})

describe("a copy inside the service", () => {
  it.effect("goes through this machine when the destination's key may not read the source", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make({ location: "one" })
      const memory = MemoryProvider.make({ account: source.memory, location: "two" })
      for (const path of ["a", "b", "c"]) yield* put(source, path)
      let asked = 0
      const reason = new PermissionDenied({ message: "the key only reaches the bucket two" })
      const destination: Provider = {
        ...memory,
        copy: (_from, _location, to) =>
          Effect.suspend(() => {
            asked++
            return Effect.fail(new StorageError({ provider: "memory", operation: "copy", path: to, reason }))
          })
      }
      const { summary } = yield* move(source, destination)
      assert.deepStrictEqual(yield* names(memory), ["a", "b", "c"])
      assert.deepInclude(summary, { stored: 3, copied: 0, moved: 3, failed: 0 })
      assert.isAtMost(asked, 2, "once for each of the two transfers that run at a time")
    })
  )
})
