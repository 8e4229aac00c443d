import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import * as Plan from "@ourclone/core/engine/Plan"
import * as Transfer from "@ourclone/core/engine/Transfer"
import { upload } from "@ourclone/core/engine/Upload"
import { silent } from "@ourclone/core/events/Tell"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Stream } from "effect"
import { callApi, emulate, openAt, restrictedKey } from "./emulated.ts"

const at = makeUnsafe
const sha1 = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex")

const setUp = Effect.gen(function* () {
  const emulator = yield* emulate()
  const provider = yield* openAt(emulator, "photo-archive")
  yield* provider.buckets!.create("photo-archive")
  const infoOf = (fileId: string | undefined) => callApi(emulator, "b2_get_file_info", { fileId })
  return { emulator, provider, infoOf }
})

const textOf = (provider: Provider, path: string) =>
  Effect.flatMap(provider.stat(at(path)), (file) =>
    Effect.map(provider.readAll(file), (bytes) => Buffer.from(bytes).toString())
  )

describe("touch", () => {
  it.live("gives a file another time, and keeps its bytes, its type and what is noted of it", () =>
    Effect.gen(function* () {
      const { infoOf, provider } = yield* setUp
      const stored = yield* provider.put(at("a.txt"), fromBytes(Buffer.from("hello")), {
        modifiedAt: 1000,
        contentType: "text/x-own"
      })
      const touched = yield* provider.touch!(stored, 2000)
      assert.deepInclude(touched, { path: at("a.txt"), size: 5, modifiedAt: 2000, contentType: "text/x-own" })
      assert.notStrictEqual(touched.versionId, stored.versionId)
      // A listing and a copy tell an MD5, and a look at one file does not.
      const { sha1: known = "" } = touched.checksums
      assert.deepStrictEqual(yield* provider.stat(at("a.txt")), { ...touched, checksums: { sha1: known } })
      assert.strictEqual(yield* textOf(provider, "a.txt"), "hello")
      const before = yield* infoOf(stored.versionId)
      const after = yield* infoOf(touched.versionId)
      assert.deepStrictEqual(after.fileInfo, { ...(before.fileInfo as object), src_last_modified_millis: "2000" })
      assert.strictEqual(after.contentSha1, before.contentSha1)
    })
  )

  it.live("keeps the SHA-1 of a file that was stored in parts", () =>
    Effect.gen(function* () {
      const { infoOf, provider } = yield* setUp
      const bytes = Buffer.alloc(4500, "0123456789")
      const source = {
        ...fromBytes(bytes),
        digest: (partSize = bytes.length) =>
          Effect.succeed({
            algorithm: "sha1" as const,
            whole: sha1(bytes),
            parts: [0, 1, 2, 3, 4].map((n) => sha1(bytes.subarray(n * partSize, (n + 1) * partSize)))
          })
      }
      const stored = yield* upload(provider, at("big"), source, { modifiedAt: 1000, partConcurrency: 2 })
      const touched = yield* provider.touch!(stored, 2000)
      assert.strictEqual(touched.checksums.sha1, sha1(bytes))
      assert.strictEqual(touched.modifiedAt, 2000)
      const info = (yield* infoOf(touched.versionId)).fileInfo as Record<string, string>
      assert.strictEqual(info.large_file_sha1, sha1(bytes))
      assert.isTrue(Buffer.from(yield* provider.readAll(touched)).equals(bytes))
    })
  )

  it.live("touches the version that is there when the file was listed without one", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp
      const { versionId: _, ...file } = yield* provider.put(at("a"), fromBytes(Buffer.from("x")), { modifiedAt: 1 })
      assert.strictEqual((yield* provider.touch!(file, 5)).modifiedAt, 5)
      const missing = { ...file, path: at("none") }
      assert.strictEqual((yield* Effect.flip(provider.touch!(missing, 5))).reason._tag, "NotFound")
    })
  )

  it.live("does not bring back a version that was replaced after it was listed", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp
      const listed = yield* provider.put(at("a"), fromBytes(Buffer.from("old")), { modifiedAt: 1 })
      yield* provider.put(at("a"), fromBytes(Buffer.from("new")), { modifiedAt: 2 })
      assert.strictEqual((yield* Effect.flip(provider.touch!(listed, 5))).reason._tag, "SourceChanged")
      assert.strictEqual(yield* textOf(provider, "a"), "new")
    })
  )

  it.live("is not offered with a key that may not read", () =>
    Effect.gen(function* () {
      const { emulator } = yield* setUp
      const key = yield* restrictedKey(emulator, { capabilities: ["listBuckets", "listFiles", "writeFiles"] })
      assert.isUndefined((yield* openAt(key, "photo-archive")).touch)
    })
  )

  it.live("lets a sync settle that finds only the time different, without sending a byte", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* setUp
      const source = MemoryProvider.make()
      yield* source.put(at("a"), fromBytes(Buffer.from("hello")), { modifiedAt: 2000 })
      yield* provider.put(at("a"), fromBytes(Buffer.from("hello")), { modifiedAt: 1000 })
      emulator.log?.reset()
      const options = { transfers: 1, partConcurrency: 1, allowsEmptySource: false, tell: silent }
      const once = () => {
        const plan = Plan.make(source, provider, { comparison: { by: "time" }, removesExtra: true })
        return Transfer.execute(source, provider, plan, options)
      }
      assert.deepInclude(yield* once(), { touched: 1, stored: 0, same: 0, failed: 0 })
      assert.deepInclude(yield* once(), { touched: 0, stored: 0, same: 1 })
      assert.lengthOf(emulator.log?.requests("b2_upload_file") ?? [], 0)
      assert.lengthOf(yield* Stream.runCollect(provider.list(root)), 1)
    })
  )
})
