import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { compare, makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { inOrder } from "@ourclone/core/engine/SortedListing"
import { Effect, Stream } from "effect"
import { emulate, openAt, uploadNamed } from "./emulated.ts"

const at = makeUnsafe
const hello = fromBytes(Buffer.from("hello"))
const put = { modifiedAt: 0 }

const withNames = (names: ReadonlyArray<string>, location = "photo-archive") =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const { id } = yield* (yield* openAt(emulator, "")).buckets!.create("photo-archive")
    for (const name of names) yield* uploadNamed(emulator, id, name)
    return { emulator, provider: yield* openAt(emulator, location) }
  })

const shown = (entries: ReadonlyArray<{ readonly _tag: string; readonly path: string }>) =>
  entries.map((entry) => `${entry._tag} ${entry.path}`)

describe("listing", () => {
  it.live("after a path begins there, and leaves out what is spelled", () =>
    Effect.gen(function* () {
      const { provider } = yield* withNames(["a//b", "a/b", "a/m", "a/z", "b/x", "b/☃"], "photo-archive")
      const found = yield* Stream.runCollect(provider.list(root, { after: at("a/m") }))
      assert.deepStrictEqual(shown(found).slice(-3), ["File a/z", "File b/x", "File b/☃"])
      assert.notInclude(shown(found), "File a/b")
      assert.notInclude(shown(found), "File a/‛/b")
    })
  )

  it.live("has a path for names that are none, in the order of paths, and reads and removes them by it", () =>
    Effect.gen(function* () {
      const names = ["/root", "a//b", "a/../b", "a/z", "a/☃", "d/x", "good", "x/./y", "‛", "‛/x", "‛/", "‛//y"]
      const { emulator, provider } = yield* withNames(names)
      const entries = yield* Stream.runCollect(inOrder(provider, root))
      assert.deepStrictEqual(shown(entries), [
        "File a/z",
        "File a/‛../b",
        "File a/‛/b",
        "File a/☃",
        "File d/x",
        "File good",
        "File x/‛./y",
        "File ‛/root",
        "File ‛‛",
        "File ‛‛/x",
        "File ‛‛/‛/y"
      ])
      for (const { path } of entries) {
        assert.strictEqual((yield* provider.stat(at(path))).path, path)
        yield* provider.remove(at(path))
      }
      assert.deepStrictEqual(shown(yield* Stream.runCollect(provider.list(root))), ["Directory ‛‛"])
      const inner = yield* openAt(emulator, "photo-archive/‛‛/‛")
      assert.deepStrictEqual(shown(yield* Stream.runCollect(inner.list(root))), [])
      yield* inner.put(at("new"), hello, put)
      yield* provider.put(at("d/‛"), hello, put)
      const found = yield* Stream.runCollect(provider.list(root))
      assert.deepStrictEqual(shown(found), ["File d/‛", "File ‛‛/‛/new"])
      const versions = yield* Stream.runCollect(provider.versions!.list(at("d/‛")))
      assert.deepStrictEqual(
        versions.map(({ path, size }) => [path, size]),
        [[at("d/‛"), 5]]
      )
    })
  )

  it.live("lists names with segments that are none in the order of paths, however they come in pages", () =>
    Effect.gen(function* () {
      const numbers = [7]
      const below = (most: number) => {
        numbers[0] = (Math.imul(numbers[0]!, 1664525) + 1013904223) >>> 0
        return Math.floor((numbers[0]! / 2 ** 32) * most)
      }
      const pieces = ["/", "/", "/", ".", "‛", "a", "~"]
      const random = () => Array.from({ length: 1 + below(6) }, () => pieces[below(pieces.length)]).join("")
      const names = [...new Set(Array.from({ length: 120 }, random))].filter((name) => !/^\.{1,2}$/.test(name))
      const emulator = yield* emulate({ shortPages: true })
      const { id } = yield* (yield* openAt(emulator, "")).buckets!.create("photo-archive")
      for (const name of names) yield* uploadNamed(emulator, id, name, "x")
      const provider = yield* openAt(emulator, "photo-archive")
      const paths = names.map(Spelling.segments.toPath).sort(compare)
      const entries = yield* Stream.runCollect(inOrder(provider, root))
      assert.deepStrictEqual(
        entries.map(({ path }) => path),
        paths
      )
      const versions = yield* Stream.runCollect(provider.versions!.list(root))
      assert.deepStrictEqual(
        versions.map(({ path }) => path),
        paths
      )
      for (const directory of ["a", "‛", "‛.", "‛‛/a"]) {
        const below = yield* Stream.runCollect(inOrder(provider, at(directory)))
        assert.deepStrictEqual(
          below.map(({ path }) => path),
          paths.filter((path) => path.startsWith(`${directory}/`))
        )
        const level = yield* Stream.runCollect(inOrder(provider, at(directory), { depth: 1 }))
        const firsts = paths
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => {
            const slash = path.indexOf("/", directory.length + 1)
            return slash < 0 ? `File ${path}` : `Directory ${path.slice(0, slash)}`
          })
        assert.deepStrictEqual(shown(level), [...new Set(firsts)])
      }
    })
  )

  it.live("takes no empty file that it would show as a folder", () =>
    Effect.gen(function* () {
      const { provider } = yield* withNames([])
      const error = yield* Effect.flip(provider.put(at("d/‛"), fromBytes(new Uint8Array(0)), put))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", concernsName: true })
    })
  )

  it.live("shows empty directories that other tools left, and only empty ones", () =>
    Effect.gen(function* () {
      const { provider } = yield* withNames([
        "both/",
        "both/.bzEmpty",
        "empty/",
        "full/",
        "full/a",
        "late/!early",
        "late/.bzEmpty",
        "later/!early/.bzEmpty",
        "later/.bzEmpty",
        "marked/.bzEmpty",
        "nested/",
        "nested/deeper/.bzEmpty",
        "zz/.bzEmpty"
      ])
      assert.deepStrictEqual(shown(yield* Stream.runCollect(provider.list(root))), [
        "Directory both",
        "Directory empty",
        "File full/a",
        "File late/!early",
        "Directory later/!early",
        "Directory marked",
        "Directory nested/deeper",
        "Directory zz"
      ])
    })
  )

  it.live("does not show the directory that is listed in itself", () =>
    Effect.gen(function* () {
      const { provider } = yield* withNames(["trip/", "trip/.bzEmpty", "trip/day1/", "tripod"], "photo-archive/trip")
      assert.deepStrictEqual(shown(yield* Stream.runCollect(provider.list(root))), ["Directory day1"])
      assert.deepStrictEqual(yield* Stream.runCollect(provider.list(at("day1"))), [])
    })
  )

  it.live("asks for the next page before this one is used up", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 2100 }, (_, index) => `file-${String(index).padStart(5, "0")}`)
      const { emulator, provider } = yield* withNames([])
      yield* Effect.forEach(names, (name) => provider.put(at(name), hello, put), { concurrency: 8 })
      emulator.log?.reset()
      const counts: Array<number> = []
      yield* provider.list(root).pipe(
        Stream.chunks,
        Stream.runForEach((chunk) =>
          Effect.gen(function* () {
            counts.push(chunk.length)
            const asked = () => emulator.log?.requests("b2_list_file_names").length ?? 0
            const expected = Math.min(counts.length + 1, 3)
            while (asked() < expected) yield* Effect.sleep("5 millis")
            assert.strictEqual(asked(), expected)
          })
        )
      )
      assert.deepStrictEqual(counts, [1000, 1000, 100])
    })
  )

  it.live("does not read through a directory that nobody wants", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* withNames([])
      const names = Array.from({ length: 3100 }, (_, index) => `junk/${String(index).padStart(5, "0")}`)
      yield* Effect.forEach([...names, "kept"], (name) => provider.put(at(name), hello, put), { concurrency: 8 })
      emulator.log?.reset()
      const found = yield* Stream.runCollect(provider.list(root, { mayContain: (directory) => directory !== "junk" }))
      assert.strictEqual(found.at(-1)?.path, "kept")
      assert.lengthOf(emulator.log?.requests("b2_list_file_names") ?? [], 2)
    })
  )
})

