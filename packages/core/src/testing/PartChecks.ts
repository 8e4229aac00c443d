/** Checks of what can go wrong with the parts of a large file: their numbers, their order, their end. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type ByteSource, slice } from "../contract/ByteSource.ts"
import type { File } from "../contract/Entry.ts"
import { type LargeFile, largestFile, partSize as partSizeOf } from "../contract/LargeFile.ts"
import type { Provider } from "../contract/Provider.ts"
import {
  at,
  bytes,
  type Check,
  checkOf,
  contentOf,
  list,
  modifiedAt,
  notApplicable,
  pattern,
  pieces,
  reason,
  sha1
} from "./Check.ts"

/** A file of two smallest parts and a few bytes. */
const threeParts = ({ limits }: LargeFile) => {
  const partSize = Math.max(limits.minPartSize, 1024)
  const content = pattern(2 * partSize + 777)
  const source = pieces(content)
  const part = (number: number) =>
    slice(source, { offset: (number - 1) * partSize, length: number === 3 ? 777 : partSize })
  const offset = (number: number) => ({ offset: (number - 1) * partSize })
  return { content, part, offset, options: { modifiedAt, size: content.length, partSize, sha1: sha1(content) } }
}

const small = { modifiedAt, size: 10_000_000, partSize: 5_000_000 }

const assertWhole = Effect.fnUntraced(function* (provider: Provider, path: string, content: Uint8Array) {
  const file = yield* provider.stat(at(path))
  assert.equal(file.size, content.length)
  assert.equal(sha1(yield* contentOf(provider.read(file))), sha1(content))
})

