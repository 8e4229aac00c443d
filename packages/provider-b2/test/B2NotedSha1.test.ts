import { assert, describe, it } from "@effect/vitest"
import { fromBytes, slice, smallSize } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import { ChecksumMismatch, StorageError } from "@ourclone/core/contract/StorageError"
import * as Download from "@ourclone/core/engine/Download"
import { upload } from "@ourclone/core/engine/Upload"
import { retrying } from "@ourclone/core/layers/Retry"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as B2Copy from "@ourclone/provider-b2/B2Copy"
import { Effect, Stream } from "effect"
import { callApi, emulate, openAt, openRoot } from "./emulated.ts"

const at = makeUnsafe
const bytes = Buffer.alloc(2500, "0123456789")
const wrong = "0".repeat(40)
const noteName = "large_file_sha1"

/** A file in parts, beside which another program has noted a SHA-1 that is not its own. */
const setUp = Effect.gen(function* () {
  const emulator = yield* emulate()
  const provider = yield* openAt(emulator, "photo-archive")
  yield* provider.buckets!.create("photo-archive")
  const { finish, start, uploadPart } = provider.largeFile!
  const begun = yield* start(at("a"), { modifiedAt: 0, size: bytes.length, partSize: 1000, sha1: wrong })
  const parts = yield* Effect.forEach([0, 1000, 2000], (offset, index) => {
    const length = Math.min(1000, bytes.length - offset)
    return uploadPart(begun, index + 1, slice(fromBytes(bytes), { offset, length }), { offset })
  })
  const finished = yield* finish(begun, parts)
  emulator.log?.reset()
  const downloads = () => emulator.log?.requests("b2_download_file_by_id") ?? []
  return { emulator, provider, finished, downloads }
})

const memoryWith = (cutoff: number) =>
  MemoryProvider.make({
    limits: {
      cutoff,
      minPartSize: 1,
      maxPartSize: 5000,
      maxParts: 10,
      recommendedPartSize: 1000,
      partChecksum: undefined
    }
  })

/** As a folder does it: the whole is compared once its parts are there. */
const comparing = (memory: Provider): Provider => ({
  ...memory,
  largeFile: {
    ...memory.largeFile!,
    finish: ({ path, sha1: expected = "" }) => {
      const reason = new ChecksumMismatch({ message: "other bytes", expected, actual: "1".repeat(40) })
      return Effect.fail(new StorageError({ provider: "memory", operation: "finish", path, reason }))
    }
  }
})

describe("a wrong SHA-1 that another program noted beside a large file", () => {
  const uses: ReadonlyArray<
    readonly [string, number, (provider: Provider, file: File) => Effect.Effect<unknown, StorageError>]
  > = [
    ["reading it", 1, (provider, file) => retrying(Stream.runCollect(provider.read(file)))],
    ["reading it at once", 1, (provider, file) => retrying(provider.readAll(file))],
    [
      "copying it",
      1,
      (provider, file) =>
        upload(memoryWith(1_000_000), at("b"), Download.source(provider, file), { modifiedAt: 0, partConcurrency: 2 })
    ],
    [
      "copying it in three parts",
      3,
      (provider, file) =>
        upload(comparing(memoryWith(1)), at("b"), Download.source(provider, file), {
          modifiedAt: 0,
          partConcurrency: 2
        })
    ]
  ]
  for (const [what, count, use] of uses) {
    it.live(`costs one download and is called by its name: ${what}`, () =>
      Effect.gen(function* () {
        const { downloads, finished, provider } = yield* setUp
        const error = yield* Effect.flip(use(provider, finished))
        assert.include(error.message, "noted")
        assert.include(error.message, wrong)
        assert.isFalse(error.isRetryable)
        assert.lengthOf(downloads(), count)
      })
    )
  }

  it.live("is known for a note from listings and from stat", () =>
    Effect.gen(function* () {
      const { finished, provider } = yield* setUp
      const [listed] = yield* Stream.runCollect(provider.list(at("")))
      const asked = yield* provider.stat(at("a"))
      for (const file of [finished, listed, asked]) assert.include(file, { hasNotedChecksums: true })
      const small = yield* provider.put(at("small"), fromBytes(bytes), { modifiedAt: 0 })
      for (const file of [small, yield* provider.stat(at("small"))]) assert.notProperty(file, "hasNotedChecksums")
    })
  )
})

describe("a source with a wrong noted SHA-1", () => {
  for (const size of [2500, smallSize + 2500]) {
    it.live(`of ${size} bytes is refused for that, and nothing of it stays`, () =>
      Effect.gen(function* () {
        const emulator = yield* emulate()
        const provider = yield* openAt(emulator, "photo-archive")
        yield* provider.buckets!.create("photo-archive")
        const content = Buffer.alloc(size, "0123456789")
        const read = () => Stream.fromIterable([content])
        const source = { ...fromBytes(content), read, sha1: wrong, isSha1Noted: true }
        const error = yield* Effect.flip(retrying(provider.put(at("a"), source, { modifiedAt: 0 })))
        assert.include(error.message, "noted")
        assert.isAtMost(emulator.log?.requests("b2_upload_file").length ?? 0, 1)
        assert.strictEqual(emulator.versionCount(), 0)
      })
    )
  }
})

describe("a wrong SHA-1 that another program noted beside a large file, and a copy of it", () => {
  it.live("inside B2 is refused for that, and nothing of it stays", () =>
    Effect.gen(function* () {
      const { emulator, finished, provider } = yield* setUp
      const before = emulator.versionCount()
      for (const work of [provider.copy!(finished, "photo-archive", at("copy")), provider.touch!(finished, 5)]) {
        const error = yield* Effect.flip(retrying(work))
        assert.include(error.message, "noted")
        assert.include(error.message, wrong)
        assert.isFalse(error.isRetryable)
        assert.strictEqual(emulator.versionCount(), before)
      }
    })
  )

  it.live("inside B2 in parts has no such SHA-1", () =>
    Effect.gen(function* () {
      const { emulator, finished } = yield* setUp
      const { largeFile, root } = yield* openRoot(emulator, "photo-archive")
      const copied = yield* B2Copy.copy(root, largeFile, 2000)(finished, "photo-archive", at("copy"))
      assert.deepStrictEqual(copied.checksums, {})
      assert.notProperty(
        (yield* callApi(emulator, "b2_get_file_info", { fileId: copied.versionId })).fileInfo,
        noteName
      )
    })
  )

  it.live("in parts to another account has no such SHA-1, also where it goes on with what an earlier run left", () =>
    Effect.gen(function* () {
      const { finished, provider } = yield* setUp
      const other = yield* emulate()
      const to = yield* openAt(other, "elsewhere")
      yield* to.buckets!.create("elsewhere")
      const inParts = { ...to, largeFile: { ...to.largeFile!, limits: { ...to.largeFile!.limits, cutoff: 1 } } }
      const noted = { modifiedAt: 0, size: bytes.length, partSize: 1000, sha1: wrong }
      yield* inParts.largeFile.start(at("a"), noted)
      const source = Download.source(provider, finished)
      const stored = yield* upload(inParts, at("a"), source, { modifiedAt: 0, partConcurrency: 2 })
      assert.deepStrictEqual(stored.checksums, {})
      assert.notProperty((yield* callApi(other, "b2_get_file_info", { fileId: stored.versionId })).fileInfo, noteName)
      assert.strictEqual(Buffer.from(yield* to.readAll(stored)).toString(), bytes.toString())
    })
  )
})
