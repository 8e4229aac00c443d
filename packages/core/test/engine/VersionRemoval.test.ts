import { assert, describe, it } from "@effect/vitest"
import { root } from "@ourclone/core/contract/RemotePath"
import { PermissionDenied, StorageError } from "@ourclone/core/contract/StorageError"
import type { Version } from "@ourclone/core/contract/Versions"
import * as VersionRemoval from "@ourclone/core/engine/VersionRemoval"
import { silent } from "@ourclone/core/events/Tell"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { at, list, put } from "../../src/testing/Check.ts"

const options = { includesCurrent: false, until: Number.MAX_SAFE_INTEGER, isPreview: false, tell: silent }

const lines = (provider: ReturnType<typeof MemoryProvider.make>) =>
  Effect.map(Stream.runCollect(provider.versions!.list(root)), (found) =>
    found.map(({ kind, path, size }) => `${kind} ${path} ${size}`)
  )

/** `a` is there with two older versions, `b` was removed, `c` was removed and stored again. */
const setUp = Effect.gen(function* () {
  const provider = MemoryProvider.make({ keepsVersions: true })
  for (const text of ["1", "22", "333"]) yield* put(provider, "a", text)
  for (const text of ["1", "22"]) yield* put(provider, "b", text)
  yield* provider.remove(at("b"))
  yield* put(provider, "c", "1")
  yield* provider.remove(at("c"))
  yield* put(provider, "c", "22")
  return provider
})

/** `versions.remove`, noting after each what a listing of the files shows. */
const watched = (
  provider: ReturnType<typeof MemoryProvider.make>,
  locked: (version: Version) => boolean = () => false,
  pieces = 1
) => {
  const seen = new Set<string>()
  const remove = (version: Version) =>
    locked(version)
      ? Effect.fail(
          new StorageError({
            provider: "memory",
            operation: "remove",
            path: version.path,
            reason: new PermissionDenied({ message: "it is locked" })
          })
        )
      : Effect.flatMap(Effect.andThen(provider.versions!.remove(version), list(provider, "")), (files) =>
          Effect.sync(() => void seen.add(files.join()))
        )
  const listed = Stream.rechunk(provider.versions!.list(root), pieces)
  return {
    seen,
    run: (changes: Partial<typeof options> = {}) => VersionRemoval.run(listed, { remove }, { ...options, ...changes })
  }
}

describe("old versions", () => {
  // Names span several pieces, or a piece has several names.
  it.effect.each([1, 1000])("go, and with them removed files, of which none comes to light meanwhile", (pieces) =>
    Effect.gen(function* () {
      const provider = yield* setUp
      const { run, seen } = watched(provider, undefined, pieces)
      assert.deepStrictEqual(yield* run(), { removed: 7, bytes: 7, files: 3, kept: 0, failed: 0 })
      assert.deepStrictEqual(yield* lines(provider), ["Stored a 3", "Stored c 2"])
      assert.deepStrictEqual([...seen], ["File a,File c"])
    })
  )

  it.effect("go only where they were replaced or removed by the time that is given", () =>
    Effect.gen(function* () {
      const provider = yield* setUp
      const found = yield* Stream.runCollect(provider.versions!.list(at("b")))
      const { run } = watched(provider)
      const beforeRemoval = (found[0]?.storedAt ?? 0) - 1
      assert.deepStrictEqual(yield* run({ until: beforeRemoval }), {
        removed: 3,
        bytes: 4,
        files: 2,
        kept: 4,
        failed: 0
      })
      assert.deepStrictEqual(yield* lines(provider), [
        "Stored a 3",
        "Hidden b 0",
        "Stored b 2",
        "Stored c 2",
        "Hidden c 0",
        "Stored c 1"
      ])
    })
  )

  it.effect("that are locked stay alone, and the marker above them with them", () =>
    Effect.gen(function* () {
      const provider = yield* setUp
      const { run, seen } = watched(provider, ({ path, size }) => path === "b" && size === 1)
      assert.deepStrictEqual(yield* run(), { removed: 5, bytes: 6, files: 3, kept: 0, failed: 1 })
      assert.deepStrictEqual(yield* lines(provider), ["Stored a 3", "Hidden b 0", "Stored b 1", "Stored c 2"])
      assert.deepStrictEqual([...seen], ["File a,File c"])
    })
  )

  it.effect("are counted in a preview, and stay", () =>
    Effect.gen(function* () {
      const provider = yield* setUp
      const before = yield* lines(provider)
      const { run, seen } = watched(provider)
      assert.deepStrictEqual(yield* run({ isPreview: true }), { removed: 7, bytes: 7, files: 3, kept: 0, failed: 0 })
      assert.deepStrictEqual([yield* lines(provider), [...seen]], [before, []])
    })
  )

  it.effect("go with what is there where that is asked, and nothing older shows before it is gone", () =>
    Effect.gen(function* () {
      const provider = yield* setUp
      const { run, seen } = watched(provider)
      assert.deepStrictEqual(yield* run({ includesCurrent: true }), {
        removed: 9,
        bytes: 12,
        files: 3,
        kept: 0,
        failed: 0
      })
      assert.deepStrictEqual(yield* lines(provider), [])
      assert.deepStrictEqual([...seen], ["File a,File c", "File c", ""])
    })
  )

  it.effect("below a marker keep it there, also where the times of a service are in disorder", () =>
    Effect.gen(function* () {
      const version = (kind: Version["kind"], versionId: string, storedAt: number): Version => {
        return { path: at("a"), versionId, kind, size: 1, storedAt, modifiedAt: 0 }
      }
      const listed = Stream.make(
        version("Hidden", "marker", 1),
        version("Stored", "late", 100),
        version("Stored", "x", 50)
      )
      const gone: Array<string> = []
      const remove = ({ versionId }: Version) => Effect.sync(() => void gone.push(versionId))
      const counts = yield* VersionRemoval.run(listed, { remove }, { ...options, until: 10 })
      assert.deepStrictEqual(gone, ["late"])
      assert.deepStrictEqual(counts, { removed: 1, bytes: 1, files: 1, kept: 1, failed: 0 })
    })
  )
})