export const partChecks: ReadonlyArray<Check> = [
  checkOf("largeFile", "joins parts of which one was sent twice at once", function* (largeFile, provider) {
    const { content, offset, options, part } = threeParts(largeFile)
    const file = yield* largeFile.start(at("big"), options)
    const send = (number: number) => largeFile.uploadPart(file, number, part(number), offset(number))
    yield* send(3)
    yield* Effect.all([send(2), send(2)], { concurrency: 2 })
    yield* send(1)
    const arrived = yield* Stream.runCollect(largeFile.parts(file))
    assert.deepEqual(
      arrived.map(({ number }) => number),
      [1, 2, 3]
    )
    yield* largeFile.finish(file, arrived)
    yield* assertWhole(provider, "big", content)
  }),
  checkOf("largeFile", "joins parts that are named in another order, or refuses", function* (largeFile, provider) {
    const { content, offset, options, part } = threeParts(largeFile)
    const file = yield* largeFile.start(at("big"), options)
    const parts = yield* Effect.forEach([1, 2, 3], (number) =>
      largeFile.uploadPart(file, number, part(number), offset(number))
    )
    const outcome = yield* reason(largeFile.finish(file, [...parts].reverse()))
    if (outcome !== "no failure") {
      assert.equal(outcome, "InvalidRequest")
      assert.deepEqual(yield* list(provider, ""), [])
      yield* largeFile.finish(file, parts)
    }
    yield* assertWhole(provider, "big", content)
  }),
  checkOf("largeFile", "refuses a part that is not the one that arrived, and can go on", function* (large, provider) {
    const { partChecksum } = large.limits
    if (partChecksum === undefined) return yield* notApplicable("its receipts of parts say nothing of the bytes")
    const { content, offset, options, part } = threeParts(large)
    const file = yield* large.start(at("big"), options)
    const parts = yield* Effect.forEach([1, 2, 3], (number) =>
      large.uploadPart(file, number, part(number), offset(number))
    )
    const other = createHash(partChecksum).update("other").digest("hex")
    const wrong = parts.map((each) => (each.number === 2 ? { ...each, checksum: other } : each))
    const outcome = yield* reason(large.finish(file, wrong))
    assert.ok(["InvalidRequest", "ChecksumMismatch"].includes(outcome), `it ends with ${outcome}`)
    assert.deepEqual(yield* list(provider, ""), [])
    yield* large.finish(file, parts)
    yield* assertWhole(provider, "big", content)
  }),
  checkOf("largeFile", "refuses to finish with a part that never arrived", function* (largeFile, provider) {
    const { offset, options, part } = threeParts(largeFile)
    const file = yield* largeFile.start(at("big"), options)
    const first = yield* largeFile.uploadPart(file, 1, part(1), offset(1))
    const { partChecksum = "md5" } = largeFile.limits
    const checksum = createHash(partChecksum).update("never sent").digest("hex")
    assert.equal(yield* reason(largeFile.finish(file, [first, { ...first, number: 2, checksum }])), "InvalidRequest")
    assert.deepEqual(yield* list(provider, ""), [])
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "takes no part of a large file that was cancelled", function* (largeFile, provider) {
    const file = yield* largeFile.start(at("big"), small)
    yield* largeFile.cancel(file)
    const sent = largeFile.uploadPart(file, 1, bytes("one"), { offset: 0 })
    // Some services have no other word for it than that the request is wrong.
    const outcome = yield* reason(sent)
    assert.ok(["NotFound", "InvalidRequest"].includes(outcome), `it ends with ${outcome}`)
    assert.deepEqual(yield* Stream.runCollect(largeFile.unfinished(at(""))), [])
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  checkOf("largeFile", "leaves nothing where it is cancelled while a part is sent", function* (largeFile, provider) {
    const isUnderWay = Deferred.makeUnsafe<void>()
    const never = Effect.andThen(Deferred.succeed(isUnderWay, undefined), Effect.never)
    const endless: ByteSource = { size: 1000, bytes: never, read: () => Stream.fromEffect(never) }
    const file = yield* largeFile.start(at("big"), small)
    const fiber = yield* Effect.forkDetach(largeFile.uploadPart(file, 1, endless, { offset: 0 }))
    yield* Effect.raceFirst(Deferred.await(isUnderWay), Fiber.join(fiber))
    yield* largeFile.cancel(file)
    yield* Fiber.interrupt(fiber)
    yield* largeFile.cancel(file)
    assert.deepEqual(yield* Stream.runCollect(largeFile.unfinished(at(""))), [])
    assert.deepEqual(yield* list(provider, ""), [])
  }),
  checkOf(
    "largeFile",
    "lists more than nine parts by their numbers, up to the last there may be",
    function* (largeFile) {
      const { maxParts } = largeFile.limits
      const numbers = Array.from({ length: 11 }, (_, index) => index + 1).filter((number) => number <= maxParts)
      if (Number.isSafeInteger(maxParts) && maxParts > 11) numbers.push(maxParts)
      const file = yield* largeFile.start(at("big"), small)
      for (const number of [...numbers].reverse()) {
        yield* largeFile.uploadPart(file, number, bytes(`part ${number}`), { offset: 10 * Math.min(number, 12) })
      }
      const found = yield* Stream.runCollect(largeFile.parts(file))
      assert.deepEqual(
        found.map(({ number, size }) => [number, size]),
        numbers.map((number) => [number, `part ${number}`.length])
      )
      yield* largeFile.cancel(file)
    }
  ),
  checkOf("largeFile", "refuses parts of numbers that there are none of", function* (largeFile) {
    const file = yield* largeFile.start(at("big"), small)
    for (const number of [0, largeFile.limits.maxParts + 1]) {
      const sent = largeFile.uploadPart(file, number, bytes("one"), { offset: 0 })
      assert.equal(yield* reason(sent), "InvalidRequest", `part ${number}`)
    }
    assert.deepEqual(yield* Stream.runCollect(largeFile.parts(file)), [])
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "keeps the type of content of a large file, where it keeps one", function* (large, provider) {
    const contentType = "text/plain; charset=utf-8"
    const said = yield* provider.put(at("a.bin"), bytes("hello"), { modifiedAt, contentType })
    if (said.contentType !== contentType) return yield* notApplicable("the storage keeps no type of content")
    const { offset, options, part } = threeParts(large)
    const file = yield* large.start(at("big"), { ...options, contentType })
    const parts = yield* Effect.forEach([1, 2, 3], (number) =>
      large.uploadPart(file, number, part(number), offset(number))
    )
    yield* large.finish(file, parts)
    assert.equal((yield* provider.stat(at("big"))).contentType, contentType)
  }),
  checkOf("largeFile", "copies no part of bytes that are not there", function* (largeFile, provider) {
    const { copyPart } = largeFile
    if (copyPart === undefined) return yield* notApplicable("the storage copies no parts")
    const from = yield* provider.put(at("from"), pieces(pattern(10_000)), { modifiedAt })
    const file = yield* largeFile.start(at("big"), small)
    for (const range of [
      { offset: 9_000, length: 5_000 },
      { offset: 20_000, length: 5_000 }
    ]) {
      assert.equal(yield* reason(copyPart(file, 1, from, range)), "InvalidRequest")
    }
    const none: File = { _tag: "File", path: at("none"), size: 10_000, modifiedAt, checksums: {} }
    // Who copies versions alone has no other word for a file without one.
    const outcome = yield* reason(copyPart(file, 1, none, { offset: 0, length: 5_000 }))
    assert.ok(["NotFound", "InvalidRequest"].includes(outcome), `it ends with ${outcome}`)
    yield* largeFile.cancel(file)
  }),
  checkOf(
    "largeFile",
    "copies parts of the very file that was named, or none once it is replaced",
    function* (large, p) {
      const { copyPart } = large
      if (copyPart === undefined) return yield* notApplicable("the storage copies no parts")
      const size = Math.max(large.limits.minPartSize, 1024)
      const old = pattern(size)
      yield* p.put(at("gone"), bytes("gone"), { modifiedAt })
      yield* p.remove(at("gone"))
      const from = yield* p.put(at("from"), pieces(old), { modifiedAt })
      yield* p.put(at("from"), pieces(pattern(size).slice().reverse()), { modifiedAt: modifiedAt + 5000 })
      const file = yield* large.start(at("big"), { modifiedAt, size: size + 3, partSize: size })
      const copied = yield* Effect.result(copyPart(file, 1, from, { offset: 0, length: size }))
      if (Result.isFailure(copied)) {
        const { _tag } = copied.failure.reason
        assert.ok(p.versions === undefined, `it keeps what it replaces, and copies no part of it: ${_tag}`)
        assert.ok(["NotFound", "SourceChanged"].includes(_tag), `it ends with ${_tag}`)
        return yield* large.cancel(file)
      }
      const last = yield* large.uploadPart(file, 2, bytes("end"), { offset: size })
      yield* large.finish(file, [copied.success, last])
      yield* assertWhole(p, "big", new Uint8Array(Buffer.concat([old, Buffer.from("end")])))
    }
  ),
  checkOf("largeFile", "has limits that agree with each other", function* (largeFile, provider) {
    const { limits } = largeFile
    assert.ok(limits.cutoff >= 1 && limits.cutoff <= provider.capabilities.maxPutSize, "what is below the cutoff fits")
    const largest = largestFile(limits)
    assert.ok(largest >= limits.cutoff, "the largest file is larger than the cutoff")
    const partSize = partSizeOf(largest, limits)
    assert.ok(partSize !== undefined && partSize * limits.maxParts >= largest, "the largest file has parts")
    yield* Effect.void
  })
]
