/** Checks of `list`: what it reports, how deep, and in which order. */
import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Entry, type File, orderKey } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { type RemotePath, root } from "../contract/RemotePath.ts"
import * as KeyRange from "../layers/KeyRange.ts"
import { assertModifiedAt, at, type Check, check, entries, list, put, sha1 } from "./Check.ts"

/** In byte order. By UTF-16 units `～` would come last, and by names without regard to `/` the directory would come first. */
const ordered = [
  "B",
  "a b",
  "a!",
  "a-",
  "a-b",
  "a-c/d",
  "a-c0",
  "a.txt",
  "a/-",
  "a/b",
  "a/b0",
  "a/c/d",
  "a0",
  "b",
  "é",
  "～",
  "😀"
]

const assertOrder = (provider: Provider, found: ReadonlyArray<Entry>, expected: ReadonlyArray<string>) => {
  const keys = found.map(orderKey)
  if (provider.capabilities.listsInOrder) assert.deepEqual(keys, expected)
  else assert.deepEqual(keys.sort(), [...expected].sort())
}

export const listingChecks: ReadonlyArray<Check> = [
  check("lists nothing in an empty root, or below a directory that does not exist", function* (provider) {
    assert.deepEqual(yield* list(provider, ""), [])
    assert.deepEqual(yield* list(provider, "", 1), [])
    assert.deepEqual(yield* list(provider, "none/there"), [])
  }),
  check("lists files at any depth, or one level", function* (provider) {
    for (const path of ["a.txt", "d/b.txt", "d/e/c.txt", "dd/f.txt", "d-/g.txt"]) yield* put(provider, path, path)
    assert.deepEqual(yield* list(provider, "d"), ["File d/b.txt", "File d/e/c.txt"])
    assert.deepEqual(yield* list(provider, "d/e"), ["File d/e/c.txt"])
    assert.deepEqual(yield* list(provider, "d", 1), ["Directory d/e", "File d/b.txt"])
    assert.deepEqual(yield* list(provider, "", 1), ["Directory d", "Directory d-", "Directory dd", "File a.txt"])
  }),
  check("reports no directory that has something below it, in a listing of any depth", function* (provider) {
    yield* put(provider, "d/e/c.txt", "hello")
    assert.deepEqual(yield* list(provider, ""), ["File d/e/c.txt"])
  }),
  check("lists in the order of bytes when it says so", function* (provider) {
    const names = provider.capabilities.isCaseSensitive === true ? ordered : ordered.slice(1)
    for (const name of [...names].reverse()) yield* put(provider, name, name)
    assertOrder(provider, yield* entries(provider, ""), names)
  }),
  check("lists one level in the order of bytes when it says so", function* (provider) {
    for (const name of ["a0", "a/b", "a-b", "a.txt", "a/c"]) yield* put(provider, name, name)
    assertOrder(provider, yield* entries(provider, "", 1), ["a-b", "a.txt", "a/", "a0"])
  }),
  check("lists a thousand files and one, and a folder of them once", function* (provider) {
    const names = Array.from({ length: 1000 }, (_, index) => `a/${String(index).padStart(4, "0")}`)
    yield* Effect.forEach([...names, "b"], (name) => put(provider, name, ""), { concurrency: 16, discard: true })
    assertOrder(provider, yield* entries(provider, ""), [...names, "b"])
    assertOrder(provider, yield* entries(provider, "a", 1), names)
    assert.deepEqual(yield* list(provider, "", 1), ["Directory a", "File b"])
  }),
  check("lists what is there all the time once, while other files come and go", function* (provider) {
    const stay = Array.from({ length: 20 }, (_, index) => `s/${String(index).padStart(2, "0")}`)
    const go = stay.map((name) => `${name} goes`)
    for (const name of [...stay, ...go]) yield* put(provider, name, "")
    let count = 0
    const change = Effect.suspend(() => {
      const number = count++
      const gone = go[go.length - 1 - number]
      if (gone === undefined) return Effect.void
      return Effect.andThen(put(provider, `${gone} and comes`, ""), provider.remove(at(gone)))
    })
    const found = yield* Stream.runCollect(Stream.tap(provider.list(root), () => change))
    const seen = found.map(({ path }) => path).filter((path) => stay.includes(path))
    assert.deepEqual(seen.sort(), stay)
  }),
  check("lists on after many listings that were broken off", function* (provider) {
    for (const name of ["a/1", "b/2", "c/3", "d"]) yield* put(provider, name, name)
    for (let number = 0; number < 40; number++) yield* Stream.runDrain(Stream.take(provider.list(root), 1))
    assert.deepEqual(yield* list(provider, ""), ["File a/1", "File b/2", "File c/3", "File d"])
  }),
  check("lists every file of a listing that needs pages, once", function* (provider) {
    const names = Array.from({ length: 60 }, (_, index) => `p/${String(index).padStart(3, "0")}`)
    for (const name of names) yield* put(provider, name, "")
    assert.deepEqual(
      yield* list(provider, "p"),
      names.map((name) => `File ${name}`)
    )
  }),
  check("lists size, modifiedAt and the checksums it promises", function* (provider) {
    yield* put(provider, "a.txt", "hello")
    const [file] = (yield* entries(provider, "")) as ReadonlyArray<File>
    assert.ok(file)
    assert.equal(file.size, 5)
    if (file.modifiedAt !== undefined) assertModifiedAt(provider, { ...file, modifiedAt: file.modifiedAt })
    const { checksums } = provider.capabilities
    if (checksums.includes("sha1") || file.checksums.sha1 !== undefined) {
      assert.equal(file.checksums.sha1, sha1("hello"))
    }
    for (const algorithm of checksums) assert.match(file.checksums[algorithm] ?? "", /^[0-9a-f]+$/)
  }),
  check("passes over directories that can not contain what is wanted, and over nothing else", function* (provider) {
    for (const path of ["a.txt", "in/a", "in/out/b", "inner/c", "out/d", "out/in/e"]) yield* put(provider, path, path)
    const isPruned = (path: string) => /(?:^|\/)out(?:\/|$)/.test(path)
    const mayContain = (directory: RemotePath) => !isPruned(directory)
    const found = yield* Stream.runCollect(provider.list(root, { mayContain }))
    const wanted = found.map((entry) => entry.path).filter((path) => !isPruned(path))
    assert.deepEqual(wanted.sort(), ["a.txt", "in/a", "inner/c"])
  }),
  check("lists nothing that is not there where no directory is of interest", function* (provider) {
    for (const path of ["a.txt", "in/a", "in/out/b"]) yield* put(provider, path, path)
    const found = yield* Stream.runCollect(provider.list(root, { mayContain: () => false }))
    const paths = found.flatMap((entry) => (entry._tag === "Directory" ? [] : [entry.path]))
    assert.equal(new Set(paths).size, paths.length)
    for (const path of paths) assert.ok(["a.txt", "in/a", "in/out/b"].includes(path), path)
  }),
  check("lists after a path what comes after it, and in ranges each file once", function* (provider) {
    const names = provider.capabilities.isCaseSensitive === true ? ordered : ordered.slice(1)
    for (const name of [...names].reverse()) yield* put(provider, name, name)
    for (const after of names) {
      const found = yield* Stream.runCollect(provider.list(root, { after: at(after) }))
      const paths = found.map(({ path }) => String(path))
      const later = names.slice(names.indexOf(after) + 1)
      assert.deepEqual(paths.filter((path) => later.includes(path)).sort(), [...later].sort())
      assert.deepEqual(
        paths.filter((path) => !names.includes(path)),
        []
      )
    }
    const ends = names.filter((_, index) => index % 3 === 2 || index === names.length - 1)
    const parts = yield* Effect.forEach(ends, (upTo, index) => {
      const range = { after: at(ends[index - 1] ?? ""), upTo: at(upTo) }
      return Stream.runCollect(KeyRange.within(provider, range).list(root))
    })
    for (const part of parts) assert.ok(part.length <= 3)
    const all = parts.flat().map(({ path }) => path)
    if (provider.capabilities.listsInOrder) assert.deepEqual(all, names)
    else assert.deepEqual([...all].sort(), [...names].sort())
  }),
  check("lists afresh each time the stream is run", function* (provider) {
    const listing = list(provider, "")
    yield* put(provider, "a.txt", "1")
    assert.deepEqual(yield* listing, ["File a.txt"])
    yield* put(provider, "b.txt", "2")
    assert.deepEqual(yield* listing, ["File a.txt", "File b.txt"])
  })
]
