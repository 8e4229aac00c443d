import { assert, describe, it } from "@effect/vitest"
import type { FaultKind } from "@ourclone/b2-emulator/Faults"
import { type ByteSource, fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"

const at = makeUnsafe
const put = { modifiedAt: 0 }
const text = "hello ".repeat(1000)
const hello = fromBytes(Buffer.from(text))
const large = Buffer.alloc(smallSize + 12_345, "0123456789abcdef")

const streamed = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  bytes: Effect.succeed(bytes),
  read: (range = { offset: 0, length: bytes.length }) => {
    const end = range.offset + range.length
    const starts = Array.from({ length: Math.ceil(range.length / 1_000_000) }, (_, i) => range.offset + i * 1_000_000)
    return Stream.fromIterable(starts.map((start) => bytes.subarray(start, Math.min(start + 1_000_000, end))))
  }
})

const setUp = (options: Parameters<typeof emulate>[0] = {}) =>
  Effect.gen(function* () {
    const emulator = yield* emulate(options)
    const provider = yield* openAt(emulator, "photo-archive")
    yield* provider.buckets!.create("photo-archive")
    return { emulator, provider }
  })

const tag = <A>(effect: Effect.Effect<A, StorageError>) => Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)

const content = (provider: Provider, path: string) =>
  Effect.flatMap(provider.stat(at(path)), (file) =>
    Effect.map(Stream.runCollect(provider.read(file)), (pieces) => Buffer.concat(pieces))
  )

