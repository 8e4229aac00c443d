/** Checks of what is optional about names: only where nothing is, other names, directories as things, what a file is. */
import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { isInside, isSame } from "../contract/PlaceIdentity.ts"
import { specification } from "../contract/Specification.ts"
import {
  assertModifiedAt,
  at,
  bytes,
  type Check,
  check,
  checkOf,
  list,
  modifiedAt,
  notApplicable,
  pattern,
  pieces,
  put,
  reason,
  sha1,
  textAt
} from "./Check.ts"

export const placeChecks: ReadonlyArray<Check> = [
  check("keeps the number of the contract, and says which place it is", function* (provider) {
    assert.equal(provider.specification, specification)
    assert.ok(provider.place.account.length > 0, "the account has an id")
    assert.ok(isSame(provider.place, provider.place), "the place is itself")
    yield* Effect.void
  }),
  checkOf("locate", "says of every file that it lies in its place", function* (locate, provider) {
    yield* put(provider, "d/a.txt", "hello")
    assert.ok(isInside(yield* locate(at("d/a.txt")), provider.place))
    assert.ok(isInside(yield* locate(at("not/there")), provider.place))
    assert.ok(!isSame(yield* locate(at("d/a.txt")), yield* locate(at("d/b.txt"))))
  }),
  checkOf("statDirectory", "knows which names are directories", function* (statDirectory, provider) {
    yield* put(provider, "d/e/a.txt", "hello")
    assert.deepEqual(yield* statDirectory(at("d")), { _tag: "Directory", path: "d" })
    assert.equal((yield* statDirectory(at("d/e"))).path, "d/e")
    assert.equal((yield* statDirectory(at(""))).path, "")
    for (const path of ["none", "d/e/a.txt", "d/e/a", "d/none"]) {
      assert.equal(yield* reason(statDirectory(at(path))), "NotFound", path)
    }
  }),
  check("keeps the directory whose last file is removed, or not, as it says", function* (provider) {
    const { statDirectory } = provider
    if (statDirectory === undefined) return yield* notApplicable("the storage has no statDirectory")
    yield* put(provider, "d/a.txt", "hello")
    yield* provider.remove(at("d/a.txt"))
    const found = yield* reason(statDirectory(at("d")))
    assert.equal(found, provider.capabilities.hasDirectories ? "no failure" : "NotFound")
  }),
  check("keeps metadata with the file, where it says so", function* (provider) {
    if (!provider.capabilities.keepsMetadata) return yield* notApplicable("the storage keeps no metadata")
    const metadata = { mode: "0644", "second-name": "é, 50 % & more" }
    yield* provider.put(at("a.txt"), bytes("hello"), { modifiedAt, metadata })
    assert.deepEqual((yield* provider.stat(at("a.txt"))).metadata, metadata)
    yield* put(provider, "b.txt", "hello")
    assert.equal((yield* provider.stat(at("b.txt"))).metadata, undefined)
  }),
  checkOf("putIfAbsent", "puts a file only where nothing is", function* (putIfAbsent, provider) {
    const stored = yield* putIfAbsent(at("d/a.txt"), bytes("first"), { modifiedAt })
    assert.deepEqual([stored.path, stored.size], ["d/a.txt", 5])
    assertModifiedAt(provider, yield* provider.stat(at("d/a.txt")))
    assert.equal(yield* reason(putIfAbsent(at("d/a.txt"), bytes("second"), { modifiedAt })), "AlreadyExists")
    assert.equal(yield* textAt(provider, "d/a.txt"), "first")
    yield* provider.remove(at("d/a.txt"))
    yield* putIfAbsent(at("d/a.txt"), bytes("third"), { modifiedAt })
    assert.deepEqual(yield* list(provider, ""), ["File d/a.txt"])
  }),
  checkOf("putIfAbsent", "puts nothing of bytes that are not those announced", function* (putIfAbsent, provider) {
    const wrong = { ...bytes("hello"), sha1: sha1("other") }
    assert.equal(yield* reason(putIfAbsent(at("a.txt"), wrong, { modifiedAt })), "ChecksumMismatch")
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  checkOf("putIfSame", "replaces nothing by bytes that are not those announced", function* (putIfSame, provider) {
    const seen = yield* put(provider, "a.txt", "first")
    const wrong = { ...bytes("hello"), sha1: sha1("other") }
    assert.equal(yield* reason(putIfSame(seen, wrong, { modifiedAt })), "ChecksumMismatch")
    assert.equal(yield* textAt(provider, "a.txt"), "first")
  }),
  checkOf("putIfAbsent", "lets one of many that put at once be first", function* (putIfAbsent, provider) {
    const texts = Array.from({ length: 8 }, (_, index) => `by number ${index}`)
    const attempts = yield* Effect.forEach(
      texts,
      (text) => reason(putIfAbsent(at("lock"), bytes(text), { modifiedAt })),
      { concurrency: "unbounded" }
    )
    const winners = texts.filter((_, index) => attempts[index] === "no failure")
    assert.equal(winners.length, 1)
    assert.equal(yield* textAt(provider, "lock"), winners[0])
    assert.deepEqual(yield* list(provider, ""), ["File lock"])
  }),
  checkOf("putIfSame", "replaces only the file that was seen", function* (putIfSame, provider) {
    const seen = yield* put(provider, "a.txt", "first")
    const second = yield* putIfSame(seen, bytes("second"), { modifiedAt })
    assert.equal(yield* textAt(provider, "a.txt"), "second")
    assert.equal(yield* reason(putIfSame(seen, bytes("third"), { modifiedAt })), "SourceChanged")
    assert.equal(yield* textAt(provider, "a.txt"), "second")
    yield* provider.remove(at("a.txt"))
    assert.equal(yield* reason(putIfSame(second, bytes("fourth"), { modifiedAt })), "SourceChanged")
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  checkOf("move", "gives a file another name, over what was there", function* (move, provider) {
    const from = yield* provider.stat((yield* put(provider, "a.txt", "hello")).path)
    yield* put(provider, "d/b.txt", "the old one")
    const moved = yield* move(from, at("d/b.txt"))
    assert.deepEqual([moved.path, moved.size], ["d/b.txt", 5])
    assertModifiedAt(provider, yield* provider.stat(at("d/b.txt")))
    assert.equal(yield* textAt(provider, "d/b.txt"), "hello")
    assert.deepEqual(yield* list(provider, ""), ["File d/b.txt"])
    assert.equal(yield* reason(move(from, at("c.txt"))), "NotFound")
  }),
  checkOf(
    "moveDirectory",
    "gives a directory another name, with all that is in it",
    function* (moveDirectory, provider) {
      yield* put(provider, "d/a.txt", "a")
      yield* put(provider, "d/e/b.txt", "b")
      yield* put(provider, "d2/c.txt", "c")
      yield* provider.makeDirectory?.(at("d/empty")) ?? Effect.void
      yield* provider.makeDirectory?.(at("d2/empty")) ?? Effect.void
      const empty = (...paths: ReadonlyArray<string>) =>
        provider.makeDirectory === undefined ? [] : paths.map((path) => `Directory ${path}`)
      yield* moveDirectory(at("d"), at("f/g"))
      const moved = [...empty("d2/empty", "f/g/empty"), ...["File d2/c.txt", "File f/g/a.txt", "File f/g/e/b.txt"]]
      assert.deepEqual(yield* list(provider, ""), moved)
      assert.equal(yield* textAt(provider, "f/g/e/b.txt"), "b")
      assert.equal(yield* reason(moveDirectory(at("d"), at("h"))), "NotFound")
      assert.equal(yield* reason(moveDirectory(at("f"), at("d2"))), "AlreadyExists")
      assert.equal(yield* reason(moveDirectory(at("f"), at("f/g/h"))), "InvalidRequest")
      assert.deepEqual(yield* list(provider, ""), moved)
    }
  ),
  check("does not mix two files of one name: an old one is read as it was, or not at all", function* (provider) {
    const size = 200_000
    const put = (content: Uint8Array, time: number) => provider.put(at("a.bin"), pieces(content), { modifiedAt: time })
    const [first, second] = [pattern(size), pattern(size).slice().reverse()]
    yield* put(first, modifiedAt)
    const old = yield* provider.stat(at("a.bin"))
    yield* put(second, modifiedAt + 5000)
    for (const range of [undefined, { offset: 0, length: 1000 }, { offset: size - 1000, length: 1000 }]) {
      const { length, offset } = range ?? { offset: 0, length: size }
      const found = yield* Effect.match(Stream.runCollect(provider.read(old, range)), {
        onFailure: (error) => error.reason._tag as string,
        onSuccess: (read) => sha1(Buffer.concat(read))
      })
      const right = [sha1(first.subarray(offset, offset + length)), "SourceChanged", "NotFound"]
      assert.ok(right.includes(found), `reading the old file gives ${found}`)
    }
  })
]
