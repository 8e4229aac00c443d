import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Entry } from "@ourclone/core/contract/Entry"
import type { ListOptions, Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Filter from "@ourclone/core/filter/Filter"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Result, Stream } from "effect"

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

const sync: Plan.PlanOptions = { comparison: { by: "time" }, removesExtra: true }

const planOf = (source: Provider, destination: Provider, options: Partial<Plan.PlanOptions> = {}) => {
  const plan = Plan.make(source, destination, { ...sync, ...options })
  return Effect.map(Stream.runCollect(plan.actions), (actions) => ({
    totals: plan.totals,
    lines: actions.map((action) => {
      const path = "path" in action ? action.path : action._tag === "Pass" ? action.entry.path : action.file.path
      return `${action._tag} ${path}`
    })
  }))
}

const without = (...exclude: ReadonlyArray<string>) => Result.getOrThrow(Filter.make({ exclude }))

const sides = () => ({ source: MemoryProvider.make(), destination: MemoryProvider.make() })

describe("a plan with a filter", () => {
  it.effect("neither transfers nor removes what is excluded, on whichever side it is", () =>
    Effect.gen(function* () {
      const { destination, source } = sides()
      for (const path of ["here.tmp", "both.tmp", "new", "cache/a"]) yield* put(source, path)
      for (const path of ["there.tmp", "extra", "cache/b"]) yield* put(destination, path)
      yield* put(destination, "both.tmp", "another content", 2000)
      const { lines, totals } = yield* planOf(source, destination, { filter: without("*.tmp", "/cache/**") })
      assert.deepStrictEqual(lines, ["Remove extra", "Put new"])
      assert.deepInclude(totals, { sourceFiles: 1, destinationFiles: 1, removals: 1, putFiles: 1 })
    })
  )

  it.effect("judges a file that both sides have by what it is at the source", () =>
    Effect.gen(function* () {
      const { destination, source } = sides()
      yield* put(source, "a", "now it is a large one")
      yield* put(destination, "a", "small")
      yield* put(source, "b", "small")
      yield* put(destination, "b", "it was a large one")
      const filter = Result.getOrThrow(Filter.make({ minSize: "10B" }))
      assert.deepStrictEqual((yield* planOf(source, destination, { filter })).lines, ["Put a"])
    })
  )

  it.effect("makes and removes no empty folders that are excluded", () =>
    Effect.gen(function* () {
      const { destination, source } = sides()
      for (const path of ["cache/new", "new"]) yield* source.makeDirectory!(makeUnsafe(path))
      for (const path of ["cache/old", "old"]) yield* destination.makeDirectory!(makeUnsafe(path))
      const { lines } = yield* planOf(source, destination, { filter: without("/cache/**") })
      assert.deepStrictEqual(lines, ["MakeDirectory new", "RemoveDirectory old"])
    })
  )

  it.effect("lets both listings pass over folders that hold nothing of interest", () =>
    Effect.gen(function* () {
      const { destination, source } = sides()
      const asked: Array<ListOptions | undefined> = []
      const watched = (provider: Provider): Provider => ({
        ...provider,
        list: (path, options) => {
          asked.push(options)
          return provider.list(path, options)
        }
      })
      yield* planOf(watched(source), watched(destination), { filter: without("/cache/**") })
      assert.deepStrictEqual(
        asked.map((options) => options?.mayContain?.(makeUnsafe("cache"))),
        [false, false]
      )
    })
  )
})

describe("a plan", () => {
  const listing = (...entries: ReadonlyArray<Entry>): Provider => ({
    ...MemoryProvider.make(),
    list: () => Stream.fromIterable(entries)
  })
  const skipped = (isFailure: boolean): Entry => ({
    _tag: "Skipped",
    path: "a",
    because: "it can not be read",
    isFailure
  })
  const file: Entry = { _tag: "File", path: makeUnsafe("a"), size: 1, modifiedAt: 1, checksums: {} }

  it.effect("keeps the stored file of one that can not be read at the source", () =>
    Effect.gen(function* () {
      for (const isFailure of [true, false]) {
        assert.deepStrictEqual((yield* planOf(listing(skipped(isFailure)), listing(file))).lines, ["Pass a"])
      }
    })
  )

  it.effect("stores a file where something stands at the destination that is no file", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* planOf(listing(file), listing(skipped(false)))).lines, ["Put a"])
    })
  )

  it.effect("tells of what can not be read at the destination, and not of what is only passed over", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* planOf(listing(), listing(skipped(true)))).lines, ["Pass a"])
      assert.deepStrictEqual((yield* planOf(listing(), listing(skipped(false)))).lines, [])
    })
  )

  it.effect("removes no empty folders unless told to remove", () =>
    Effect.gen(function* () {
      const { destination, source } = sides()
      yield* destination.makeDirectory!(makeUnsafe("old"))
      assert.deepStrictEqual((yield* planOf(source, destination, { removesExtra: false })).lines, [])
    })
  )

  it.effect("sends a file again whose time differs and whose bytes nobody can vouch for", () =>
    Effect.gen(function* () {
      for (const by of ["time", "checksum"] as const) {
        const { lines } = yield* planOf(listing(file), listing({ ...file, modifiedAt: 9 }), { comparison: { by } })
        assert.deepStrictEqual(lines, ["Put a"], by)
      }
      const same = yield* planOf(listing(file), listing(file), { comparison: { by: "checksum" }, reportsSame: true })
      assert.deepStrictEqual(same.lines, ["Keep a"])
    })
  )

  it.effect("touches nothing where a side keeps no times", () =>
    Effect.gen(function* () {
      const source = MemoryProvider.make()
      const destination = MemoryProvider.make({ capabilities: { modifiedAtPrecision: undefined } })
      yield* put(source, "a", "bytes", 1000)
      yield* put(destination, "a", "bytes", 2000)
      const { lines } = yield* planOf(source, destination, { comparison: { by: "checksum" }, reportsSame: true })
      assert.deepStrictEqual(lines, ["Keep a"])
    })
  )

  it.effect("hashes an empty file too", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const empty: Entry = { ...file, size: 0 }
      const digest: Provider["digest"] =
        () =>
        (partSize = 0) =>
          Effect.sync(() => {
            asked.push(partSize)
            return { algorithm: "sha1" as const, whole: "same", parts: [] }
          })
      const hashing = (entry: Entry): Provider => ({ ...listing(entry), digest, touch: undefined })
      const { totals } = yield* planOf(hashing(empty), hashing({ ...empty, modifiedAt: 9 }))
      assert.strictEqual(totals.same, 1)
      assert.isAtLeast(Math.min(...asked), 1)
    })
  )
})
