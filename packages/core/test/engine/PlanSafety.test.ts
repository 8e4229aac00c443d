import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Entry } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { NoSpace, SourceChanged, StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import * as Filter from "@ourclone/core/filter/Filter"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Result, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

const sync: Plan.PlanOptions = { comparison: { by: "time" }, removesExtra: true }

const lines = (source: Provider, destination: Provider, options = sync) =>
  Effect.map(Stream.runCollect(Plan.make(source, destination, options).actions), (actions) =>
    actions.map((action) => {
      const path = "path" in action ? action.path : action._tag === "Pass" ? action.entry.path : action.file.path
      return `${action._tag} ${path}`
    })
  )

const file = (path: string): Entry => ({ _tag: "File", path: makeUnsafe(path), size: 1, modifiedAt: 1, checksums: {} })

const listing = (entries: ReadonlyArray<Entry>, chunkSize = 2): Provider => ({
  ...MemoryProvider.make(),
  name: "memory:odd",
  list: () => Stream.fromIterable(entries, { chunkSize })
})

describe("a plan", () => {
  it.effect("passes over the later of two files that would be stored under one name, and over no other", () =>
    Effect.gen(function* () {
      const destination: Provider = {
        ...MemoryProvider.make(),
        storedAs: (path) => makeUnsafe(path.replace(/(?<=[^/])[.]link$/, ""))
      }
      const paths = [
        "a",
        "a!",
        "a!.link",
        "a-",
        "a.link",
        "a.link.link",
        "a0",
        "b.link",
        "b/c",
        "b/c/d.link",
        "b/cc.link"
      ]
      const found = yield* lines(listing(paths.map(file)), destination)
      assert.deepStrictEqual(
        found.filter((line) => line.startsWith("Pass")),
        ["Pass a!.link", "Pass a.link"]
      )
      assert.lengthOf(found, paths.length)
      yield* put(destination, "a.link")
      assert.deepStrictEqual(yield* lines(listing([file("a"), file("a.link")]), destination), ["Put a", "Pass a.link"])
    })
  )

  it.effect("removes no file that the source has in other letter case, where case may not count", () =>
    Effect.gen(function* () {
      const source = listing(["A.TXT", "DIR/one", "kept", "left-OUT", "É"].map(file))
      const memory = MemoryProvider.make()
      for (const path of ["Dir/one", "Dir/two", "a.txt", "e\u0301", "left-out"]) yield* put(memory, path)
      const filter = Result.getOrThrow(Filter.make({ exclude: ["left-OUT"] }))
      const removals = (isCaseSensitive: boolean | undefined) =>
        Effect.gen(function* () {
          const destination = { ...memory, capabilities: { ...memory.capabilities, isCaseSensitive } }
          const plan = Plan.make(source, destination, { ...sync, filter })
          const actions = yield* Stream.runCollect(plan.actions)
          const removed = actions.flatMap((action) => (action._tag === "Remove" ? [action.path as string] : []))
          assert.strictEqual(plan.totals.removals, removed.length)
          return removed
        })
      for (const isCaseSensitive of [false, undefined]) {
        assert.deepStrictEqual(yield* removals(isCaseSensitive), ["Dir/two"])
      }
      assert.deepStrictEqual(yield* removals(true), ["Dir/one", "Dir/two", "a.txt", "e\u0301", "left-out"])
    })
  )

  it.effect("keeps what lies below a name that the source has as a link, in whatever letter case", () =>
    Effect.gen(function* () {
      const link: Entry = { _tag: "Skipped", path: "LINK", because: "it is a symbolic link", isFailure: false }
      const memory = MemoryProvider.make()
      yield* put(memory, "link/file")
      const destination = { ...memory, capabilities: { ...memory.capabilities, isCaseSensitive: undefined } }
      assert.deepStrictEqual(yield* lines(listing([link]), destination), ["Pass LINK"])
      assert.deepStrictEqual(yield* lines(listing([link]), memory), ["Pass LINK", "Remove link/file"])
    })
  )

  it.effect("passes over the same one of two names that differ in letter case alone in every run", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const destination = { ...memory, capabilities: { ...memory.capabilities, isCaseSensitive: undefined } }
      const source = listing(["X.TXT", "ss", "x.txt", "ß"].map(file))
      assert.deepStrictEqual(yield* lines(source, destination), ["Put X.TXT", "Put ss", "Pass x.txt", "Put ß"])
      yield* memory.put(makeUnsafe("x.txt"), ByteSource.fromBytes(new Uint8Array(1)), { modifiedAt: 1 })
      const again = listing(["X.TXT", "x.txt"].map(file))
      assert.deepStrictEqual(yield* lines(again, destination), ["Put X.TXT", "Pass x.txt"])
      yield* memory.put(makeUnsafe("X.TXT"), ByteSource.fromBytes(new Uint8Array(1)), { modifiedAt: 1 })
      yield* memory.remove(makeUnsafe("x.txt"))
      assert.deepStrictEqual(yield* lines(again, destination), ["Pass x.txt"])
    })
  )

  it.effect("passes over one file that can not be hashed, and goes on with the rest", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const destination = MemoryProvider.make()
      for (const path of ["a", "b", "c"]) {
        yield* put(memory, path, "bytes", 1000)
        yield* put(destination, path, "other", 2000)
      }
      const digest = (reason: SourceChanged | NoSpace): Provider => ({
        ...memory,
        list: (path, options) =>
          Stream.map(memory.list(path, options), (entry) =>
            entry._tag === "File" ? { ...entry, checksums: {} } : entry
          ),
        digest:
          ({ path }) =>
          () =>
            path === "b"
              ? Effect.fail(new StorageError({ provider: "memory", operation: "digest", path, reason }))
              : Effect.succeed({ algorithm: "sha1" as const, whole: "0", parts: [] })
      })
      const changing = digest(new SourceChanged({ message: "it was changed after it was listed" }))
      assert.deepStrictEqual(yield* lines(changing, destination), ["Put a", "Pass b", "Put c"])
      const full = digest(new NoSpace({ message: "nothing can be done any more" }))
      assert.strictEqual((yield* Effect.flip(lines(full, destination))).reason._tag, "NoSpace")
    })
  )

  it.effect("asks again for a digest that fails for a moment", () =>
    Effect.gen(function* () {
      const memory = MemoryProvider.make()
      const destination = MemoryProvider.make()
      yield* put(memory, "a", "bytes", 1000)
      yield* put(destination, "a", "other", 2000)
      let asked = 0
      const reason = new Unavailable({ message: "too many files are open", retryAtOnce: true })
      const source: Provider = {
        ...memory,
        list: () => Stream.succeed({ ...file("a"), size: 5 }),
        digest: () => () =>
          Effect.suspend(() =>
            ++asked === 1
              ? Effect.fail(new StorageError({ provider: "memory", operation: "digest", reason }))
              : Effect.succeed({ algorithm: "sha1" as const, whole: "0", parts: [] })
          )
      }
      assert.deepStrictEqual(yield* lines(source, destination), ["Put a"])
    })
  )

  for (const side of ["source", "destination"] as const) {
    for (const chunkSize of [1, 2, 9]) {
      it.effect(`fails, and removes nothing, when the ${side} is listed out of order, ${chunkSize} at a time`, () =>
        Effect.gen(function* () {
          const right = listing(["a", "b", "c"].map(file))
          const wrong = listing(["a", "c", "b"].map(file), chunkSize)
          const [source, destination] = side === "source" ? [wrong, right] : [right, wrong]
          const removed: Array<string> = []
          const watched = { ...destination, remove: (path: string) => Effect.sync(() => void removed.push(path)) }
          const plan = Plan.make(source, watched, { ...sync, comparison: { by: "size" } })
          const options = { transfers: 1, partConcurrency: 1, allowsEmptySource: true, tell: silent }
          const error = yield* Effect.flip(Transfer.execute(source, watched, plan, options))
          assert.include(error.message, "out of order")
          assert.include(error.message, "memory:odd")
          assert.deepStrictEqual(removed, [])
        })
      )
    }
  }

  it.effect("does not remove a file that the destination lists twice", () =>
    Effect.gen(function* () {
      const destination = listing(["a", "b", "b", "c", "d", "d"].map(file))
      const actions = yield* lines(listing(["a", "b", "c"].map(file)), destination, {
        ...sync,
        comparison: { by: "size" }
      })
      assert.deepStrictEqual(actions, ["Remove d"])
    })
  )

  it.effect("removes nothing below what the source has and can not transfer, such as a folder that is a link now", () =>
    Effect.gen(function* () {
      const link: Entry = { _tag: "Skipped", path: "a", because: "it is a symbolic link", isFailure: false }
      const empty: Entry = { _tag: "Directory", path: makeUnsafe("a/empty") }
      const destination = listing([file("a-b"), file("a/b/c"), empty, file("a/x"), file("ab")])
      const actions = yield* lines(listing([link, file("b")]), destination, sync)
      assert.deepStrictEqual(actions, ["Pass a", "Remove a-b", "Remove ab", "Put b"])
    })
  )

  it.effect("takes a directory that can not be read where its content would be", () =>
    Effect.gen(function* () {
      const skipped: Entry = { _tag: "Skipped", path: "a", because: "it may not be read", isFailure: true }
      const actions = yield* lines(listing([file("a-b"), skipped, file("b")]), listing([file("a-b"), file("a/c")]), {
        ...sync,
        comparison: { by: "size" }
      })
      assert.include(actions, "Pass a")
    })
  )
})
