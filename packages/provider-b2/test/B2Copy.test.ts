import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root as top } from "@ourclone/core/contract/RemotePath"
import { retrying } from "@ourclone/core/layers/Retry"
import * as B2Copy from "@ourclone/provider-b2/B2Copy"
import { Effect, Stream } from "effect"
import { emulate, openAt, openRoot } from "./emulated.ts"

const at = makeUnsafe
const bytes = Buffer.alloc(5500, "0123456789")
const sha1 = createHash("sha1").update(bytes).digest("hex")
/** As if one copy of B2 took no more than this. */
const most = 3000

const setUp = Effect.gen(function* () {
  const emulator = yield* emulate()
  const provider = yield* openAt(emulator, "photo-archive")
  yield* provider.buckets!.create("photo-archive")
  return { emulator, provider, ...(yield* openRoot(emulator, "photo-archive")) }
})

describe("a file that is too large for one copy", () => {
  it.live("is copied in parts, of which only the one that failed is asked for again", () =>
    Effect.gen(function* () {
      const { emulator, largeFile, provider, root } = yield* setUp
      const from = yield* provider.put(at("a"), fromBytes(bytes), {
        modifiedAt: 1000,
        contentType: "text/x-own",
        metadata: { own: "1" },
        contentHeaders: { "cache-control": "max-age=600" }
      })
      emulator.failNext("b2_copy_part", "503")
      emulator.failNext("b2_finish_large_file", "503")
      emulator.log?.reset()
      const copy = B2Copy.copy(root, largeFile, most)(from, "photo-archive", at("b"))
      const copied = yield* retrying(copy)
      assert.deepInclude(copied, { size: 5500, modifiedAt: 1000, contentType: "text/x-own" })
      assert.deepInclude(copied.metadata, { own: "1", "b2-cache-control": "max-age=600" })
      assert.strictEqual(copied.checksums.sha1, sha1)
      assert.isTrue(Buffer.from(yield* provider.readAll(copied)).equals(bytes))
      assert.lengthOf(emulator.log?.requests("b2_start_large_file") ?? [], 1)
      assert.lengthOf(emulator.log?.requests("b2_copy_part") ?? [], 7)
    })
  )

  it.live("is copied at once as long as one copy takes it", () =>
    Effect.gen(function* () {
      const { emulator, largeFile, provider, root } = yield* setUp
      const from = yield* provider.put(at("a"), fromBytes(bytes), { modifiedAt: 1000 })
      emulator.log?.reset()
      yield* B2Copy.copy(root, largeFile, bytes.length)(from, "photo-archive", at("b"))
      assert.lengthOf(emulator.log?.requests("b2_copy_file") ?? [], 1)
      assert.isEmpty(emulator.log?.requests("b2_copy_part") ?? [])
    })
  )

  it.live("is touched in parts", () =>
    Effect.gen(function* () {
      const { largeFile, provider, root } = yield* setUp
      const stored = yield* provider.put(at("a"), fromBytes(bytes), { modifiedAt: 1000 })
      const touched = yield* B2Copy.touch(root, largeFile, most)(stored, 2000)
      assert.strictEqual(touched.modifiedAt, 2000)
      assert.strictEqual(touched.checksums.sha1, sha1)
      assert.isTrue(Buffer.from(yield* provider.readAll(touched)).equals(bytes))
    })
  )

  it.live("keeps its type and the headers that come with its bytes, whatever else is set beside it", () =>
    Effect.gen(function* () {
      const { largeFile, provider, root } = yield* setUp
      const contentHeaders = { "cache-control": "max-age=600", "content-disposition": "attachment" }
      yield* provider.put(at("a"), fromBytes(bytes), {
        modifiedAt: 1000,
        contentType: "text/x-own",
        metadata: { own: "1" },
        contentHeaders
      })
      const headers = { "b2-cache-control": "max-age=600", "b2-content-disposition": "attachment" }
      // As a storage shows it that says no more of a file than its name, size and time.
      const seen = { _tag: "File", path: at("a"), size: bytes.length, modifiedAt: 1000, checksums: {} } as const
      const set = yield* B2Copy.setMetadata(root, largeFile, most)(seen, { other: "2" }, 2000)
      assert.deepInclude(set, { size: 5500, modifiedAt: 2000, contentType: "text/x-own" })
      assert.deepStrictEqual(set.metadata, { other: "2", ...headers })
      assert.strictEqual(set.checksums.sha1, sha1)
      const touched = yield* B2Copy.touch(root, largeFile, most)(seen, 3000)
      assert.deepInclude(touched, { modifiedAt: 3000, contentType: "text/x-own" })
      assert.deepStrictEqual(touched.metadata, { other: "2", ...headers })
      const copied = yield* B2Copy.copy(root, largeFile, most)(seen, "photo-archive", at("b"))
      assert.deepInclude(copied, { modifiedAt: 3000, contentType: "text/x-own" })
      assert.deepStrictEqual(copied.metadata, { other: "2", ...headers })
    })
  )

  it.live("leaves nothing unfinished when its copy fails", () =>
    Effect.gen(function* () {
      const { emulator, largeFile, provider, root } = yield* setUp
      const from = yield* provider.put(at("a"), fromBytes(bytes), { modifiedAt: 1000 })
      emulator.failNext("b2_copy_part", "cap", 8)
      yield* Effect.flip(B2Copy.copy(root, largeFile, most)(from, "photo-archive", at("b")))
      assert.deepStrictEqual(yield* Stream.runCollect(largeFile.unfinished(top)), [])
    })
  )
})
