import { assert, describe, it } from "@effect/vitest"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import * as ByteSources from "@ourclone/core/contract/ByteSource"
import type { LargeFile } from "@ourclone/core/contract/LargeFile"
import * as LargeFiles from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  InvalidRequest,
  NotFound,
  SourceChanged,
  StorageError,
  Unavailable
} from "@ourclone/core/contract/StorageError"
import { upload } from "@ourclone/core/engine/Upload"
import { retried } from "@ourclone/core/layers/Retried"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { open, options, path, sha1, sourceOf, stored, unfinished } from "./SmallParts.ts"

describe("Upload.upload", () => {
  it.effect("stores a small file in one request", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      yield* upload(provider, path, sourceOf("0123"), options)
      assert.deepStrictEqual(sent, [])
      assert.strictEqual(yield* stored(provider), "0123")
    })
  )

  it.effect("stores what would be a single part in one request", () =>
    Effect.gen(function* () {
      const { provider, sent } = open({ recommendedPartSize: 5 })
      yield* upload(provider, path, sourceOf("01234"), options)
      assert.deepStrictEqual(sent, [])
      yield* upload(provider, path, sourceOf("012345"), options)
      assert.deepStrictEqual(sent, [1, 2])
    })
  )

  it.effect("stores a large file in parts", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      const file = yield* upload(provider, path, sourceOf("0123456789"), options)
      assert.deepStrictEqual(sent, [1, 2, 3, 4])
      assert.strictEqual(file.size, 10)
      assert.strictEqual(yield* stored(provider), "0123456789")
      assert.deepStrictEqual(yield* unfinished(provider), [])
    })
  )

  it.effect("goes on where an earlier upload of the same file was cut off", () =>
    Effect.gen(function* () {
      const { provider, refused, sent } = open()
      refused.add(3)
      yield* Effect.flip(upload(provider, path, sourceOf("0123456789"), options))
      assert.deepStrictEqual(sent, [1, 2])
      refused.clear()
      const advances: Array<number> = []
      yield* upload(provider, path, sourceOf("0123456789"), { ...options, onAdvance: (bytes) => advances.push(bytes) })
      assert.deepStrictEqual(sent, [1, 2, 3, 4])
      assert.deepStrictEqual(advances, [3, 3, 3, 1])
      assert.strictEqual(yield* stored(provider), "0123456789")
      assert.deepStrictEqual(yield* unfinished(provider), [])
    })
  )

  it.effect("sends a part again whose bytes are not those of the file", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      const text = "0123456789"
      const largeFile = provider.largeFile!
      const start = { modifiedAt: 1000, size: text.length, partSize: 3, sha1: sha1(text) }
      const file = yield* largeFile.start(path, start)
      yield* largeFile.uploadPart(file, 1, sourceOf("012"), { offset: 0 })
      yield* largeFile.uploadPart(file, 2, sourceOf("xyz"), { offset: 3 })
      sent.length = 0
      yield* upload(provider, path, sourceOf(text), options)
      assert.deepStrictEqual(sent, [2, 3, 4])
      assert.strictEqual(yield* stored(provider), text)
    })
  )

  it.effect("goes on with parts of another size than it would choose now", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      const text = "0123456789"
      const start = { modifiedAt: 1000, size: text.length, partSize: 4, sha1: sha1(text) }
      const file = yield* provider.largeFile!.start(path, start)
      yield* provider.largeFile!.uploadPart(file, 2, sourceOf("4567"), { offset: 4 })
      sent.length = 0
      yield* upload(provider, path, sourceOf(text), options)
      assert.deepStrictEqual(sent, [1, 3])
      assert.strictEqual(yield* stored(provider), text)
    })
  )

  it.effect("hashes the parts beforehand only where an earlier run has left some", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const text = "0123456789"
      const asked: Array<number | undefined> = []
      const source: ByteSource = {
        ...sourceOf(text),
        digest: (partSize, algorithm) => {
          asked.push(partSize)
          return sourceOf(text).digest!(partSize, algorithm)
        }
      }
      yield* upload(provider, path, source, options)
      yield* provider.largeFile!.start(path, { modifiedAt: 1000, size: text.length, partSize: 3, sha1: sha1(text) })
      yield* upload(provider, path, source, options)
      assert.deepStrictEqual(asked, [undefined, 3])
    })
  )

  it.effect("does not go on with the parts of another content or time, or of a size that the service refuses", () =>
    Effect.gen(function* () {
      for (const other of [{ modifiedAt: 999 }, { size: 11 }, { partSize: 0 }, { sha1: sha1("other") }]) {
        const { provider, sent } = open()
        const start = { modifiedAt: 1000, size: 10, partSize: 3, sha1: sha1("0123456789"), ...other }
        const file = yield* provider.largeFile!.start(path, start)
        yield* provider.largeFile!.uploadPart(file, 1, sourceOf("012"), { offset: 0 })
        sent.length = 0
        yield* upload(provider, path, sourceOf("0123456789"), options)
        assert.deepStrictEqual(sent, [1, 2, 3, 4], JSON.stringify(other))
      }
    })
  )

  for (const reason of [
    new NotFound({ message: "this unfinished file is not there any more" }),
    new InvalidRequest({ message: "a part is missing" }),
    new ChecksumMismatch({ message: "the whole has another SHA-1", expected: "a", actual: "b" })
  ]) {
    it.effect(`begins anew when what an earlier upload left ends in ${reason._tag}`, () =>
      Effect.gen(function* () {
        const { provider, sent } = open()
        const text = "0123456789"
        const inner = provider.largeFile!
        const stale = yield* inner.start(path, { modifiedAt: 1000, size: text.length, partSize: 3, sha1: sha1(text) })
        yield* inner.uploadPart(stale, 1, sourceOf("012"), { offset: 0 })
        sent.length = 0
        const error = new StorageError({ provider: "memory", operation: "finish", reason })
        let asked = 0
        const refuse = Effect.suspend(() => {
          asked++
          return Effect.fail(error)
        })
        const finish: LargeFile["finish"] = (file, parts) => (file.id === stale.id ? refuse : inner.finish(file, parts))
        let advanced = 0
        const onAdvance = (bytes: number) => {
          advanced += bytes
        }
        const broken: Provider = { ...provider, largeFile: { ...inner, finish } }
        const fiber = yield* Effect.forkChild(upload(broken, path, sourceOf(text), { ...options, onAdvance }))
        yield* TestClock.adjust("1 minutes")
        yield* Fiber.join(fiber)
        assert.strictEqual(asked, 1)
        assert.deepStrictEqual(sent, [2, 3, 4, 1, 2, 3, 4])
        assert.strictEqual(yield* stored(provider), text)
        assert.strictEqual(advanced, text.length)
        assert.deepStrictEqual(yield* unfinished(provider), [])
      })
    )
  }

  it.effect("does not go on with parts that nothing vouches for when the SHA-1 of the whole is known", () =>
    Effect.gen(function* () {
      for (const [left, goesOn] of [
        [{ sha1: sha1("0123456789") }, true],
        [{ sha1: sha1("other") }, false],
        [{}, false]
      ] as const) {
        const { provider, sent } = open({ partsTell: false })
        const file = yield* provider.largeFile!.start(path, { modifiedAt: 1000, size: 10, partSize: 3, ...left })
        yield* provider.largeFile!.uploadPart(file, 1, sourceOf("xyz"), { offset: 0 })
        sent.length = 0
        const source = { ...sourceOf("0123456789"), sha1: sha1("0123456789") }
        yield* Effect.exit(upload(provider, path, source, options))
        assert.deepStrictEqual(sent.slice(0, 1), goesOn ? [2] : [1], JSON.stringify(left))
      }
    })
  )

  it.effect("goes on with the newest of several, and with none of another file", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      const inner = provider.largeFile!
      const text = "0123456789"
      const start = { modifiedAt: 1000, size: text.length, partSize: 3, sha1: sha1(text) }
      const below = yield* inner.start(makeUnsafe("big/inner"), start)
      for (const number of [1, 2]) {
        yield* inner.uploadPart(below, number, sourceOf(text.slice(number * 3 - 3, number * 3)), { offset: 0 })
      }
      const ages = new Map([[below.id, 9]])
      for (const [number, startedAt] of [
        [1, 5],
        [2, 7],
        [3, 6]
      ] as const) {
        const file = yield* inner.start(path, start)
        ages.set(file.id, startedAt)
        yield* inner.uploadPart(file, number, sourceOf(text.slice(number * 3 - 3, number * 3)), { offset: 0 })
      }
      sent.length = 0
      const aged = (file: LargeFiles.Unfinished) => ({ ...file, startedAt: ages.get(file.id) ?? 0 })
      const largeFile: LargeFile = { ...inner, unfinished: (at) => Stream.map(inner.unfinished(at), aged) }
      yield* upload({ ...provider, largeFile }, path, sourceOf(text), options)
      assert.deepStrictEqual(sent, [1, 3, 4])
      assert.strictEqual(yield* stored(provider), text)
    })
  )

  it.effect("sends a part again that has not the size of the part", () =>
    Effect.gen(function* () {
      const { provider, sent } = open({ partsTell: false })
      const file = yield* provider.largeFile!.start(path, { modifiedAt: 1000, size: 10, partSize: 3 })
      yield* provider.largeFile!.uploadPart(file, 1, sourceOf("012"), { offset: 0 })
      yield* provider.largeFile!.uploadPart(file, 2, sourceOf("3"), { offset: 3 })
      yield* provider.largeFile!.uploadPart(file, 5, sourceOf("???"), { offset: 12 })
      sent.length = 0
      yield* upload(provider, path, ByteSources.fromBytes(new TextEncoder().encode("0123456789")), options)
      assert.deepStrictEqual(sent, [2, 3, 4])
      assert.strictEqual(yield* stored(provider), "0123456789")
    })
  )

  it.effect("drops the parts of a file that changed while it was read", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const changed = new StorageError({
        provider: "local",
        operation: "read",
        reason: new SourceChanged({ message: "it changed" })
      })
      const source: ByteSource = { ...sourceOf("0123456789"), read: () => Stream.fail(changed) }
      const error = yield* Effect.flip(upload(provider, path, source, options))
      assert.strictEqual(error.reason._tag, "SourceChanged")
      assert.deepStrictEqual(yield* unfinished(provider), [])
    })
  )

  it.effect("says of each part where it lies, and what the whole hashes to when it starts", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const inner = provider.largeFile!
      const told: Array<unknown> = []
      const largeFile: LargeFile = {
        ...inner,
        start: (at, start) => Effect.tap(inner.start(at, start), () => Effect.sync(() => told.push(start.sha1))),
        uploadPart: (file, number, source, { checksums, offset }) => {
          told.push([number, offset, checksums?.sha1])
          return inner.uploadPart(file, number, source, { checksums, offset })
        }
      }
      yield* upload({ ...provider, largeFile }, path, sourceOf("0123456"), options)
      assert.deepStrictEqual(told, [sha1("0123456"), [1, 0, undefined], [2, 3, undefined], [3, 6, undefined]])
    })
  )

  it.effect("drops the parts when one arrives wrong again and again", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const reason = new ChecksumMismatch({ message: "other bytes arrived", expected: "a", actual: "b" })
      const uploadPart = () => Effect.fail(new StorageError({ provider: "memory", operation: "uploadPart", reason }))
      const broken: Provider = { ...provider, largeFile: { ...provider.largeFile!, uploadPart } }
      const fiber = yield* Effect.forkChild(Effect.flip(upload(broken, path, sourceOf("0123456789"), options)))
      yield* TestClock.adjust("1 hours")
      assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "ChecksumMismatch")
      assert.deepStrictEqual(yield* unfinished(provider), [])
    })
  )

  it.effect("starts a large file in a bucket that is yet to be made", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const reason = new NotFound({ message: "there is no such bucket" })
      const none = Stream.fail(new StorageError({ provider: "memory", operation: "unfinished", reason }))
      const fresh: Provider = { ...provider, largeFile: { ...provider.largeFile!, unfinished: () => none } }
      yield* upload(fresh, path, sourceOf("0123456789"), options)
      assert.strictEqual(yield* stored(provider), "0123456789")
    })
  )

  it.effect("takes back the bytes it counted whenever an attempt is repeated", () =>
    Effect.gen(function* () {
      const { provider } = open()
      let attempts = 0
      const flaky: Provider = {
        ...provider,
        put: (at, source, putOptions) =>
          Effect.flatMap(source.bytes, (bytes) =>
            ++attempts <= 2
              ? Effect.fail(
                  new StorageError({
                    provider: "memory",
                    operation: "put",
                    reason: new Unavailable({ message: "busy", retryAtOnce: true })
                  })
                )
              : provider.put(at, ByteSources.fromBytes(bytes), putOptions)
          )
      }
      const advances: Array<number> = []
      yield* upload(retried(flaky), path, sourceOf("0123"), { ...options, onAdvance: (bytes) => advances.push(bytes) })
      assert.deepStrictEqual(advances, [4, -4, 4, -4, 4])
    })
  )

  it.effect("says what the most is when a file is larger than the provider takes", () =>
    Effect.gen(function* () {
      const { provider } = open()
      const source: ByteSource = { ...sourceOf(""), size: 1001 }
      const error = yield* Effect.flip(upload(provider, path, source, options))
      assert.include(error.message, "1001 bytes")
      assert.include(error.message, "takes 1000 at most")
    })
  )
})

describe("LargeFile.partSize", () => {
  const limits = {
    cutoff: 200e6,
    minPartSize: 5e6,
    maxPartSize: 5e9,
    maxParts: 10_000,
    recommendedPartSize: 100e6,
    partChecksum: "sha1" as const
  }

  it("is the recommended one as long as ten thousand parts suffice", () => {
    assert.strictEqual(LargeFiles.partSize(1e9, limits), 100e6)
    assert.strictEqual(LargeFiles.partSize(1e12, limits), 100e6)
  })

  it("grows for larger files so that ten thousand parts suffice", () => {
    const partSize = LargeFiles.partSize(10e12, limits)!
    assert.isAtMost(Math.ceil(10e12 / partSize), 10_000)
    assert.isBelow(partSize, 1.01e9)
  })

  it("is none for a file that no part size can hold", () => {
    assert.isUndefined(LargeFiles.partSize(50_000e9 + 1, limits))
  })
})
