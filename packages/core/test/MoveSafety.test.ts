import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Capabilities } from "@ourclone/core/contract/Capabilities"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { PermissionDenied, type Reason, SourceChanged, StorageError } from "@ourclone/core/contract/StorageError"
import type { Comparison } from "@ourclone/core/engine/Compare"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Told from "@ourclone/core/testing/Told"
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
  const tell = Told.make()
  const plan = Plan.make(source, destination, { comparison, removesExtra: false, reportsSame: true })
  const options = { transfers: 2, partConcurrency: 2, allowsEmptySource: true, removesSource: true }
  return Effect.map(Transfer.execute(source, destination, plan, { ...options, tell }), (summary) => ({
    summary,
    facts: tell.facts
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
      const { facts, summary } = yield* move(source, destination)
      assert.strictEqual(yield* textAt(source, "a"), "second")
      assert.strictEqual(yield* textAt(memory, "a"), "first")
      assert.isAtLeast(summary.failed, 1)
      const failed = facts.find((fact) => fact._tag === "Failed" && fact.failure.item === "a")
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

describe("a file of which only the time differs", () => {
  const setUp = Effect.gen(function* () {
    const source = MemoryProvider.make()
    const memory = MemoryProvider.make()
    yield* put(source, "a", "bytes", 1000)
    yield* put(memory, "a", "bytes", 2000)
    return { source, memory }
  })
  const failing = (reason: Reason) => Effect.fail(new StorageError({ provider: "memory", operation: "touch", reason }))

  it.effect("is given the time, and then leaves the source of a move", () =>
    Effect.gen(function* () {
      const { memory, source } = yield* setUp
      const touch: Provider["touch"] = (file, modifiedAt) => Effect.succeed({ ...file, modifiedAt })
      const { summary } = yield* move(source, { ...memory, touch })
      assert.deepInclude(summary, { touched: 1, moved: 1, same: 0, stored: 0 })
      assert.deepStrictEqual(yield* names(source), [])
    })
  )

  it.effect("stays at the source of a move, and is no failure, when its time may not be set", () =>
    Effect.gen(function* () {
      const { memory, source } = yield* setUp
      const touch = () => failing(new PermissionDenied({ message: "it belongs to another user" }))
      const { facts, summary } = yield* move(source, { ...memory, touch })
      assert.deepInclude(summary, { touched: 0, moved: 0, failed: 0, skipped: 1 })
      assert.include(JSON.stringify(facts), "its times can not be set: it belongs to another user")
      assert.deepStrictEqual(yield* names(source), ["a"])
    })
  )

  it.effect("counts as the same, with one note for all of them, where a sync may not set its time", () =>
    Effect.gen(function* () {
      const { memory, source } = yield* setUp
      yield* put(source, "b", "b", 2000)
      yield* put(memory, "b", "b", 1000)
      const touch = () => failing(new PermissionDenied({ message: "it belongs to another user" }))
      const tell = Told.make()
      const plan = Plan.make(source, { ...memory, touch }, { comparison: { by: "time" }, removesExtra: true })
      const options = { transfers: 1, partConcurrency: 1, allowsEmptySource: true, tell }
      const summary = yield* Transfer.execute(source, { ...memory, touch }, plan, options)
      assert.deepInclude(summary, { touched: 0, same: 2, failed: 0, skipped: 0 })
      assert.deepStrictEqual(
        tell.of("Note").map(({ code }) => code),
        ["timesNotKept"]
      )
    })
  )

  it.effect("is a failed file when it can not be touched for another reason", () =>
    Effect.gen(function* () {
      const { memory, source } = yield* setUp
      const touch = () => failing(new SourceChanged({ message: "it was changed" }))
      const { summary } = yield* move(source, { ...memory, touch })
      assert.deepInclude(summary, { touched: 0, moved: 0, failed: 1 })
      assert.deepStrictEqual(yield* names(source), ["a"])
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

describe("a copy inside the service that fails for another reason", () => {
  it.effect("is a failed file, and is not tried through this machine", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make({ location: "one" })
      const memory = MemoryProvider.make({ account: source.memory, location: "two" })
      yield* put(source, "a")
      const error = new StorageError({
        provider: "memory",
        operation: "copy",
        reason: new SourceChanged({ message: "it was replaced" })
      })
      const { summary } = yield* move(source, { ...memory, copy: () => Effect.fail(error) })
      assert.deepInclude(summary, { failed: 1, stored: 0, copied: 0, moved: 0 })
      assert.deepStrictEqual(yield* names(source), ["a"])
    })
  )
})

describe("what a move stores", () => {
  it.effect("is durable before its source is removed; a copy waits for no disk", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const memory = MemoryProvider.make()
      const from = MemoryProvider.make()
      yield* put(from, "a")
      const source: Provider = {
        ...from,
        remove: (path) =>
          Effect.andThen(
            Effect.sync(() => events.push(`remove ${path}`)),
            from.remove(path)
          )
      }
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) =>
          Effect.map(memory.put(path, bytes, options), (file) => {
            events.push(options.durable === true ? `store ${path} durably` : `store ${path}`)
            return file
          })
      }
      yield* move(source, destination)
      yield* put(from, "b")
      const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: false })
      const options = { transfers: 1, partConcurrency: 1, allowsEmptySource: true, tell: silent }
      yield* Transfer.execute(source, destination, plan, options)
      assert.deepStrictEqual(events, ["store a durably", "remove a", "store b"])
    })
  )
})

