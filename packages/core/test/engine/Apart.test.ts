import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import { ofPath } from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { silent } from "@ourclone/core/events/Tell"
import * as MemoryAccount from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Result } from "effect"

const options = { transfers: 4, partConcurrency: 2, allowsEmptySource: false, tell: silent }

const put = (provider: Provider, path: string, text = path, modifiedAt = 1000) =>
  provider.put(makeUnsafe(path), ByteSource.fromBytes(new TextEncoder().encode(text)), { modifiedAt })

/** The same account, or another, by an address of its own, which nothing tells from another account. */
const by = (address: string, settings: MemoryProvider.Options) => {
  const provider = MemoryProvider.make({ ...settings, name: `memory at ${address}` })
  return { ...provider, place: ofPath(address, settings.location ?? "") }
}

const move = (source: Provider, destination: Provider, comparison: Plan.PlanOptions["comparison"] = { by: "time" }) =>
  Effect.suspend(() => {
    const plan = Plan.make(source, destination, { comparison, removesExtra: false, reportsSame: true })
    return Effect.result(Transfer.execute(source, destination, plan, { ...options, removesSource: true }))
  })

const sync = (source: Provider, destination: Provider) =>
  Effect.suspend(() => {
    const plan = Plan.make(source, destination, { comparison: { by: "time" }, removesExtra: true })
    return Effect.result(Transfer.execute(source, destination, plan, options))
  })

const guardOf = (result: Result.Result<unknown, { readonly _tag: string }>): string =>
  Result.isFailure(result) && "guard" in result.failure ? String(result.failure.guard) : "none"

describe("two names of one place", () => {
  for (const hasDirectories of [true, false]) {
    const capabilities = { hasDirectories }
    it.effect(`lose nothing by a move between them, where folders are ${hasDirectories ? "things" : "names"}`, () =>
      Effect.gen(function* () {
        const account = MemoryAccount.make()
        const [source, destination] = [by("one", { account, capabilities }), by("two", { account, capabilities })]
        for (const path of ["a", "b", "c", "d", "e"]) yield* put(source, path)
        const found = yield* move(source, destination)
        assert.strictEqual(guardOf(found), "overlap")
        assert.deepStrictEqual([...account.files.keys()].sort(), ["a", "b", "c", "d", "e"])
      })
    )
  }

  it.effect("lose nothing where all is to be transferred anew", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const settings = { account, hasVersionIds: false }
      const source: Provider = by("one", settings)
      yield* put(source, "a")
      const nameless: Provider = {
        ...source,
        stat: (path) => Effect.map(source.stat(path), ({ identity, ...file }) => file)
      }
      const found = yield* move(nameless, by("two", settings), { by: "time", ignoresTimes: true })
      assert.strictEqual(guardOf(found), "overlap")
      assert.deepStrictEqual([...account.files.keys()], ["a"])
    })
  )

  it.effect("keep a source that lies in the destination of a sync", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const source = by("one", { account, location: "in/x" })
      for (const path of ["f", "g"]) yield* put(source, path)
      const found = yield* sync(source, by("two", { account, location: "in" }))
      assert.strictEqual(guardOf(found), "overlap")
      assert.deepStrictEqual([...account.files.keys()].sort(), ["in/f", "in/g", "in/x/f", "in/x/g"])
    })
  )

  it.effect("keep what a folder below both has, and nothing else", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const capabilities = { hasDirectories: true }
      const source = by("one", { account, location: "1", capabilities })
      const other = by("two", { account, location: "2", capabilities })
      // As a folder of the one that is mounted in the other.
      const seen = (path: string) => (path.startsWith("shared/") ? source : other)
      const destination: Provider = {
        ...other,
        list: source.list,
        stat: (path) => seen(path).stat(path),
        put: (path, bytes, how) => seen(path).put(path, bytes, how),
        remove: (path) => seen(path).remove(path)
      }
      for (const path of ["apart/a", "shared/b"]) yield* put(source, path)
      yield* put(other, "apart/a")
      const found = yield* move(source, destination)
      assert.deepInclude(Result.isSuccess(found) ? found.success : {}, { moved: 1, failed: 1 })
      assert.deepStrictEqual([...account.files.keys()].sort(), ["1/shared/b", "2/apart/a"])
    })
  )
})

describe("two places", () => {
  it.effect("are moved between, also what is there already, and nothing else stays behind", () =>
    Effect.gen(function* () {
      const [source, destination] = [by("one", {}), by("two", { keepsVersions: true })]
      for (const provider of [source, destination]) for (const path of ["a", "d/b"]) yield* put(provider, path)
      const found = yield* move(source, destination)
      assert.deepInclude(Result.isSuccess(found) ? found.success : {}, { moved: 2, failed: 0 })
      assert.deepStrictEqual([...source.memory.files.keys()], [])
      assert.deepStrictEqual([...destination.memory.files.keys()].sort(), ["a", "d/b"])
      assert.deepStrictEqual(
        [...destination.memory.history.entries()].flatMap(([path, kept]) => (kept.length > 0 ? [path] : [])).sort(),
        ["a", "d/b"]
      )
    })
  )

  it.effect("of names alone are asked for once in a run, however many folders there are", () =>
    Effect.gen(function* () {
      const [source, memory] = [by("one", {}), by("two", {})]
      const puts: Array<string> = []
      const destination: Provider = {
        ...memory,
        put: (path, bytes, how) => {
          puts.push(path)
          return memory.put(path, bytes, how)
        }
      }
      for (const provider of [source, memory]) for (const folder of ["a", "b", "c"]) yield* put(provider, `${folder}/f`)
      const found = yield* move({ ...source, mountOf: () => Effect.succeed(undefined) }, destination)
      assert.deepInclude(Result.isSuccess(found) ? found.success : {}, { moved: 3, failed: 0 })
      assert.lengthOf(puts, 1)
    })
  )

  it.effect("are synced, though the extra ones are called as those of the source", () =>
    Effect.gen(function* () {
      const [source, destination] = [by("one", {}), by("two", {})]
      yield* put(source, "f")
      yield* put(destination, "old/f")
      assert.isTrue(Result.isSuccess(yield* sync(source, destination)))
      assert.deepStrictEqual([...destination.memory.files.keys()], ["f"])
    })
  )

  it.effect("that a program may show as two are not told apart by what is not seen: what was there stays", () =>
    Effect.gen(function* () {
      const source: Provider = { ...by("one", {}), mountOf: () => Effect.succeed("0:52") }
      const destination = by("two", {})
      yield* put(source, "new")
      for (const provider of [source, destination]) yield* put(provider, "there")
      const found = yield* move(source, destination)
      assert.deepInclude(Result.isSuccess(found) ? found.success : {}, { moved: 1, failed: 1 })
      assert.deepStrictEqual([...destination.memory.files.keys()].sort(), ["new", "there"])
      assert.isTrue(Result.isSuccess(yield* Effect.result(source.stat(makeUnsafe("there")))))
    })
  )
})
