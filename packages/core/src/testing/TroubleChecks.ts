/** Checks of what goes wrong on the way: sources that lie, calls that are broken off, two that want one name. */
import assert from "node:assert/strict"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { type ByteSource, smallSize } from "../contract/ByteSource.ts"
import {
  at,
  bytes,
  type Check,
  check,
  list,
  modifiedAt,
  notApplicable,
  pattern,
  pieces,
  put,
  reason,
  textAt
} from "./Check.ts"

/** It says that it has other bytes than it gives. */
const lying = (source: ByteSource, by: number): ByteSource => ({ ...source, size: source.size + by })

const mebibyte = 1024 * 1024

export const troubleChecks: ReadonlyArray<Check> = [
  check(
    "stores nothing of a source that is shorter than it says, nor more of a longer one, and ends",
    function* (provider) {
      yield* put(provider, "a.bin", "old")
      const large = pieces(pattern(Math.min(smallSize + mebibyte, provider.capabilities.maxPutSize - 1)))
      for (const source of [bytes("hello"), large]) {
        const short = yield* reason(provider.put(at("a.bin"), lying(source, 1), { modifiedAt }))
        assert.notEqual(short, "no failure", `a source of ${source.size} bytes that says one more is stored`)
        assert.equal(yield* textAt(provider, "a.bin"), "old")
        const long = yield* reason(provider.put(at("a.bin"), lying(source, -1), { modifiedAt }))
        const { size } = yield* provider.stat(at("a.bin"))
        // Whoever reads it by ranges asks for no more than it says.
        assert.equal(size, long === "no failure" ? source.size - 1 : 3)
        if (long === "no failure") yield* put(provider, "a.bin", "old")
      }
      assert.deepEqual(yield* list(provider, ""), ["File a.bin"])
    }
  ),
  check("leaves nothing of a put that is broken off, and goes on", function* (provider) {
    const size = smallSize + mebibyte
    if (provider.capabilities.maxPutSize < size) return yield* notApplicable("it takes no file that is sent in pieces")
    for (let attempt = 0; attempt < 3; attempt++) {
      const isUnderWay = Deferred.makeUnsafe<void>()
      const whole = pieces(pattern(size))
      const endless: ByteSource = {
        ...whole,
        read: () =>
          Stream.concat(
            Stream.take(whole.read(), 2),
            Stream.fromEffect(Effect.andThen(Deferred.succeed(isUnderWay, undefined), Effect.never))
          )
      }
      const fiber = yield* Effect.forkDetach(provider.put(at("big"), endless, { modifiedAt }))
      // What fails at once is never under way.
      yield* Effect.raceFirst(Deferred.await(isUnderWay), Fiber.join(fiber))
      yield* Fiber.interrupt(fiber)
    }
    assert.deepEqual(yield* list(provider, ""), [])
    yield* put(provider, "a.txt", "after")
    assert.equal(yield* textAt(provider, "a.txt"), "after")
  }),
  check("reads on after many readings that were broken off", function* (provider) {
    const content = pattern(Math.min(3 * mebibyte, provider.capabilities.maxPutSize))
    const file = yield* provider.put(at("some.bin"), pieces(content), { modifiedAt })
    for (let count = 0; count < 40; count++) yield* Stream.runDrain(Stream.take(provider.read(file), 1))
    assert.equal((yield* provider.readAll(file)).length, content.length)
  }),
  check("reads nothing of a range without bytes", function* (provider) {
    const file = yield* put(provider, "a.txt", "0123")
    for (const offset of [0, 2, 4]) {
      const found = yield* Stream.runCollect(provider.read(file, { offset, length: 0 }))
      assert.equal(Buffer.concat(found).length, 0)
    }
  }),
  check("keeps one of two files that are put under one name at once, whole", function* (provider) {
    const texts = ["the first of the two", "the second"]
    yield* Effect.forEach(texts, (text) => put(provider, "d/a.txt", text), { concurrency: 2 })
    const stored = yield* textAt(provider, "d/a.txt")
    assert.ok(texts.includes(stored), `it holds "${stored}"`)
    assert.equal((yield* provider.stat(at("d/a.txt"))).size, stored.length)
    assert.deepEqual(yield* list(provider, ""), ["File d/a.txt"])
  }),
  check("finds no file by a part of its name", function* (provider) {
    yield* put(provider, "d/abc", "hello")
    for (const path of ["d/ab", "d/abcd", "d/abc ", "d/bc", "abc", "d/abc/d"]) {
      assert.equal(yield* reason(provider.stat(at(path))), "NotFound", path)
    }
  }),
  check(
    "loses no file to another whose name would make a directory of it, or a file of its directory",
    function* (provider) {
      yield* put(provider, "d/a.txt", "hello")
      const over = yield* reason(put(provider, "d", "a file"))
      const below = yield* reason(put(provider, "d/a.txt/b.txt", "below"))
      assert.equal(yield* textAt(provider, "d/a.txt"), "hello")
      const kept = [
        ...(over === "no failure" ? ["File d"] : []),
        "File d/a.txt",
        ...(below === "no failure" ? ["File d/a.txt/b.txt"] : [])
      ]
      assert.deepEqual(yield* list(provider, ""), kept)
    }
  )
]
