import { assert, describe, it } from "@effect/vitest"
import { root } from "@ourclone/core/contract/RemotePath"
import { asOf } from "@ourclone/core/layers/Earlier"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { at, entries, list, put, reason } from "../../src/testing/Check.ts"

/** Directories are kept as files called `keep`, as some storages do. */
const withMarkers = () => {
  const provider = MemoryProvider.make({ keepsVersions: true })
  const versions = {
    ...provider.versions!,
    directoryOf: ({ path }: { readonly path: string }) =>
      path === "keep" ? root : path.endsWith("/keep") ? at(path.slice(0, -"/keep".length)) : undefined
  }
  return { provider, now: asOf(provider, versions, Number.MAX_SAFE_INTEGER) }
}

const shown = (found: ReadonlyArray<{ readonly _tag: string; readonly path: string }>) =>
  found.map(({ _tag, path }) => `${_tag} ${path}`)

describe("a storage as it was", () => {
  it.effect("shows an empty directory where its content would stand, and not one that holds something", () =>
    Effect.gen(function* () {
      const { now, provider } = withMarkers()
      for (const name of [
        "keep",
        "a-b",
        "a/keep",
        "a.txt",
        "b/!early",
        "b/keep",
        "b/late",
        "c/d/keep",
        "e/!early",
        "e/keep",
        "z/keep"
      ]) {
        yield* put(provider, name, "")
      }
      assert.deepStrictEqual(shown(yield* entries(now, "")), [
        "File a-b",
        "File a.txt",
        "Directory a",
        "File b/!early",
        "File b/late",
        "Directory c/d",
        "File e/!early",
        "Directory z"
      ])
      assert.deepStrictEqual(shown(yield* entries(now, "", 1)), [
        "File a-b",
        "File a.txt",
        "Directory a",
        "Directory b",
        "Directory c",
        "Directory e",
        "Directory z"
      ])
      assert.deepStrictEqual(shown(yield* entries(now, "a")), [])
      assert.deepStrictEqual(shown(yield* entries(now, "c")), ["Directory c/d"])
      assert.strictEqual(yield* reason(now.stat(at("a/keep"))), "NotFound")
    })
  )

  it.effect("is nothing that could be written to, and no place that overlaps with itself", () =>
    Effect.gen(function* () {
      const { now, provider } = withMarkers()
      yield* put(provider, "a", "a")
      assert.strictEqual(yield* reason(put(now, "a", "b")), "InvalidRequest")
      assert.strictEqual(yield* reason(now.remove(at("a"))), "InvalidRequest")
      assert.isUndefined(now.touch ?? now.move ?? now.largeFile ?? now.copy)
      assert.strictEqual(now.place.account, provider.place.account)
      assert.deepStrictEqual(now.place.ways, [])
    })
  )

  it.effect("tells of a directory that there was, and of none that there was not", () =>
    Effect.gen(function* () {
      const { now, provider } = withMarkers()
      yield* put(provider, "d/a", "a")
      yield* put(provider, "gone/a", "a")
      yield* provider.remove(at("gone/a"))
      assert.strictEqual((yield* now.statDirectory!(at("d")))._tag, "Directory")
      assert.strictEqual(yield* reason(now.statDirectory!(at("gone"))), "NotFound")
      assert.deepStrictEqual(yield* list(now, ""), ["File d/a"])
    })
  )

  it.effect("shows below a directory nothing of the file that had its name", () =>
    Effect.gen(function* () {
      const { now, provider } = withMarkers()
      yield* put(provider, "x", "file")
      yield* put(provider, "x/y", "below")
      assert.deepStrictEqual(yield* list(now, "x"), ["File x/y"])
    })
  )

  it.effect("reads no more of the versions than is asked of it", () =>
    Effect.gen(function* () {
      const provider = MemoryProvider.make({ keepsVersions: true })
      for (const name of ["a", "b", "c"]) yield* put(provider, name, name)
      let read = 0
      const versions = {
        ...provider.versions!,
        list: () => Stream.tap(Stream.rechunk(provider.versions!.list(root), 1), () => Effect.sync(() => read++))
      }
      yield* Stream.runCollect(Stream.take(asOf(provider, versions, Number.MAX_SAFE_INTEGER).list(root), 1))
      assert.strictEqual(read, 1)
    })
  )
})