describe("faults", () => {
  const uploadFaults: ReadonlyArray<readonly [FaultKind, string]> = [
    ["503", "Unavailable"],
    ["500", "Unavailable"],
    ["408", "Unavailable"],
    ["429", "RateLimited"],
    ["reset", "Unavailable"],
    ["expired", "Unavailable"],
    ["flip", "ChecksumMismatch"],
    ["lost", "Unavailable"],
    ["cap", "QuotaExceeded"]
  ]
  for (const [kind, expected] of uploadFaults) {
    it.live(`takes ${kind} on an upload for ${expected}, drops the URL and can go on`, () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* setUp()
        for (const [path, source] of [
          ["a.txt", hello],
          ["b.bin", streamed(large)]
        ] as const) {
          emulator.failNext("b2_upload_file", kind)
          emulator.log?.reset()
          assert.strictEqual(yield* tag(provider.put(at(path), source, put)), expected)
          yield* provider.put(at(path), source, put)
          const urls = emulator.log?.requests("b2_get_upload_url").length
          assert.isAtLeast(urls ?? 0, 1, "another URL was fetched")
        }
        assert.isTrue((yield* content(provider, "b.bin")).equals(large))
      })
    )
  }

  const downloadFaults: ReadonlyArray<readonly [FaultKind, string]> = [
    ["503", "Unavailable"],
    ["429", "RateLimited"],
    ["reset", "Unavailable"],
    ["truncate", "Unavailable"],
    ["flip", "ChecksumMismatch"],
    ["cap", "QuotaExceeded"]
  ]
  for (const [kind, expected] of downloadFaults) {
    it.live(`takes ${kind} on a download for ${expected}, and can go on`, () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* setUp()
        const small = yield* provider.put(at("a.txt"), hello, put)
        const big = yield* provider.put(at("b.bin"), streamed(large), put)
        emulator.failNext("b2_download_file_by_id", kind, 2)
        assert.strictEqual(yield* tag(provider.readAll(small)), expected)
        assert.strictEqual(yield* tag(Stream.runDrain(provider.read(big))), expected)
        assert.isTrue((yield* content(provider, "b.bin")).equals(large))
        assert.strictEqual(Buffer.from(yield* provider.readAll(small)).toString(), text)
      })
    )
  }

  it.live("finds a flipped byte by the SHA-1 that B2 announces where none was recorded", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      const file = { ...(yield* provider.put(at("a.txt"), hello, put)), checksums: {} }
      emulator.failNext("b2_download_file_by_id", "flip", 2)
      assert.strictEqual(yield* tag(provider.readAll(file)), "ChecksumMismatch")
      assert.strictEqual(yield* tag(Stream.runDrain(provider.read(file))), "ChecksumMismatch")
      assert.strictEqual(Buffer.from(yield* provider.readAll(file)).toString(), text)
    })
  )

  it.live("does not take other bytes for those that were recorded, even when B2 vouches for them", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp()
      const file = { ...(yield* provider.put(at("a.txt"), hello, put)), checksums: { sha1: "0".repeat(40) } }
      const { versionId: _, ...byName } = file
      for (const [listed, expected] of [
        [file, "ChecksumMismatch"],
        [byName, "SourceChanged"]
      ] as const) {
        assert.strictEqual(yield* tag(provider.readAll(listed)), expected)
        assert.strictEqual(yield* tag(Stream.runDrain(provider.read(listed))), expected)
      }
    })
  )

  it.live("stores nothing of a source that has more or fewer bytes than it said", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp()
      for (const size of [large.length - 1, large.length + 1]) {
        const source = { ...streamed(large), size, read: () => streamed(large).read() }
        assert.strictEqual(yield* tag(provider.put(at("b.bin"), source, put)), "SourceChanged")
      }
      assert.deepStrictEqual(yield* Stream.runCollect(provider.list(root)), [])
    })
  )

  it.live("finds a flipped byte by the recorded SHA-1 where B2 announces none", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      const { largeFile } = provider
      const options = { ...put, size: 3000, partSize: 2000, sha1: "0".repeat(40) }
      const file = yield* largeFile!.start(at("big"), options)
      const first = yield* largeFile!.uploadPart(file, 1, fromBytes(large.subarray(0, 2000)), { offset: 0 })
      const last = yield* largeFile!.uploadPart(file, 2, fromBytes(large.subarray(0, 1000)), { offset: 2000 })
      const stored = yield* largeFile!.finish(file, [first, last])
      assert.strictEqual(stored.checksums.sha1, options.sha1)
      assert.strictEqual(yield* tag(provider.readAll(stored)), "ChecksumMismatch")
      assert.strictEqual(yield* tag(Stream.runDrain(provider.read(stored))), "ChecksumMismatch")
      assert.lengthOf(yield* Stream.runCollect(provider.read(stored, { offset: 0, length: 3000 })), 1)
      yield* Effect.promise(() => emulator.close())
    })
  )

  it.live("renews an expired token once for all, in the middle of the work", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      const names = Array.from({ length: 60 }, (_, index) => at(`${index}.txt`))
      const files = yield* Effect.forEach(names, (name) => provider.put(name, hello, put), { concurrency: 8 })
      emulator.log?.reset()
      emulator.expireTokens()
      emulator.expireUploadUrls()
      yield* Effect.forEach(files, (file) => provider.readAll(file), { concurrency: 8 })
      yield* Effect.forEach(names, (name) => retrying(provider.put(name, hello, put)), { concurrency: 8 })
      yield* provider.stat(at("1.txt"))
      yield* Effect.forEach(names, (name) => provider.remove(name), { concurrency: 8 })
      assert.lengthOf(emulator.log?.requests("b2_authorize_account") ?? [], 1)
    })
  )

  it.live("takes a finish whose answer was lost for done", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      const { largeFile } = provider
      for (const kind of ["lost", "500"] as const) {
        const file = yield* largeFile!.start(at("big"), { ...put, size: 7000, partSize: 1000 })
        const first = yield* largeFile!.uploadPart(file, 1, fromBytes(large.subarray(0, 1000)), { offset: 0 })
        const last = yield* largeFile!.uploadPart(file, 2, hello, { offset: 1000 })
        emulator.failNext("b2_finish_large_file", kind)
        const finish = largeFile!.finish(file, [first, last])
        if (kind === "500") assert.strictEqual(yield* tag(finish), "Unavailable")
        assert.strictEqual((yield* finish).size, 7000)
      }
    })
  )

  it.live("ends with the same files when every kind of fault strikes now and then", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp({ seed: 3 })
      const rate = 0.05
      const faults = { "503": rate, "500": rate, "408": rate, reset: rate, flip: rate, truncate: rate, expired: rate }
      emulator.setFaults(faults)
      const names = Array.from({ length: 80 }, (_, index) => `dir ${index % 7}/ñ${index}.txt`)
      yield* Effect.forEach(
        names,
        (name) => retrying(provider.put(at(name), fromBytes(Buffer.from(name.repeat(200))), put)),
        {
          concurrency: 8
        }
      )
      const listed = yield* retrying(Stream.runCollect(provider.list(root)))
      assert.sameMembers(
        listed.map((entry) => entry.path),
        names.map(at)
      )
      const texts = yield* Effect.forEach(
        listed,
        (entry) => (entry._tag === "File" ? retrying(provider.readAll(entry)) : Effect.die(entry)),
        { concurrency: 8 }
      )
      const wrong = listed.filter(({ path }, index) => Buffer.from(texts[index]!).toString() !== path.repeat(200))
      assert.deepStrictEqual(wrong, [])
    })
  )

  it.live("ends the connection of a download that nobody reads on", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      const file = yield* provider.put(at("b.bin"), streamed(large), put)
      emulator.network.down.bytesPerSecond = 1_000_000
      yield* Stream.runDrain(Stream.take(provider.read(file), 1))
      const began = yield* Deferred.make<void>()
      const reading = Stream.runForEachArray(provider.read(file), () => Deferred.succeed(began, undefined))
      const fiber = yield* Effect.forkChild(reading, { startImmediately: true })
      yield* Deferred.await(began)
      emulator.network.down.bytesPerSecond = 1
      yield* Fiber.interrupt(fiber)
      emulator.network.down.bytesPerSecond = 0
      assert.isTrue((yield* content(provider, "b.bin")).equals(large))
    })
  )

  it.live("stops an upload that is interrupted, and stores nothing", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp()
      emulator.network.up.bytesPerSecond = 1_000_000
      const began = yield* Deferred.make<void>()
      let isClosed = false
      const source = streamed(large)
      const watched: ByteSource = {
        ...source,
        read: (range) =>
          Stream.ensuring(
            Stream.tap(source.read(range), () => Deferred.succeed(began, undefined)),
            Effect.sync(() => {
              isClosed = true
            })
          )
      }
      const fiber = yield* Effect.forkChild(provider.put(at("b.bin"), watched, put), { startImmediately: true })
      yield* Deferred.await(began)
      emulator.network.up.bytesPerSecond = 1
      yield* Fiber.interrupt(fiber)
      assert.isTrue(isClosed)
      assert.deepStrictEqual(yield* Stream.runCollect(provider.list(root)), [])
    })
  )

  it.live("says which server can not be reached", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const provider = yield* openAt(emulator, "photo-archive")
      yield* Effect.promise(() => emulator.close())
      const error = yield* Effect.flip(provider.put(at("a.txt"), hello, put))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.include(error.message, emulator.endpoint)
    })
  )
})
