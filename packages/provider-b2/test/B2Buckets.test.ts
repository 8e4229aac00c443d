import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { Effect, Stream } from "effect"
import { callApi, emulate, openAt } from "./emulated.ts"

const at = makeUnsafe
const hello = fromBytes(Buffer.from("hello"))
const put = { modifiedAt: 0 }

describe("buckets", () => {
  it.live("shows the buckets of an account as directories", () =>
    Effect.gen(function* () {
      const provider = yield* openAt(yield* emulate(), "")
      for (const name of ["photos-b", "photos.c", "photos-a"]) yield* provider.buckets!.create(name)
      const found = yield* Stream.runCollect(provider.list(root, { depth: 1 }))
      assert.deepStrictEqual(
        found.map((entry) => `${entry._tag} ${entry.path}`),
        ["Directory photos-a", "Directory photos-b", "Directory photos.c"]
      )
    })
  )

  it.live("asks for a bucket where files were meant", () =>
    Effect.gen(function* () {
      const provider = yield* openAt(yield* emulate(), "")
      const error = yield* Effect.flip(provider.put(at("photos/a.txt"), hello, put))
      assert.strictEqual(error.reason._tag, "InvalidRequest")
      assert.include(error.message, "bucket")
    })
  )

  it.live("makes a private bucket on the first write, once for many writers", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const provider = yield* openAt(emulator, "holiday-photos")
      const missing = yield* Effect.flip(Stream.runCollect(provider.list(root)))
      assert.strictEqual(missing.reason._tag, "NotFound")
      const names = Array.from({ length: 20 }, (_, index) => at(`${index}.txt`))
      yield* Effect.forEach(names, (name) => provider.put(name, hello, put), { concurrency: 8 })
      assert.lengthOf(emulator.log?.requests("b2_create_bucket") ?? [], 1)
      const [bucket] = yield* Stream.runCollect(provider.buckets!.list)
      assert.include(bucket, { name: "holiday-photos", isPrivate: true })
    })
  )

  it.live("changes of a bucket what is named, and nothing else", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const { buckets } = yield* openAt(emulator, "")
      yield* buckets!.create("holiday-photos")
      yield* buckets!.update!("holiday-photos", { info: { owner: "me" }, cors: [] })
      yield* buckets!.update!("holiday-photos", { encryption: "SSE-B2" })
      const { buckets: rows } = yield* callApi(emulator, "b2_list_buckets", { accountId: emulator.accountId })
      assert.deepInclude((rows as ReadonlyArray<object>)[0], { bucketInfo: { owner: "me" }, bucketType: "allPrivate" })
    })
  )

  it.live("finds a bucket by its id, and calls it by its name", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const { id } = yield* (yield* openAt(emulator, "")).buckets!.create("holiday-photos")
      const provider = yield* openAt(emulator, `${id}/2024`)
      assert.strictEqual(provider.location, "holiday-photos/2024")
      yield* provider.put(at("a.txt"), hello, put)
      assert.strictEqual((yield* provider.stat(at("a.txt"))).size, 5)
    })
  )

  it.live("says that a name is taken by somebody else", () =>
    Effect.gen(function* () {
      const provider = yield* openAt(yield* emulate(), "taken-by-others")
      const error = yield* Effect.flip(provider.put(at("a.txt"), hello, put))
      assert.strictEqual(error.reason._tag, "AlreadyExists")
      assert.include(error.message, "another account")
    })
  )

  it.live("looks a bucket up again that was removed and made anew", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const provider = yield* openAt(emulator, "photo-archive")
      yield* provider.put(at("a.txt"), hello, put)
      const { accountId } = emulator
      const { buckets } = yield* callApi(emulator, "b2_list_buckets", { accountId })
      const { bucketId } = (buckets as ReadonlyArray<{ readonly bucketId: string }>)[0]!
      for (const version of yield* Stream.runCollect(provider.versions!.list(root))) {
        yield* provider.versions!.remove(version)
      }
      yield* callApi(emulator, "b2_delete_bucket", { accountId, bucketId })
      yield* callApi(emulator, "b2_create_bucket", { accountId, bucketName: "photo-archive", bucketType: "allPrivate" })
      const error = yield* Effect.flip(Stream.runCollect(provider.list(root)))
      assert.strictEqual(error.reason._tag, "NotFound")
      assert.deepStrictEqual(yield* Stream.runCollect(provider.list(root)), [])
    })
  )

  it.live("refuses a bad bucket name before anything is sent", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      for (const location of ["short/a", "bad_name", "b2-photos", "photos/../x", "photo-archive//x"]) {
        const error = yield* Effect.flip(openAt(emulator, location))
        assert.strictEqual(error.reason._tag, "InvalidRequest", location)
      }
      assert.lengthOf(emulator.log?.requests() ?? [], 0)
    })
  )

  it.live("removes an empty bucket and refuses one that holds old versions", () =>
    Effect.gen(function* () {
      const provider = yield* openAt(yield* emulate(), "holiday-photos")
      yield* provider.put(at("a.txt"), hello, put)
      yield* provider.remove(at("a.txt"))
      const refused = yield* Effect.flip(provider.buckets!.remove("holiday-photos"))
      assert.strictEqual(refused.reason._tag, "InvalidRequest")
      yield* Stream.runForEach(provider.versions!.list(root), provider.versions!.remove)
      yield* provider.buckets!.remove("holiday-photos")
      assert.deepStrictEqual(yield* Stream.runCollect(provider.buckets!.list), [])
      const gone = yield* Effect.flip(provider.buckets!.remove("holiday-photos"))
      assert.strictEqual(gone.reason._tag, "NotFound")
    })
  )

  it.live("keeps lifecycle rules as they were set, and refuses those that overlap", () =>
    Effect.gen(function* () {
      const { buckets } = yield* openAt(yield* emulate(), "")
      yield* buckets!.create("holiday-photos")
      const rules = [
        { prefix: "a/", daysToHide: 30, daysToDelete: 1 },
        { prefix: "b/", daysToCancelUnfinished: 7 }
      ]
      assert.deepStrictEqual((yield* buckets!.setLifecycle("holiday-photos", rules)).lifecycle, rules)
      const [bucket] = yield* Stream.runCollect(buckets!.list)
      assert.deepStrictEqual(bucket?.lifecycle, rules)
      for (const bad of [
        [{ prefix: "", daysToHide: 1 }, ...rules],
        [{ prefix: "a/" }],
        [{ prefix: "", daysToHide: 0 }]
      ]) {
        const error = yield* Effect.flip(buckets!.setLifecycle("holiday-photos", bad))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
      }
    })
  )
})
