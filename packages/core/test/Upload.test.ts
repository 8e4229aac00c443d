import { assert, describe, it } from "@effect/vitest"
import type { ByteSource } from "@ourclone/core/ByteSource"
import * as ByteSources from "@ourclone/core/ByteSource"
import type { LargeFile } from "@ourclone/core/LargeFile"
import * as LargeFiles from "@ourclone/core/LargeFile"
import type { Provider } from "@ourclone/core/Provider"
import { makeUnsafe, root } from "@ourclone/core/RemotePath"
import { NotFound, SourceChanged, StorageError, Unavailable } from "@ourclone/core/StorageError"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { upload } from "@ourclone/core/Upload"
import { Effect, Stream } from "effect"
import { createHash } from "node:crypto"

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex")

const sourceOf = (text: string): ByteSource => ({
  ...ByteSources.fromBytes(new TextEncoder().encode(text)),
  digest: (partSize) =>
    Effect.sync(() => ({
      sha1: sha1(text),
      parts: Array.from({ length: Math.ceil(text.length / partSize) }, (_, index) =>
        sha1(text.slice(index * partSize, (index + 1) * partSize))
      )
    }))
})

/** A provider that takes parts of three bytes and notes which it was sent. */
const open = () => {
  const memory = MemoryProvider.make({
    limits: { cutoff: 4, minPartSize: 1, maxPartSize: 100, maxParts: 10, recommendedPartSize: 3, checksumIsSha1: true }
  })
  const sent: Array<number> = []
  const refused = new Set<number>()
  const inner = memory.largeFile!
  const largeFile: LargeFile = {
    ...inner,
    uploadPart: (file, number, source, options) => {
      if (refused.has(number)) {
        const reason = new NotFound({ message: "refused" })
        return Effect.fail(new StorageError({ provider: "memory", operation: "uploadPart", reason }))
      }
      return Effect.tap(inner.uploadPart(file, number, source, options), () => Effect.sync(() => sent.push(number)))
    }
  }
  const provider: Provider = { ...memory, largeFile }
  return { provider, sent, refused }
}

const path = makeUnsafe("big")
const options = { modifiedAt: 1000, partConcurrency: 1 }
const stored = (provider: Provider) =>
  Effect.flatMap(provider.stat(path), (file) => Stream.mkString(Stream.decodeText(provider.read(file))))
const unfinished = (provider: Provider) => Stream.runCollect(provider.largeFile!.unfinished(root))

describe("Upload.upload", () => {
  it.effect("stores a small file in one request", () =>
    Effect.gen(function* () {
      const { provider, sent } = open()
      yield* upload(provider, path, sourceOf("0123"), options)
      assert.deepStrictEqual(sent, [])
      assert.strictEqual(yield* stored(provider), "0123")
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

  it.effect("does not go on with the parts of another content, time or part size", () =>
    Effect.gen(function* () {
      for (const other of [{ modifiedAt: 999 }, { size: 11 }, { partSize: 4 }, { sha1: sha1("other") }]) {
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

  it.effect("takes back the bytes it counted when an attempt is repeated", () =>
    Effect.gen(function* () {
      const { provider } = open()
      let attempts = 0
      const flaky: Provider = {
        ...provider,
        put: (at, source, putOptions) =>
          Effect.flatMap(source.bytes, (bytes) =>
            ++attempts === 1
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
      yield* upload(flaky, path, sourceOf("0123"), { ...options, onAdvance: (bytes) => advances.push(bytes) })
      assert.deepStrictEqual(advances, [4, -4, 4])
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
    checksumIsSha1: true
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