describe("versions", () => {
  it.live("shows what a file was, newest first, and its removal", () =>
    Effect.gen(function* () {
      const { provider } = yield* withNames(["a-b", "a.txt", "ab"])
      yield* provider.put(at("a"), hello, { modifiedAt: 1 })
      yield* provider.put(at("a"), fromBytes(Buffer.from("hi")), { modifiedAt: 2 })
      yield* provider.remove(at("a"))
      yield* provider.put(at("a/b"), hello, put)
      const found = yield* Stream.runCollect(provider.versions!.list(at("a")))
      assert.deepStrictEqual(
        found.map(({ kind, modifiedAt, path, size }) => [path, kind, size, kind === "Stored" ? modifiedAt : 0]),
        [
          ["a", "Hidden", 0, 0],
          ["a", "Stored", 2, 2],
          ["a", "Stored", 5, 1],
          ["a/b", "Stored", 5, 0]
        ]
      )
      yield* provider.versions!.remove(found[0]!)
      yield* provider.versions!.remove(found[0]!)
      assert.strictEqual((yield* provider.stat(at("a"))).size, 2)
    })
  )

  it.live("hides a removed file, and deletes every version of exactly that name when told to", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* withNames([])
      for (const name of ["a", "a", "a.txt", "a/b"]) yield* provider.put(at(name), hello, put)
      yield* provider.remove(at("a"))
      assert.strictEqual(emulator.versionCount(), 5)
      const hard = yield* openAt(emulator, "photo-archive", { hardDelete: true })
      yield* hard.remove(at("a"))
      assert.strictEqual(emulator.versionCount(), 2)
    })
  )

  it.live("does not bring an old version to light when removal for good is cut off", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* withNames([])
      const hard = yield* openAt(emulator, "photo-archive", { hardDelete: true })
      yield* provider.put(at("a"), hello, { modifiedAt: 1 })
      yield* provider.put(at("a"), fromBytes(Buffer.from("newer")), { modifiedAt: 2 })
      emulator.failNext("b2_delete_file_version", "lost")
      yield* Effect.flip(hard.remove(at("a")))
      assert.strictEqual((yield* provider.stat(at("a"))).modifiedAt, 2)
      yield* provider.put(at("a"), fromBytes(Buffer.from("newest")), { modifiedAt: 3 })
      yield* provider.remove(at("a"))
      emulator.failNext("b2_delete_file_version", "lost")
      yield* Effect.flip(hard.remove(at("a")))
      assert.deepStrictEqual(yield* Stream.runCollect(provider.list(root)), [])
      yield* hard.remove(at("a"))
      assert.strictEqual(emulator.versionCount(), 0)
    })
  )
})