describe("a sync to a place where case does not count", () => {
  it.effect("does not remove the old name of the file that it has just stored", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make()
      yield* put(source, "Photos/A.jpg", "new", 2000)
      yield* put(memory, "photos/a.jpg", "old", 1000)
      yield* put(memory, "photos/b.jpg")
      const fold = (path: string) => makeUnsafe(path.toLowerCase())
      const destination: Provider = {
        ...memory,
        capabilities: { ...memory.capabilities, isCaseSensitive: false },
        put: (path, bytes, options) => memory.put(fold(path), bytes, options),
        remove: (path) => memory.remove(fold(path))
      }
      const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
      const options = { transfers: 2, partConcurrency: 2, allowsEmptySource: false, tell: silent }
      yield* Transfer.execute(source, destination, plan, options)
      assert.deepStrictEqual(yield* names(memory), ["photos/a.jpg"])
      assert.strictEqual(yield* textAt(memory, "photos/a.jpg"), "new")
    })
  )
})

describe("two names that differ in letter case alone", () => {
  const both = (isCaseSensitive: boolean | undefined) =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const memory = MemoryProvider.make({ capabilities: { isCaseSensitive } as Partial<Capabilities> })
      yield* put(source, "X.TXT", "upper")
      yield* put(source, "x.txt", "lower")
      const fold = (path: string) => makeUnsafe(isCaseSensitive === true ? path : path.toLowerCase())
      const destination: Provider = {
        ...memory,
        put: (path, bytes, options) => memory.put(fold(path), bytes, options)
      }
      const { summary } = yield* move(source, destination)
      return { summary, left: yield* names(source) }
    })

  it.effect("are not moved over one another where case does not count or nobody knows: the second stays", () =>
    Effect.gen(function* () {
      for (const isCaseSensitive of [false, undefined]) {
        const { left, summary } = yield* both(isCaseSensitive)
        assert.deepInclude(summary, { stored: 1, moved: 1, failed: 1 })
        assert.deepStrictEqual(left, ["x.txt"])
      }
    })
  )

  it.effect("are two files where case counts", () =>
    Effect.gen(function* () {
      const { left, summary } = yield* both(true)
      assert.deepInclude(summary, { stored: 2, moved: 2, failed: 0 })
      assert.deepStrictEqual(left, [])
    })
  )
})
