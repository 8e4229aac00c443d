/** The contract notices: for each small breakage of a good provider, the check that must fail. */
import { assert, describe, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { DatedFile, Entry, File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { parent } from "@ourclone/core/contract/RemotePath"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { checks } from "@ourclone/core/testing/ProviderContract"
import { Effect, Exit, Stream } from "effect"
import { at, modifiedAt } from "../../src/testing/Check.ts"
import { type Breakage, largeFileBreakages } from "./LargeFileBreakages.ts"

const listing =
  (change: (entries: Array<Entry>, directory: string, depth?: 1) => Array<Entry>): Breakage =>
  (good) => ({
    list: (directory, options) =>
      Stream.fromIterableEffect(
        Effect.map(Stream.runCollect(good.list(directory, options)), (found) =>
          change(found, directory, options?.depth)
        )
      )
  })
const files = (change: (file: File) => File) =>
  listing((entries) => entries.map((entry) => (entry._tag === "File" ? change(entry) : entry)))
const kept = new Map<Provider, Array<Entry>>()

const whole = Effect.fnUntraced(function* (source: ByteSource.ByteSource) {
  return Buffer.concat(yield* Stream.runCollect(source.read()))
})

const breakages: Record<string, readonly [Breakage, check: string]> = {
  "stores what a source gives, whatever it said": [
    (good) => ({
      put: (path, source, options) =>
        Effect.flatMap(whole(source), (bytes) => good.put(path, ByteSource.fromBytes(bytes), options))
    }),
    "stores nothing of a source that is shorter than it says, nor more of a longer one, and ends"
  ],
  "shows a file before all of it has arrived": [
    (good) => ({
      put: (path, source, options) =>
        Effect.andThen(
          good.put(path, ByteSource.fromBytes(new Uint8Array(0)), options),
          Effect.suspend(() => good.put(path, source, options))
        )
    }),
    "leaves nothing of a put that is broken off, and goes on"
  ],
  "passes over one entry too many of a listing after a path": [
    (good) => ({
      list: (directory, options) => Stream.drop(good.list(directory, options), options?.after === undefined ? 0 : 1)
    }),
    "lists after a path what comes after it, and in ranges each file once"
  ],
  "lets no one read after twenty readings": [
    (good) => {
      let count = 0
      return {
        read: (file, range) =>
          Stream.suspend(() => (++count > 20 ? Stream.die("no connection") : good.read(file, range)))
      }
    },
    "reads on after many readings that were broken off"
  ],
  "reads a byte of a range without any": [
    (good) => ({
      read: (file, range) => good.read(file, range?.length === 0 ? { offset: 0, length: 1 } : range)
    }),
    "reads nothing of a range without bytes"
  ],
  "finds a file by the begin of its name": [
    (good) => ({ stat: (path) => Effect.catch(good.stat(path), () => good.stat(at(`${path}c`))) }),
    "finds no file by a part of its name"
  ],
  "makes two of files that are put at once": [
    (good) => ({
      put: (path, source, options) =>
        Effect.andThen(good.put(at(`${path} (2)`), source, options), good.put(path, source, options))
    }),
    "keeps one of two files that are put under one name at once, whole"
  ],
  "drops a folder for a file of its name": [
    (good) => ({
      put: (path, source, options) =>
        path === "d"
          ? Effect.andThen(good.remove(at("d/a.txt")), good.put(path, source, options))
          : good.put(path, source, options)
    }),
    "loses no file to another whose name would make a directory of it, or a file of its directory"
  ],
  "drops the last byte": [
    (good) => ({ read: (file, range) => Stream.map(good.read(file, range), (piece) => piece.subarray(0, -1)) }),
    "reads back the bytes that were put"
  ],
  "reads something else all at once": [
    (good) => ({ readAll: (file) => Effect.map(good.readAll(file), (found) => found.reverse()) }),
    "reads back the bytes that were put"
  ],
  "touches nothing": [
    () => ({ touch: (file, time) => Effect.succeed({ ...file, modifiedAt: time }) }),
    "gives a file another time and leaves its bytes"
  ],
  "brings back what was removed by touching it": [
    (good) => ({
      touch: (file, time) => good.put(file.path, ByteSource.fromBytes(new Uint8Array(5)), { modifiedAt: time })
    }),
    "does not touch a file that is gone"
  ],
  "never replaces": [
    (good) => ({
      put: (path, source, options) => Effect.catch(good.stat(path), () => good.put(path, source, options))
    }),
    "replaces a file that exists"
  ],
  "stores when called": [
    (good) => ({ put: (path, source, options) => Effect.succeed(Effect.runSync(good.put(path, source, options))) }),
    "does nothing until run, and the work again when run again"
  ],
  "answers put with another time": [
    (good) => ({
      put: (path, source, options) =>
        Effect.map(good.put(path, source, options), (file) => ({ ...file, modifiedAt: file.modifiedAt + 1000 }))
    }),
    "tells the same of a file after put, in stat and in a listing"
  ],
  "lists another version": [
    files((file) => ({ ...file, versionId: "other" })),
    "tells the same of a file after put, in stat and in a listing"
  ],
  "cuts modifiedAt to seconds": [
    (good) => ({
      put: (path, source, options) =>
        good.put(path, source, { modifiedAt: Math.floor(options.modifiedAt / 1000) * 1000 })
    }),
    "keeps modifiedAt as exactly as it says"
  ],
  "keeps the first modifiedAt": [
    (good) => ({
      put: (path, source, options) =>
        Effect.flatMap(Effect.exit(good.stat(path)), (was) =>
          good.put(path, source, Exit.isSuccess(was) ? { modifiedAt: was.value.modifiedAt } : options)
        )
    }),
    "keeps modifiedAt as exactly as it says"
  ],
  "drops empty files": [
    (good) => ({
      put: (path, source, options) =>
        source.size === 0
          ? Effect.succeed({ _tag: "File", path, size: 0, modifiedAt, checksums: {} })
          : good.put(path, source, options)
    }),
    "keeps an empty file"
  ],
  "stores the first piece only": [
    (good) => ({
      put: (path, source, options) =>
        Effect.flatMap(Stream.runCollect(Stream.take(source.read(), 1)), (pieces) =>
          good.put(path, ByteSource.fromBytes(Buffer.concat(pieces)), options)
        )
    }),
    "keeps a file of some MiB, whole"
  ],
  "reads large sources at once": [
    (good) => ({
      put: (path, source, options) =>
        Effect.flatMap(source.bytes, (found) => good.put(path, ByteSource.fromBytes(found), options))
    }),
    "keeps a file that is too large for one buffer, whole"
  ],
  "stores what arrived before a source failed": [
    (good) => ({
      put: (path, source, options) => {
        const read = () => Stream.catchCause(source.read(), () => Stream.empty)
        return Effect.flatMap(Stream.runCollect(read()), (pieces) =>
          good.put(path, ByteSource.fromBytes(Buffer.concat(pieces)), options)
        )
      }
    }),
    "stores nothing when a small source changes while it is read"
  ],
  "removes the old file before it reads the new one": [
    (good) => ({
      put: (path, source, options) => Effect.andThen(good.remove(path), good.put(path, source, options))
    }),
    "keeps the old file when a large source changes while it is read"
  ],
  "does not verify": [
    (good) => ({ put: (path, source, options) => good.put(path, { ...source, sha1: undefined }, options) }),
    "stores nothing when the bytes are not those that were announced"
  ],
  "decodes names": [
    (good) => ({ put: (path, source, options) => good.put(at(path.replaceAll("%20", " ")), source, options) }),
    "keeps names with every kind of character"
  ],
  "composes names": [
    (good) => ({ put: (path, source, options) => good.put(at(path.normalize("NFC")), source, options) }),
    "keeps names with every kind of character"
  ],
  "folds case without saying so": [
    (good) => ({
      put: (path, source, options) => good.put(at(path.toLowerCase()), source, options),
      stat: (path) => good.stat(at(path.toLowerCase()))
    }),
    "tells names apart by case when it says so"
  ],
  "ignores the length of a range": [
    (good) => ({
      read: (file, range) => good.read(file, range && { ...range, length: file.size - range.offset })
    }),
    "reads one range of a file"
  ],
  "shortens a range outside the file": [
    (good) => ({
      read: (file, range) => {
        const length = Math.max(0, Math.min(range?.length ?? file.size, file.size - (range?.offset ?? 0)))
        return length === 0 ? Stream.empty : good.read(file, { offset: range?.offset ?? 0, length })
      }
    }),
    "refuses a range outside the file"
  ],
  "reads a missing file as empty": [
    (good) => ({ read: (file, range) => Stream.catchCause(good.read(file, range), () => Stream.empty) }),
    "fails with NotFound for a path that was never stored"
  ],
  "finds a file where a directory is": [
    (good) => ({
      stat: (path) =>
        Effect.catch(good.stat(path), (error) =>
          path === "none" || path.includes(".")
            ? Effect.fail(error)
            : Effect.succeed<DatedFile>({ _tag: "File", path, size: 0, modifiedAt, checksums: {} })
        )
    }),
    "finds no file where a directory is"
  ],
  "reads the newest version": [
    (good) => ({
      read: ({ versionId: _, ...file }, range) => good.read(file, range)
    }),
    "reads a version that was replaced as it was, or not at all"
  ],
  "fails to remove what is gone": [
    (good) => ({ remove: (path) => Effect.andThen(good.stat(path), good.remove(path)) }),
    "removes a file, and succeeds when it is already gone"
  ],
  "removes nothing": [() => ({ remove: () => Effect.void }), "removes a file, and succeeds when it is already gone"],
  "moves instead of copying": [
    (good) => ({
      copy: (from, location, to) => Effect.tap(good.copy!(from, location, to), () => good.remove(from.path))
    }),
    "copies inside the service, with the time"
  ],
  "copies to a name that is free only": [
    (good) => ({
      copy: (from, location, to) => Effect.catch(good.stat(to), () => good.copy!(from, location, to))
    }),
    "copies over a file that exists"
  ],
  "copies nothing of what is gone, and says nothing": [
    (good) => ({
      copy: (from, location, to) =>
        Effect.catch(good.copy!(from, location, to), () => Effect.succeed({ modifiedAt, ...from }))
    }),
    "fails with NotFound when the file to copy is gone"
  ],
  "lists the directory above": [
    (good) => ({ list: (_, options) => good.list(at(""), options) }),
    "lists files at any depth, or one level"
  ],
  "lists siblings that begin alike": [
    (good) => ({
      list: (directory, options) =>
        Stream.filter(
          good.list(at(options?.depth === 1 ? directory : ""), options),
          (entry) => options?.depth === 1 || entry.path.startsWith(directory)
        )
    }),
    "lists files at any depth, or one level"
  ],
  "ignores depth": [
    (good) => ({ list: (directory) => good.list(directory) }),
    "lists files at any depth, or one level"
  ],
  "reports every directory at any depth": [
    listing((entries, _, depth) => [
      ...entries,
      ...(depth === 1 ? [] : entries)
        .filter((entry) => entry.path.includes("/"))
        .map((entry): Entry => ({ _tag: "Directory", path: at(entry.path.slice(0, entry.path.indexOf("/"))) }))
    ]),
    "reports no directory that has something below it, in a listing of any depth"
  ],
  "orders by UTF-16 units": [
    listing((entries) => entries.sort((a, b) => (a.path < b.path ? -1 : 1))),
    "lists in the order of bytes when it says so"
  ],
  "orders directories by their bare name": [
    listing((entries) => entries.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))),
    "lists one level in the order of bytes when it says so"
  ],
  "lists one page": [
    listing((entries) => entries.slice(0, 50)),
    "lists every file of a listing that needs pages, once"
  ],
  "lists the first of each page twice": [
    listing((entries) => entries.flatMap((entry, index) => (index === 50 ? [entry, entry] : [entry]))),
    "lists every file of a listing that needs pages, once"
  ],
  "lists no size": [files((file) => ({ ...file, size: 0 })), "lists size, modifiedAt and the checksums it promises"],
  "lists no checksums": [
    files((file) => ({ ...file, checksums: {} })),
    "lists size, modifiedAt and the checksums it promises"
  ],
  "passes over too much": [
    (good) => ({
      list: (directory, options) =>
        Stream.takeWhile(good.list(directory, options), ({ path }) => options?.mayContain?.(parent(at(path))) ?? true)
    }),
    "passes over directories that can not contain what is wanted, and over nothing else"
  ],
  "remembers the first listing": [
    (good) => ({
      list: (directory, options) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const found = kept.get(good) ?? (yield* Stream.runCollect(good.list(directory, options)))
            kept.set(good, found)
            return Stream.fromArray(found)
          })
        )
    }),
    "lists afresh each time the stream is run"
  ],
  "makes no directory": [() => ({ makeDirectory: () => Effect.void }), "keeps an empty directory, and makes it twice"],
  "lists directories first": [
    listing((entries) => entries.sort((a, b) => a._tag.localeCompare(b._tag))),
    "lists an empty directory where its content would stand"
  ],
  "shows the marker of a directory": [
    (good) => ({
      makeDirectory: (path) => good.put(at(`${path}/.marker`), ByteSource.fromBytes(new Uint8Array()), { modifiedAt })
    }),
    "reports a directory no longer as empty once a file is in it"
  ],
  "removes no directory": [() => ({ removeDirectory: () => Effect.void }), "removes an empty directory, twice"],
  "removes a directory with its content": [
    (good) => ({
      removeDirectory: (path) =>
        Effect.andThen(
          Stream.runForEach(good.list(path), (entry) => good.remove(at(entry.path))),
          good.removeDirectory!(path)
        )
    }),
    "leaves a directory that is not empty"
  ]
}

