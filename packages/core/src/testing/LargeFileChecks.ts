/** Checks of storing a file in parts. The parts are as small as the provider's limits allow. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { fromBytes, slice } from "../contract/ByteSource.ts"
import type { LargeFile, Part, Unfinished } from "../contract/LargeFile.ts"
import type { Provider } from "../contract/Provider.ts"
import {
  assertModifiedAt,
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
  put,
  reason,
  sha1,
  textAt
} from "./Check.ts"

/** Content of one smallest part and a few bytes, and what `start` is told of it. */
const twoParts = ({ limits }: LargeFile) => {
  const partSize = Math.max(limits.minPartSize, 1024)
  const content = pattern(partSize + 777)
  const source = pieces(content)
  const part = (number: number) =>
    slice(source, { offset: (number - 1) * partSize, length: number === 1 ? partSize : 777 })
  return { content, part, partSize, options: { modifiedAt, size: content.length, partSize, sha1: sha1(content) } }
}

const small = { modifiedAt, size: 10_000_000, partSize: 5_000_000 }

const assertStored = Effect.fnUntraced(function* (provider: Provider, path: string, content: Uint8Array) {
  const file = yield* provider.stat(at(path))
  assert.equal(file.size, content.length)
  assertModifiedAt(provider, file)
  assert.equal(sha1(yield* contentOf(provider.read(file))), sha1(content))
  if (file.checksums.sha1 !== undefined) assert.equal(file.checksums.sha1, sha1(content))
})

const unfinishedAt = (largeFile: LargeFile, path: string) =>
  Effect.map(Stream.runCollect(largeFile.unfinished(at(path))), (found) => found.map((file) => file.path).sort())

