/** Checks of storing, reading, removing and copying whole files. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type ByteSource, smallSize } from "../contract/ByteSource.ts"
import type { File } from "../contract/Entry.ts"
import { PermissionDenied, SourceChanged, StorageError } from "../contract/StorageError.ts"
import {
  assertModifiedAt,
  at,
  bytes,
  type Check,
  check,
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

const megabyte = 1_000_000
const missing: File = { _tag: "File", path: at("none"), size: 5, modifiedAt, checksums: {} }

/** Breaks off after its first bytes, as a file does that is cut short while it is read. */
const changing = (size: number): ByteSource => {
  const because = new SourceChanged({ message: "the file changed while it was read" })
  const failure = new StorageError({ provider: "contract", operation: "read", reason: because })
  const read = () => Stream.concat(Stream.succeed(pattern(Math.min(size, 70_000) - 1)), Stream.fail(failure))
  return { size, bytes: Effect.fail(failure), read }
}

export const fileChecks: ReadonlyArray<Check> = [
  check("reads back the bytes that were put", function* (provider) {
    const file = yield* put(provider, "a.txt", "hello")
    assert.equal(yield* textOf(provider.read(file)), "hello")
    assert.equal(Buffer.from(yield* provider.readAll(file)).toString(), "hello")
  }),
  check("replaces a file that exists", function* (provider) {
    yield* put(provider, "a.txt", "the first")
    yield* put(provider, "a.txt", "second")
    assert.equal(yield* textAt(provider, "a.txt"), "second")
    assert.equal((yield* provider.stat(at("a.txt"))).size, 6)
    assert.deepEqual(yield* list(provider, ""), ["File a.txt"])
  }),
  check("does nothing until run, and the work again when run again", function* (provider) {
    const store = put(provider, "a.txt", "hello")
    assert.equal(yield* reason(provider.stat(at("a.txt"))), "NotFound")
    yield* store
    yield* provider.remove(at("a.txt"))
    yield* store
    assert.equal(yield* textAt(provider, "a.txt"), "hello")
  }),
  check("tells the same of a file after put, in stat and in a listing", function* (provider) {
    const said = yield* put(provider, "d/a.txt", "hello")
    const listed = (yield* Stream.runCollect(provider.list(at("d")))).find((entry) => entry._tag === "File")
    for (const file of [said, yield* provider.stat(at("d/a.txt")), listed]) {
      assert.equal(file?.path, "d/a.txt")
      assert.equal(file.size, 5)
      for (const algorithm of ["sha1", "md5", "sha256"] as const) {
        const digest: string | undefined = file.checksums[algorithm]
        if (digest !== undefined) assert.equal(digest, createHash(algorithm).update("hello").digest("hex"))
      }
      // A listing may leave out the time and which version it is; what it says is right.
      const isListed = file === listed
      assert.equal(isListed ? (file.modifiedAt ?? said.modifiedAt) : file.modifiedAt, said.modifiedAt)
      assert.equal(isListed ? (file.versionId ?? said.versionId) : file.versionId, said.versionId)
    }
  }),
  check("keeps nanoseconds, where it says so", function* (provider) {
    if (!provider.capabilities.keepsNanoseconds) return yield* notApplicable("the storage keeps milliseconds")
    yield* provider.put(at("a.txt"), bytes("hello"), { modifiedAt, nanoseconds: 456_789 })
    const stored = yield* provider.stat(at("a.txt"))
    assert.deepEqual([stored.modifiedAt, stored.nanoseconds], [modifiedAt, 456_789])
    yield* provider.put(at("a.txt"), bytes("again"), { modifiedAt })
    assert.equal((yield* provider.stat(at("a.txt"))).nanoseconds, 0)
  }),
  check("keeps modifiedAt as exactly as it says", function* (provider) {
    assertModifiedAt(provider, yield* put(provider, "a.txt", "hello"))
    assertModifiedAt(provider, yield* provider.stat(at("a.txt")))
    const later = modifiedAt + 86_400_654
    yield* provider.put(at("a.txt"), bytes("hello"), { modifiedAt: later })
    assertModifiedAt(provider, yield* provider.stat(at("a.txt")), later)
  }),
  check("keeps an empty file", function* (provider) {
    yield* put(provider, "empty", "")
    const file = yield* provider.stat(at("empty"))
    assert.equal(file.size, 0)
    assert.equal(yield* textOf(provider.read(file)), "")
    assert.equal((yield* provider.readAll(file)).length, 0)
  }),
  check("keeps a file of some MiB, whole", function* (provider) {
    const content = pattern(Math.min(3 * 1024 * 1024 + 17, provider.capabilities.maxPutSize))
    const file = yield* provider.put(at("some.bin"), pieces(content), { modifiedAt })
    assert.equal(file.size, content.length)
    assert.equal(sha1(yield* contentOf(provider.read(file))), sha1(content))
    assert.equal(sha1(yield* provider.readAll(file)), sha1(content))
  }),
  check("keeps a file that is too large for one buffer, whole", function* (provider) {
    const content = pattern(Math.min(smallSize + 12_345, provider.capabilities.maxPutSize))
    const streamed = { ...pieces(content), bytes: Effect.die(new Error("bytes is for small sources")) }
    const file = yield* provider.put(at("more.bin"), streamed, { modifiedAt })
    assert.equal(file.size, content.length)
    assert.equal(sha1(yield* contentOf(provider.read(file))), sha1(content))
  }),
  check(
    "keeps a durable file like any other, small or large, in directories that were not there",
    function* (provider) {
      const large = pattern(Math.min(2 * 1024 * 1024 + 17, provider.capabilities.maxPutSize))
      yield* provider.put(at("d/e/small"), bytes("hello"), { modifiedAt, durable: true })
      yield* provider.put(at("d/e/large"), pieces(large), { modifiedAt, durable: true })
      yield* provider.put(at("d/e/small"), bytes("again"), { modifiedAt, durable: true })
      assert.equal(yield* textAt(provider, "d/e/small"), "again")
      assert.equal(sha1(yield* provider.readAll(yield* provider.stat(at("d/e/large")))), sha1(large))
      assert.deepEqual(yield* list(provider, ""), ["File d/e/large", "File d/e/small"])
    }
  ),
  check("stores nothing when a small source changes while it is read", function* (provider) {
    const store = provider.put(at("a.txt"), changing(50_000), { modifiedAt })
    assert.equal(yield* reason(store), "SourceChanged")
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  check("keeps the old file when a large source changes while it is read", function* (provider) {
    yield* put(provider, "a.txt", "old")
    const store = provider.put(at("a.txt"), changing(smallSize + megabyte), { modifiedAt })
    assert.equal(yield* reason(store), "SourceChanged")
    assert.equal(yield* textAt(provider, "a.txt"), "old")
    assert.deepEqual(yield* list(provider, ""), ["File a.txt"])
  }),
  check("fails with the very error that a source fails with, and lives", function* (provider) {
    const because = new PermissionDenied({ message: "nobody may read the rest of it" })
    const failure = new StorageError({ provider: "contract", operation: "read", reason: because })
    for (const size of [50_000, smallSize + megabyte]) {
      if (size > provider.capabilities.maxPutSize) continue
      const read = () => Stream.concat(Stream.succeed(pattern(40_000)), Stream.fail(failure))
      const error = yield* Effect.flip(
        provider.put(at("a.txt"), { size, bytes: Effect.fail(failure), read }, { modifiedAt })
      ).pipe(Effect.catch(() => Effect.die(new assert.AssertionError({ message: "it stores what can not be read" }))))
      assert.equal(error.reason._tag, "PermissionDenied")
      assert.equal(error.reason.message, because.message)
    }
    assert.deepEqual(yield* list(provider, ""), [])
    yield* put(provider, "a.txt", "after")
    assert.equal(yield* textAt(provider, "a.txt"), "after")
  }),
  check("stores nothing when the bytes are not those that were announced", function* (provider) {
    const source = { ...bytes("hello"), sha1: sha1("other") }
    assert.equal(yield* reason(provider.put(at("a.txt"), source, { modifiedAt })), "ChecksumMismatch")
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  check("stores many files at once", function* (provider) {
    const numbers = Array.from({ length: 24 }, (_, index) => `${index + 100}`)
    const concurrency = 8
    yield* Effect.forEach(numbers, (number) => put(provider, `n/${number}`, `content ${number}`), { concurrency })
    const stored = yield* Effect.forEach(numbers, (number) => textAt(provider, `n/${number}`), { concurrency })
    assert.deepEqual(
      stored,
      numbers.map((number) => `content ${number}`)
    )
  }),
  check("keeps names with every kind of character", function* (provider) {
    const names = [
      "dir with space/100% + #1? & 'single' \"double\" = , ; : @ $ ! * ( ) [ ] { } < > | ~ ^ `.txt",
      "dir with space/100%2Fx%20y+z",
      "..hidden",
      "trailing.",
      " lead and end ",
      "é e\u0301 日本 😀 ～",
      // What stands for characters that a service may forbid: `Spelling.ts`.
      "Icon␍",
      "‛‛␍ ‛␍ ␡",
      "caf‛E9",
      "lit‛‛E9 ‛e9 ‛ 4‛",
      "‛/‛./‛../x",
      "‛‛",
      "／ ．"
    ]
    for (const name of names) yield* put(provider, name, name)
    assert.deepEqual(yield* list(provider, ""), names.map((name) => `File ${name}`).sort())
    for (const name of names) {
      assert.equal(yield* textAt(provider, name), name)
      yield* provider.remove(at(name))
    }
    assert.deepEqual(
      (yield* list(provider, "")).filter((line) => line.startsWith("File")),
      []
    )
  }),
  check("tells names apart by case when it says so", function* (provider) {
    yield* put(provider, "case.txt", "lower")
    yield* put(provider, "CASE.txt", "upper")
    const { isCaseSensitive } = provider.capabilities
    if (isCaseSensitive === undefined) return yield* notApplicable("nobody knows whether case counts there")
    assert.equal(yield* textAt(provider, "case.txt"), isCaseSensitive ? "lower" : "upper")
    assert.equal((yield* list(provider, "")).length, isCaseSensitive ? 2 : 1)
  }),
  check("reads one range of a file", function* (provider) {
    const file = yield* put(provider, "a.txt", "0123456789")
    assert.equal(yield* textOf(provider.read(file, { offset: 3, length: 4 })), "3456")
    assert.equal(yield* textOf(provider.read(file, { offset: 0, length: 1 })), "0")
    assert.equal(yield* textOf(provider.read(file, { offset: 9, length: 1 })), "9")
    assert.equal(yield* textOf(provider.read(file, { offset: 0, length: 10 })), "0123456789")
  }),
  check("reads a range that begins and ends inside a piece", function* (provider) {
    const content = pattern(3 * megabyte)
    const file = yield* provider.put(at("some.bin"), pieces(content), { modifiedAt })
    const range = { offset: 1_048_500, length: 1_200_000 }
    const expected = content.subarray(range.offset, range.offset + range.length)
    assert.equal(sha1(yield* contentOf(provider.read(file, range))), sha1(expected))
  }),
  check("refuses a range outside the file", function* (provider) {
    const file = yield* put(provider, "a.txt", "0123")
    for (const range of [
      { offset: 3, length: 4 },
      { offset: 4, length: 1 },
      { offset: 100, length: 1 }
    ]) {
      assert.equal(yield* reason(Stream.runDrain(provider.read(file, range))), "InvalidRequest")
    }
  }),
  check("fails with NotFound for a path that was never stored", function* (provider) {
    assert.equal(yield* reason(provider.stat(at("none"))), "NotFound")
    assert.equal(yield* reason(Stream.runDrain(provider.read(missing))), "NotFound")
    assert.equal(yield* reason(Stream.runDrain(provider.read(missing, { offset: 1, length: 2 }))), "NotFound")
    assert.equal(yield* reason(provider.readAll(missing)), "NotFound")
  }),
  check("finds no file where a directory is", function* (provider) {
    yield* put(provider, "d/a.txt", "hello")
    assert.equal(yield* reason(provider.stat(at("d"))), "NotFound")
  }),
  check("reads a version that was replaced as it was, or not at all", function* (provider) {
    const old = yield* put(provider, "a.txt", "old")
    yield* put(provider, "a.txt", "new")
    if (old.versionId === undefined) return yield* notApplicable("its files have no version ids")
    const found = yield* Effect.match(textOf(provider.read(old)), {
      onFailure: (error) => error.reason._tag,
      onSuccess: (text) => text
    })
    assert.ok(found === (provider.capabilities.keepsVersions ? "old" : "NotFound"), `it gives ${found}`)
  }),
  check("removes a file, and succeeds when it is already gone", function* (provider) {
    yield* put(provider, "a.txt", "hello")
    yield* put(provider, "b.txt", "stays")
    yield* provider.remove(at("a.txt"))
    yield* provider.remove(at("a.txt"))
    yield* provider.remove(at("never/was"))
    assert.equal(yield* reason(provider.stat(at("a.txt"))), "NotFound")
    assert.deepEqual(yield* list(provider, ""), ["File b.txt"])
  }),
  checkOf("copy", "copies inside the service, with the time", function* (copy, provider) {
    const from = yield* put(provider, "a.txt", "hello")
    const copied = yield* copy(from, provider.location, at("d/b.txt"))
    assert.equal(copied.path, "d/b.txt")
    assert.equal(copied.size, 5)
    assertModifiedAt(provider, yield* provider.stat(at("d/b.txt")))
    assert.equal(yield* textAt(provider, "d/b.txt"), "hello")
    assert.equal(yield* textAt(provider, "a.txt"), "hello")
  }),
  checkOf("copy", "copies over a file that exists", function* (copy, provider) {
    const from = yield* put(provider, "a.txt", "new")
    yield* put(provider, "b.txt", "the old one")
    yield* copy(from, provider.location, at("b.txt"))
    assert.equal(yield* textAt(provider, "b.txt"), "new")
  }),
  checkOf("copy", "fails with NotFound when the file to copy is gone", function* (copy, provider) {
    const from = yield* put(provider, "a.txt", "hello")
    yield* provider.remove(from.path)
    if (!provider.capabilities.keepsVersions) {
      assert.equal(yield* reason(copy(from, provider.location, at("b.txt"))), "NotFound")
    }
    assert.equal(yield* reason(copy(missing, provider.location, at("c.txt"))), "NotFound")
  }),
  checkOf("touch", "gives a file another time and leaves its bytes", function* (touch, provider) {
    const stored = yield* put(provider, "a.txt", "hello")
    const later = modifiedAt + 86_400_654
    const touched = yield* touch(stored, later)
    assert.equal(touched.path, "a.txt")
    assertModifiedAt(provider, touched, later)
    assertModifiedAt(provider, yield* provider.stat(at("a.txt")), later)
    assert.equal(yield* textAt(provider, "a.txt"), "hello")
    assert.deepEqual(yield* list(provider, ""), ["File a.txt"])
  }),
  checkOf("touch", "does not touch a file that is gone", function* (touch, provider) {
    const stored = yield* put(provider, "a.txt", "hello")
    yield* provider.remove(at("a.txt"))
    assert.equal(yield* reason(touch(stored, modifiedAt + 1000)), "NotFound")
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  checkOf("digest", "digests a file as a whole and in parts", function* (digest, provider) {
    const content = pattern(2 * megabyte + 5)
    const file = yield* provider.put(at("some.bin"), pieces(content), { modifiedAt })
    for (const algorithm of ["sha1", "md5", "sha256"] as const) {
      const digestOf = (bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex")
      const found = yield* digest(file)(megabyte, algorithm)
      assert.deepEqual([found.algorithm, found.whole], [algorithm, digestOf(content)])
      const parts = [0, 1, 2].map((index) => digestOf(content.subarray(index * megabyte, (index + 1) * megabyte)))
      assert.deepEqual(found.parts, parts)
      assert.deepEqual(yield* digest(file)(undefined, algorithm), { ...found, parts: [] })
    }
  })
]
