import { assert, describe, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { Cause, Effect, Stream } from "effect"
import { emulate, openAt, restrictedKey } from "./emulated.ts"

const at = makeUnsafe
const hello = fromBytes(Buffer.from("hello"))
const put = { modifiedAt: 0 }

/** An emulator with one bucket, and a key that is limited to it in further ways. */
const limited = (limits: object) =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const owner = yield* openAt(emulator, "")
    const bucket = yield* owner.buckets!.create("holiday-photos")
    yield* owner.buckets!.create("private-letters")
    const key = yield* restrictedKey(emulator, { bucketIds: [bucket.id], ...limits })
    return { emulator, key, bucket }
  })

const everything = ["listFiles", "readFiles", "writeFiles", "deleteFiles"]

describe("application keys", () => {
  it.live("works with a key for one bucket that may not list buckets", () =>
    Effect.gen(function* () {
      const { key } = yield* limited({ capabilities: everything })
      const provider = yield* openAt(key, "holiday-photos/2024")
      const file = yield* provider.put(at("a.txt"), hello, put)
      assert.strictEqual(Buffer.from(yield* provider.readAll(file)).toString(), "hello")
      assert.lengthOf(yield* Stream.runCollect(provider.list(root)), 1)
    })
  )

  it.live("names the bucket that a key is for when another is asked for", () =>
    Effect.gen(function* () {
      const { key } = yield* limited({ capabilities: everything })
      const error = yield* Effect.flip(openAt(key, "private-letters"))
      assert.strictEqual(error.reason._tag, "PermissionDenied")
      assert.include(error.message, '"holiday-photos"')
    })
  )

  it.live("works below the prefix of a key, and names the prefix elsewhere", () =>
    Effect.gen(function* () {
      const { key } = yield* limited({ capabilities: everything, namePrefix: "2024/" })
      const provider = yield* openAt(key, "holiday-photos/2024")
      yield* provider.put(at("a.txt"), hello, put)
      assert.lengthOf(yield* Stream.runCollect(provider.list(root)), 1)
      for (const location of ["holiday-photos", "holiday-photos/2023"]) {
        const error = yield* Effect.flip(openAt(key, location))
        assert.strictEqual(error.reason._tag, "PermissionDenied")
        assert.include(error.message, "holiday-photos/2024")
      }
    })
  )

  it.live("names the capability that is missing", () =>
    Effect.gen(function* () {
      const { key } = yield* limited({ capabilities: ["listFiles"] })
      const provider = yield* openAt(key, "holiday-photos")
      const write = yield* Effect.flip(provider.put(at("a.txt"), hello, put))
      assert.strictEqual(write.reason._tag, "PermissionDenied")
      assert.include(write.message, '"writeFiles"')
      assert.isTrue(write.stopsJob)
      const unread = { _tag: "File", path: at("a.txt"), size: 5, modifiedAt: 0, checksums: {} } as const
      const read = yield* Effect.flip(provider.readAll(unread))
      assert.include(read.message, '"readFiles"')
      assert.isTrue(read.stopsJob)
    })
  )

  it.live("knows a file by its listing where the key may not read", () =>
    Effect.gen(function* () {
      const { key } = yield* limited({ capabilities: ["listFiles", "writeFiles"] })
      const provider = yield* openAt(key, "holiday-photos/2024")
      yield* provider.put(at("a.txt.old"), hello, put)
      const missing = yield* Effect.flip(provider.stat(at("a.txt")))
      assert.strictEqual(missing.reason._tag, "NotFound")
      const { versionId } = yield* provider.put(at("a.txt"), hello, put)
      assert.strictEqual((yield* provider.stat(at("a.txt"))).versionId, versionId)
      yield* provider.remove(at("a.txt"))
      assert.strictEqual((yield* Effect.flip(provider.stat(at("a.txt")))).reason._tag, "NotFound")
    })
  )

  it.live("says that a bucket is missing when the key may not make it", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const key = yield* restrictedKey(emulator, { capabilities: ["listBuckets", ...everything] })
      const provider = yield* openAt(key, "no-such-bucket")
      const error = yield* Effect.flip(provider.put(at("a.txt"), hello, put))
      assert.strictEqual(error.reason._tag, "PermissionDenied")
      assert.include(error.message, "no-such-bucket")
      assert.include(error.message, '"writeBuckets"')
    })
  )

  it.live("names the key id that B2 refuses, and never shows the key", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const key = "K001superSecretApplicationKey99"
      const exit = yield* Effect.exit(openAt({ ...emulator, key }, "holiday-photos"))
      assert.strictEqual(exit._tag, "Failure")
      const shown = exit._tag === "Failure" ? `${Cause.pretty(exit.cause)} ${JSON.stringify(exit)}` : ""
      assert.include(shown, "Unauthenticated")
      assert.include(shown, emulator.keyId)
      assert.notInclude(shown, key)
      assert.notInclude(shown, Buffer.from(`${emulator.keyId}:${key}`).toString("base64"))
    })
  )

  it.live("never shows a key or a token in what it logs", () =>
    Effect.gen(function* () {
      const emulator = yield* emulate()
      const lines: Array<string> = []
      const provider = yield* openAt(emulator, "holiday-photos", { onRequest: (line) => lines.push(line) })
      const file = yield* provider.put(at("a.txt"), hello, put)
      yield* provider.readAll(file)
      assert.isAbove(lines.length, 4)
      const sent = emulator.log?.requests() ?? []
      assert.isAbove(sent.length, 4)
      for (const line of lines) {
        assert.match(line, /^(?:GET|POST|HEAD) http:\/\/127\.0\.0\.1:\d+\/\S+ 200 \d+ms$/)
        assert.notInclude(line, emulator.key)
        assert.notMatch(line, /auth[a-z]*=/i)
      }
    })
  )
})