describe("ProviderContract", () => {
  for (const [name, [breakage, expected]] of Object.entries({ ...breakages, ...largeFileBreakages })) {
    it.effect(`notices a provider that ${name}`, () =>
      Effect.gen(function* () {
        const good = MemoryProvider.make()
        const check = checks.find((candidate) => candidate.name === expected)
        assert.isDefined(check, `there is no check "${expected}"`)
        const exit = yield* Effect.exit(check!.run({ ...good, ...breakage(good) }))
        assert.isTrue(Exit.isFailure(exit), `"${expected}" did not notice`)
        assert.notInclude(String(exit), "NotApplicable")
      })
    )
  }

  it("has a name of its own for each check", () => {
    assert.strictEqual(new Set(checks.map((check) => check.name)).size, checks.length)
  })

  it.effect("passes over what a provider does not have, and says so", () =>
    Effect.gen(function* () {
      const reasons = new Set<string>()
      for (const check of checks) {
        const bare = {
          ...MemoryProvider.make(),
          copy: undefined,
          largeFile: undefined,
          makeDirectory: undefined,
          removeDirectory: undefined
        }
        yield* Effect.catchTag(check.run(bare), "NotApplicable", ({ because }) =>
          Effect.sync(() => reasons.add(because))
        )
      }
      assert.includeMembers([...reasons], ["the storage has no copy", "the storage has no largeFile"])
    })
  )
})