export const largeFileChecks: ReadonlyArray<Check> = [
  checkOf("largeFile", "joins parts by number, whatever order they arrive in", function* (largeFile, provider) {
    const { content, options, part, partSize } = twoParts(largeFile)
    const file = yield* largeFile.start(at("d/big"), options)
    const send = (number: number) =>
      largeFile.uploadPart(file, number, part(number), { offset: (number - 1) * partSize })
    const [last, first] = yield* Effect.all([send(2), send(1)], { concurrency: 2 })
    assert.deepEqual([first.number, first.size, last.number, last.size], [1, partSize, 2, 777])
    assert.equal((yield* largeFile.finish(file, [first, last])).size, content.length)
    yield* assertStored(provider, "d/big", content)
    assert.deepEqual(yield* unfinishedAt(largeFile, ""), [])
  }),
  checkOf("largeFile", "shows nothing of a large file until it is finished", function* (largeFile, provider) {
    yield* put(provider, "big", "old")
    const file = yield* largeFile.start(at("big"), small)
    const other = yield* largeFile.start(at("d/new"), small)
    yield* largeFile.uploadPart(file, 2, bytes("end"), { offset: small.partSize })
    yield* largeFile.uploadPart(other, 2, bytes("end"), { offset: small.partSize })
    assert.equal(yield* textAt(provider, "big"), "old")
    assert.equal(yield* reason(provider.stat(at("d/new"))), "NotFound")
    assert.deepEqual(yield* list(provider, ""), ["File big"])
    yield* largeFile.cancel(file)
    yield* largeFile.cancel(other)
    assert.equal(yield* textAt(provider, "big"), "old")
  }),
  checkOf("largeFile", "replaces a file, and finishes twice with the same result", function* (largeFile, provider) {
    const { content, options, part, partSize } = twoParts(largeFile)
    yield* put(provider, "big", "old")
    const file = yield* largeFile.start(at("big"), options)
    const first = yield* largeFile.uploadPart(file, 1, part(1), {
      offset: 0,
      checksums: { sha1: sha1(content.subarray(0, partSize)) }
    })
    const last = yield* largeFile.uploadPart(file, 2, part(2), { offset: partSize })
    const once = yield* largeFile.finish(file, [first, last])
    const twice = yield* largeFile.finish(file, [first, last])
    assert.deepEqual([twice.path, twice.size, twice.versionId], [once.path, once.size, once.versionId])
    yield* assertStored(provider, "big", content)
    assert.deepEqual(yield* list(provider, ""), ["File big"])
  }),
  checkOf("largeFile", "goes on with what an earlier run left", function* (largeFile, provider) {
    const { content, options, part, partSize } = twoParts(largeFile)
    const started = yield* largeFile.start(at("d/big"), options)
    const first = yield* largeFile.uploadPart(started, 1, part(1), { offset: 0 })

    const [found, ...others] = yield* Stream.runCollect(largeFile.unfinished(at("d/big")))
    assert.ok(found !== undefined && others.length === 0)
    assert.deepEqual([found.id, found.path], [started.id, "d/big"])
    assert.deepEqual([found.size, found.modifiedAt, found.partSize], [content.length, modifiedAt, partSize])
    if (found.sha1 !== undefined) assert.equal(found.sha1, options.sha1)
    const arrived = yield* Stream.runCollect(largeFile.parts(found))
    assert.deepEqual(arrived, [first])
    const last = yield* largeFile.uploadPart(found, 2, part(2), { offset: partSize })
    yield* largeFile.finish(found, [...arrived, last])
    yield* assertStored(provider, "d/big", content)
  }),
  checkOf("largeFile", "lists unfinished large files at a path and below it", function* (largeFile) {
    const files: Array<Unfinished> = []
    for (const path of ["d/big", "d/e/big", "dd", "d-"]) files.push(yield* largeFile.start(at(path), small))
    assert.deepEqual(yield* unfinishedAt(largeFile, ""), ["d-", "d/big", "d/e/big", "dd"])
    assert.deepEqual(yield* unfinishedAt(largeFile, "d"), ["d/big", "d/e/big"])
    assert.deepEqual(yield* unfinishedAt(largeFile, "dd"), ["dd"])
    for (const file of files) yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "keeps two large files of one name apart", function* (largeFile) {
    const first = yield* largeFile.start(at("big"), small)
    const second = yield* largeFile.start(at("big"), small)
    assert.notEqual(first.id, second.id)
    yield* largeFile.uploadPart(second, 2, bytes("end"), { offset: small.partSize })
    assert.deepEqual(yield* Stream.runCollect(largeFile.parts(first)), [])
    yield* largeFile.cancel(first)
    assert.equal((yield* Stream.runCollect(largeFile.parts(second))).length, 1)
    yield* largeFile.cancel(second)
  }),
  checkOf(
    "largeFile",
    "forgets a large file that was cancelled, and cancels it twice",
    function* (largeFile, provider) {
      const file = yield* largeFile.start(at("big"), small)
      yield* largeFile.uploadPart(file, 2, bytes("end"), { offset: small.partSize })
      yield* largeFile.cancel(file)
      yield* largeFile.cancel(file)
      assert.deepEqual(yield* unfinishedAt(largeFile, ""), [])
      assert.deepEqual(yield* list(provider, ""), [])
    }
  ),
  checkOf("largeFile", "replaces a part that is sent again", function* (largeFile, provider) {
    const { content, options, part, partSize } = twoParts(largeFile)
    const file = yield* largeFile.start(at("big"), options)
    yield* largeFile.uploadPart(file, 2, fromBytes(pattern(777).reverse()), { offset: partSize })
    const last = yield* largeFile.uploadPart(file, 2, part(2), { offset: partSize })
    assert.deepEqual(yield* Stream.runCollect(largeFile.parts(file)), [last])
    const first = yield* largeFile.uploadPart(file, 1, part(1), { offset: 0 })
    yield* largeFile.finish(file, [first, last])
    yield* assertStored(provider, "big", content)
  }),
  checkOf("largeFile", "lists parts in order of number, with their digests when it says so", function* (largeFile) {
    const file = yield* largeFile.start(at("big"), { ...small, size: 20_000_000 })
    const sent: Array<Part> = []
    for (const number of [3, 1, 2]) {
      const offset = (number - 1) * small.partSize
      sent.push(yield* largeFile.uploadPart(file, number, bytes(`part ${number}`), { offset }))
    }
    const parts = yield* Stream.runCollect(largeFile.parts(file))
    assert.deepEqual(parts, [sent[1], sent[2], sent[0]])
    const { partChecksum } = largeFile.limits
    if (partChecksum !== undefined) {
      assert.deepEqual(
        parts.map(({ checksum }) => checksum),
        ["part 1", "part 2", "part 3"].map((text) => createHash(partChecksum).update(text).digest("hex"))
      )
    }
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "refuses to finish while a part is missing, and can go on", function* (largeFile, provider) {
    const file = yield* largeFile.start(at("big"), small)
    const last = yield* largeFile.uploadPart(file, 2, bytes("end"), { offset: small.partSize })
    assert.equal(yield* reason(largeFile.finish(file, [last])), "InvalidRequest")
    assert.deepEqual(yield* list(provider, ""), [])
    assert.equal((yield* Stream.runCollect(largeFile.parts(file))).length, 1)
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "refuses to finish with a gap between the parts", function* (largeFile, provider) {
    const { options, part, partSize } = twoParts(largeFile)
    const file = yield* largeFile.start(at("big"), { ...options, size: options.size + partSize, sha1: undefined })
    const first = yield* largeFile.uploadPart(file, 1, part(1), { offset: 0 })
    const last = yield* largeFile.uploadPart(file, 3, part(2), { offset: partSize * 2 })
    assert.equal(yield* reason(largeFile.finish(file, [first, last])), "InvalidRequest")
    assert.deepEqual(yield* list(provider, ""), [])
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "refuses to finish with a part that is too small", function* (largeFile, provider) {
    if (largeFile.limits.minPartSize <= 3) return yield* notApplicable("no part is too small there")
    const file = yield* largeFile.start(at("big"), small)
    const first = yield* largeFile.uploadPart(file, 1, bytes("one"), { offset: 0 })
    const last = yield* largeFile.uploadPart(file, 2, bytes("two"), { offset: 3 })
    assert.equal(yield* reason(largeFile.finish(file, [first, last])), "InvalidRequest")
    assert.deepEqual(yield* list(provider, ""), [])
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "keeps no part whose bytes are not those that were announced", function* (largeFile) {
    const file = yield* largeFile.start(at("big"), small)
    const wrong = { offset: small.partSize, checksums: { sha1: sha1("other") } }
    assert.equal(yield* reason(largeFile.uploadPart(file, 2, bytes("end"), wrong)), "ChecksumMismatch")
    assert.deepEqual(yield* Stream.runCollect(largeFile.parts(file)), [])
    yield* largeFile.cancel(file)
  }),
  checkOf("largeFile", "keeps the metadata of a large file, where it says so", function* (largeFile, provider) {
    if (!provider.capabilities.keepsMetadata) return yield* notApplicable("the storage keeps no metadata")
    const { options, part, partSize } = twoParts(largeFile)
    const file = yield* largeFile.start(at("big"), { ...options, metadata: { mode: "0644" } })
    const first = yield* largeFile.uploadPart(file, 1, part(1), { offset: 0 })
    const last = yield* largeFile.uploadPart(file, 2, part(2), { offset: partSize })
    yield* largeFile.finish(file, [first, last])
    assert.deepEqual((yield* provider.stat(at("big"))).metadata, { mode: "0644" })
  }),
  checkOf(
    "largeFile",
    "says of no large file a wrong SHA-1 that was only noted for it",
    function* (largeFile, provider) {
      const { options, part, partSize } = twoParts(largeFile)
      const wrong = sha1("other")
      const file = yield* largeFile.start(at("big"), { ...options, sha1: wrong, isSha1Noted: true })
      const first = yield* largeFile.uploadPart(file, 1, part(1), { offset: 0 })
      const last = yield* largeFile.uploadPart(file, 2, part(2), { offset: partSize })
      const finished = yield* Effect.result(largeFile.finish(file, [first, last]))
      if (Result.isFailure(finished)) {
        assert.equal(finished.failure.reason._tag, "ChecksumMismatch")
        assert.deepEqual(yield* list(provider, ""), [])
        return
      }
      const stored = yield* provider.stat(at("big"))
      for (const { checksums } of [finished.success, stored]) assert.notEqual(checksums.sha1, wrong)
    }
  ),
  checkOf("largeFile", "has limits that allow a large file", function* ({ limits }) {
    assert.ok(limits.minPartSize >= 1 && limits.maxParts >= 2)
    assert.ok(limits.minPartSize <= limits.recommendedPartSize && limits.recommendedPartSize <= limits.maxPartSize)
    yield* Effect.void
  }),
  checkOf("largeFile", "makes a part of bytes that the service already has", function* (largeFile, provider) {
    if (largeFile.copyPart === undefined) return yield* notApplicable("the storage copies no parts")
    const { content, options, part, partSize } = twoParts(largeFile)
    const moved = new Uint8Array(Buffer.concat([pattern(100).reverse(), content.subarray(0, partSize), pattern(50)]))
    yield* put(provider, "another", "other bytes")
    const from = yield* provider.put(at("from"), pieces(moved), { modifiedAt })
    yield* put(provider, "one more", "other bytes again")
    const file = yield* largeFile.start(at("big"), options)
    const first = yield* largeFile.copyPart(file, 1, from, { offset: 100, length: partSize })
    const last = yield* largeFile.uploadPart(file, 2, part(2), { offset: partSize })
    assert.deepEqual(yield* Stream.runCollect(largeFile.parts(file)), [first, last])
    yield* largeFile.finish(file, [first, last])
    yield* assertStored(provider, "big", content)
  })
]
