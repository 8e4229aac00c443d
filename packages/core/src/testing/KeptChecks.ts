/** Checks of what is kept beside the bytes: the time, the type of content, metadata, and what other calls do to them. */
import assert from "node:assert/strict"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { smallSize } from "../contract/ByteSource.ts"
import type { Provider } from "../contract/Provider.ts"
import { isStorageError } from "../contract/StorageError.ts"
import {
  assertModifiedAt,
  at,
  bytes,
  type Check,
  check,
  checkOf,
  contentOf,
  entries,
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

const contentType = "text/plain; charset=utf-8"

/** Whether the storage keeps the type of content is seen by what it says of one that was put. */
const typed = Effect.fnUntraced(function* (provider: Provider) {
  const metadata = provider.capabilities.keepsMetadata ? { mode: "0644" } : undefined
  const said = yield* provider.put(at("a.bin"), bytes("hello"), { modifiedAt, contentType, metadata })
  if (said.contentType !== contentType) return yield* notApplicable("the storage keeps no type of content")
  return { said, metadata }
})

/** Around the epoch, beyond 32 bits of seconds, at the end of the calendar, and before 1970. */
const times = [0, 1, 999, 1000, 2 ** 31 * 1000, 2 ** 32 * 1000, 253_402_300_799_999, -1, -1_234_567_890]

export const keptChecks: ReadonlyArray<Check> = [
  check("keeps a time of any year, or refuses it, or says which it keeps", function* (provider) {
    const kept: Array<string> = []
    for (const [index, time] of times.entries()) {
      const path = `at ${index}`
      const exit = yield* Effect.exit(provider.put(at(path), bytes("hello"), { modifiedAt: time }))
      if (Exit.isFailure(exit)) {
        const error = Cause.squash(exit.cause)
        const isRefused = isStorageError(error) && error.reason._tag === "InvalidRequest"
        assert.ok(isRefused, `a time of ${time} ms fails with ${error}`)
        continue
      }
      kept.push(`File ${path}`)
      const stored = yield* provider.stat(at(path))
      // A disk may have no such time; then the answer says which one it has instead.
      const isSaid = exit.value.modifiedAt !== time
      assertModifiedAt(provider, stored, isSaid ? exit.value.modifiedAt : time)
    }
    assert.deepEqual(yield* list(provider, ""), kept)
  }),
  check("keeps the type of content, where it keeps one", function* (provider) {
    yield* typed(provider)
    assert.equal((yield* provider.stat(at("a.bin"))).contentType, contentType)
    yield* provider.put(at("a.bin"), bytes("hello"), { modifiedAt, contentType: "image/png" })
    assert.equal((yield* provider.stat(at("a.bin"))).contentType, "image/png")
  }),
  checkOf("copy", "copies the type of content and the metadata, where it keeps them", function* (copy, provider) {
    const { metadata, said } = yield* typed(provider)
    yield* copy(said, provider.location, at("b.bin"))
    const copied = yield* provider.stat(at("b.bin"))
    assert.deepEqual([copied.contentType, copied.metadata], [contentType, metadata])
  }),
  checkOf("touch", "touches a file twice with one time, and leaves all else of it", function* (touch, provider) {
    const metadata = provider.capabilities.keepsMetadata ? { mode: "0644" } : undefined
    yield* provider.put(at("a.bin"), bytes("hello"), { modifiedAt, contentType, metadata })
    const before = yield* provider.stat(at("a.bin"))
    const later = modifiedAt + 86_400_654
    yield* touch(yield* touch(before, later), later)
    const after = yield* provider.stat(at("a.bin"))
    assertModifiedAt(provider, after, later)
    assert.deepEqual(
      [after.size, after.contentType, after.metadata],
      [before.size, before.contentType, before.metadata]
    )
    assert.deepEqual(after.checksums, before.checksums)
    assert.equal(yield* textAt(provider, "a.bin"), "hello")
  }),
  checkOf("setMetadata", "puts other metadata in the place of all there was, with a time", function* (set, provider) {
    const metadata = { mode: "0644", first: "1" }
    yield* provider.put(at("a.bin"), bytes("hello"), { modifiedAt, contentType, metadata })
    const before = yield* provider.stat(at("a.bin"))
    const later = modifiedAt + 86_400_654
    const kept = { mode: "0600", second: "2" }
    assert.deepEqual((yield* set(before, kept, later)).metadata, kept)
    const after = yield* provider.stat(at("a.bin"))
    assertModifiedAt(provider, after, later)
    assert.deepEqual([after.size, after.contentType, after.metadata], [before.size, before.contentType, kept])
    assert.deepEqual(after.checksums, before.checksums)
    assert.equal(yield* textAt(provider, "a.bin"), "hello")
  }),
  checkOf("touch", "does not touch a file that took the place of the one that was seen", function* (touch, provider) {
    yield* put(provider, "a.txt", "first")
    const seen = yield* provider.stat(at("a.txt"))
    if (seen.versionId === undefined && seen.identity === undefined) {
      return yield* notApplicable("nothing tells its files of one name apart")
    }
    yield* provider.put(at("a.txt"), bytes("the second"), { modifiedAt: modifiedAt + 5000 })
    assert.notEqual(yield* reason(touch(seen, modifiedAt + 86_400_000)), "no failure")
    assertModifiedAt(provider, yield* provider.stat(at("a.txt")), modifiedAt + 5000)
    assert.equal(yield* textAt(provider, "a.txt"), "the second")
  }),
  check("reads an empty file with a range and without, copies it and touches it", function* (provider) {
    const file = yield* put(provider, "empty", "")
    assert.equal(yield* textOf(provider.read(file, { offset: 0, length: 0 })), "")
    assert.equal(yield* reason(Stream.runDrain(provider.read(file, { offset: 0, length: 1 }))), "InvalidRequest")
    const { copy, touch } = provider
    if (copy !== undefined) {
      assert.equal((yield* copy(file, provider.location, at("d/copy"))).size, 0)
      assert.equal((yield* provider.stat(at("d/copy"))).size, 0)
    }
    if (touch !== undefined) {
      yield* touch(file, modifiedAt + 60_000)
      assertModifiedAt(provider, yield* provider.stat(at("empty")), modifiedAt + 60_000)
    }
  }),
  check("reads at once what is as large as that may be, or a byte less or more", function* (provider) {
    if (provider.capabilities.maxPutSize <= smallSize) return yield* notApplicable("it takes no file of that size")
    const content = pattern(smallSize + 1)
    for (const size of [smallSize - 1, smallSize, smallSize + 1]) {
      const file = yield* provider.put(at("a.bin"), pieces(content.subarray(0, size)), { modifiedAt })
      const expected = sha1(content.subarray(0, size))
      assert.equal(sha1(yield* provider.readAll(file)), expected)
      assert.equal(sha1(yield* contentOf(provider.read(file))), expected)
    }
  }),
  checkOf("copy", "copies a file onto itself, and loses nothing", function* (copy, provider) {
    const file = yield* put(provider, "a.txt", "hello")
    const outcome = yield* reason(copy(file, provider.location, at("a.txt")))
    assert.ok(["no failure", "InvalidRequest", "AlreadyExists"].includes(outcome), `it fails with ${outcome}`)
    assert.equal(yield* textAt(provider, "a.txt"), "hello")
    assertModifiedAt(provider, yield* provider.stat(at("a.txt")))
    assert.deepEqual(yield* list(provider, ""), ["File a.txt"])
  }),
  checkOf("copy", "copies files of awkward names, from folders and to them", function* (copy, provider) {
    const names = ["d/100% a+b é.txt", "d/%2F?#.txt", "d/é/😀&;='.txt"]
    for (const name of names) {
      const file = yield* put(provider, name, name)
      yield* copy(file, provider.location, at(`e/${name}`))
      assert.equal(yield* textAt(provider, `e/${name}`), name)
    }
  }),
  checkOf("copy", "loses no folder to a file that is copied to its name", function* (copy, provider) {
    const file = yield* put(provider, "a.txt", "hello")
    yield* put(provider, "d/b.txt", "in it")
    yield* reason(copy(file, provider.location, at("d")))
    assert.equal(yield* textAt(provider, "d/b.txt"), "in it")
    assert.equal(yield* textAt(provider, "a.txt"), "hello")
  }),
  check("says the same of itself whatever was done, and nothing that can not be", function* (provider) {
    const before = JSON.stringify(provider.capabilities)
    const { checksums, maxPutSize, modifiedAtPrecision } = provider.capabilities
    assert.ok(maxPutSize >= 1 && Number.isInteger(maxPutSize), "it takes files of some size")
    assert.ok(modifiedAtPrecision === undefined || modifiedAtPrecision >= 1, "times are no finer than a millisecond")
    assert.equal(new Set(checksums).size, checksums.length)
    yield* put(provider, "a.txt", "hello")
    yield* entries(provider, "")
    assert.equal(JSON.stringify(provider.capabilities), before)
  })
]
