/** Checks of old versions, for storages that keep them. */
import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { slice } from "../contract/ByteSource.ts"
import { root } from "../contract/RemotePath.ts"
import { fileOf, type Version, type Versions } from "../contract/Versions.ts"
import { asOf } from "../layers/Earlier.ts"
import {
  at,
  type Check,
  checkOf,
  contentOf,
  list,
  modifiedAt,
  notApplicable,
  pattern,
  pieces,
  put,
  reason,
  sha1,
  textAt,
  textOf
} from "./Check.ts"

const all = (versions: Versions, path = "") => Effect.map(Stream.runCollect(versions.list(at(path))), (found) => found)

const lines = (found: ReadonlyArray<Version>) => found.map(({ kind, path, size }) => `${kind} ${path} ${size}`)

/** Until what is stored next has a later time than what was stored before, in another name too. */
const later = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 5)))

/** Removing that ends every version leaves nothing to look at. */
const hides = Effect.fnUntraced(function* (versions: Versions, path: string) {
  const [newest] = yield* all(versions, path)
  if (newest?.kind !== "Hidden") return yield* notApplicable("what is removed is gone, with every version")
  return newest
})

export const versionChecks: ReadonlyArray<Check> = [
  checkOf("versions", "lists every version, the newest of a name first, and names in order", function* (v, provider) {
    yield* put(provider, "b", "1")
    for (const text of ["1", "22", "333"]) yield* put(provider, "a", text)
    const found = yield* all(v)
    assert.deepEqual(lines(found), ["Stored a 3", "Stored a 2", "Stored a 1", "Stored b 1"])
    assert.equal(new Set(found.map(({ versionId }) => versionId)).size, 4)
    const times = found.slice(0, 3).map(({ storedAt }) => storedAt)
    assert.deepEqual(
      times,
      [...times].sort((left, right) => right - left)
    )
    for (const version of found) assert.equal(version.modifiedAt, modifiedAt)
  }),
  checkOf("versions", "lists the versions of one name, and not of those that begin with it", function* (v, provider) {
    for (const name of ["a", "a-b", "a.txt", "a/b", "ab"]) yield* put(provider, name, name)
    assert.deepEqual(lines(yield* all(v, "a")), ["Stored a 1", "Stored a/b 3"])
    assert.deepEqual(lines(yield* all(v, "a/b")), ["Stored a/b 3"])
    assert.deepEqual(yield* all(v, "none"), [])
  }),
  checkOf("versions", "lists the newest versions of one file alone", function* (v, provider) {
    for (const name of ["a", "a-b", "a/b"]) yield* put(provider, name, name)
    for (const text of ["22", "333"]) yield* put(provider, "a", text)
    const newest = (path: string, most: number) => Stream.runCollect(v.list(at(path), { newest: most }))
    assert.deepEqual(lines(yield* newest("a", 2)), ["Stored a 3", "Stored a 2"])
    assert.deepEqual(lines(yield* newest("a", 9)), ["Stored a 3", "Stored a 2", "Stored a 1"])
    assert.deepEqual(yield* newest("none", 1), [])
  }),
  checkOf("versions", "reads each version as it was", function* (versions, provider) {
    for (const text of ["first", "second", "the third"]) yield* put(provider, "a", text)
    const found = yield* all(versions)
    const texts = yield* Effect.forEach(found, (version) => textOf(provider.read(fileOf(version))))
    assert.deepEqual(texts, ["the third", "second", "first"])
    assert.equal(found[0]?.versionId, (yield* provider.stat(at("a"))).versionId)
  }),
  checkOf("versions", "shows a removed file as hidden, and brings it back without the marker", function* (v, provider) {
    yield* put(provider, "a", "hello")
    yield* provider.remove(at("a"))
    const marker = yield* hides(v, "a")
    assert.deepEqual(lines(yield* all(v)), ["Hidden a 0", "Stored a 5"])
    yield* v.remove(marker)
    assert.equal(yield* textAt(provider, "a"), "hello")
    assert.deepEqual(yield* list(provider, ""), ["File a"])
  }),
  checkOf("versions", "hides a file and keeps its versions, whatever removing does", function* (v, p) {
    if (v.hide === undefined) return yield* notApplicable("it can not hide files")
    yield* put(p, "a", "hello")
    yield* v.hide(at("a"))
    yield* v.hide(at("none"))
    assert.deepEqual(yield* list(p, ""), [])
    assert.equal(yield* reason(p.stat(at("a"))), "NotFound")
    assert.deepEqual(lines(yield* all(v)), ["Hidden a 0", "Stored a 5"])
  }),
  checkOf("versions", "removes one version and leaves the others, twice", function* (versions, provider) {
    for (const text of ["1", "22", "333"]) yield* put(provider, "a", text)
    const [, middle] = yield* all(versions)
    if (middle === undefined) return assert.fail("it lists too few versions")
    yield* versions.remove(middle)
    yield* versions.remove(middle)
    assert.deepEqual(lines(yield* all(versions)), ["Stored a 3", "Stored a 1"])
    assert.equal(yield* textAt(provider, "a"), "333")
    assert.equal(yield* reason(Stream.runDrain(provider.read(fileOf(middle)))), "NotFound")
  }),
  checkOf("versions", "brings an older version to light when the newest is removed", function* (versions, provider) {
    for (const text of ["old", "new one"]) yield* put(provider, "a", text)
    const [newest] = yield* all(versions)
    if (newest === undefined) return assert.fail("it lists no version")
    yield* versions.remove(newest)
    assert.equal(yield* textAt(provider, "a"), "old")
  }),
  checkOf(
    "versions",
    "gives each version an id and a time, also after the last one was removed",
    function* (v, provider) {
      yield* put(provider, "a", "first")
      yield* provider.remove(at("a"))
      yield* put(provider, "a", "second")
      const found = yield* all(v)
      assert.equal(new Set(found.map(({ versionId }) => versionId)).size, found.length)
      for (const version of found) yield* v.remove(version)
      assert.deepEqual(yield* all(v), [])
      assert.deepEqual(yield* list(provider, ""), [])
      yield* put(provider, "a", "third")
      yield* put(provider, "b", "fourth")
      const again = yield* all(v)
      assert.deepEqual(lines(again), ["Stored a 5", "Stored b 6"])
      for (const { storedAt } of again) assert.ok(Number.isInteger(storedAt) && storedAt > 0, `it says ${storedAt}`)
      assert.equal(yield* textAt(provider, "a"), "third")
    }
  ),
  checkOf("versions", "keeps the file that a large file replaces", function* (versions, provider) {
    const { largeFile } = provider
    if (largeFile === undefined) return yield* notApplicable("the storage has no largeFile")
    const size = Math.max(largeFile.limits.minPartSize, 1024) + 777
    const content = pattern(size)
    const old = yield* put(provider, "a", "old")
    const file = yield* largeFile.start(at("a"), { modifiedAt, size, partSize: size - 777 })
    const source = pieces(content)
    const [first, last] = [
      { offset: 0, length: size - 777 },
      { offset: size - 777, length: 777 }
    ] as const
    const parts = [
      yield* largeFile.uploadPart(file, 1, slice(source, first), first),
      yield* largeFile.uploadPart(file, 2, slice(source, last), last)
    ]
    const finished = yield* largeFile.finish(file, parts)
    assert.notEqual(finished.versionId, old.versionId)
    assert.deepEqual(lines(yield* all(versions)), [`Stored a ${size}`, "Stored a 3"])
    assert.equal(yield* textOf(provider.read(old)), "old")
    assert.equal(sha1(yield* contentOf(provider.read(finished))), sha1(content))
  }),
  checkOf("versions", "lists very many versions of one name, each once", function* (versions, provider) {
    const count = 30
    for (let number = 0; number < count; number++) yield* put(provider, "d/a", `${number}`)
    yield* put(provider, "d/a.b", "next")
    const found = yield* all(versions, "d/a")
    assert.equal(new Set(found.map(({ versionId }) => versionId)).size, count)
    assert.equal(found.length, count)
    assert.equal((yield* all(versions)).length, count + 1)
  }),
  checkOf("versions", "shows the storage as it was at each moment", function* (versions, provider) {
    yield* put(provider, "a", "one")
    yield* later
    yield* put(provider, "d/b", "two")
    yield* later
    yield* put(provider, "a", "three")
    yield* later
    yield* provider.remove(at("d/b"))
    yield* hides(versions, "d/b")
    yield* later
    yield* put(provider, "d/c", "four")
    const moments = (yield* all(versions)).map(({ storedAt }) => storedAt).sort((left, right) => left - right)
    const then = (index: number) => asOf(provider, versions, moments[index] ?? 0)
    const shown = yield* Effect.forEach(moments, (_, index) => list(then(index), ""))
    assert.deepEqual(shown, [
      ["File a"],
      ["File a", "File d/b"],
      ["File a", "File d/b"],
      ["File a"],
      ["File a", "File d/c"]
    ])
    assert.equal(yield* textAt(then(0), "a"), "one")
    assert.equal(yield* textAt(then(2), "d/b"), "two")
    assert.equal(yield* reason(then(3).stat(at("d/b"))), "NotFound")
    assert.deepEqual(yield* list(then(1), "", 1), ["Directory d", "File a"])
    assert.deepEqual(yield* list(then(0), "d"), [])
    assert.deepEqual(yield* list(asOf(provider, versions, (moments[0] ?? 0) - 1), ""), [])
    assert.equal(yield* reason(then(0).remove(root)), "InvalidRequest")
  })
]
