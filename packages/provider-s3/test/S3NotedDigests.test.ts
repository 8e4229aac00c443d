/** Digests that other programs noted beside an object, and that are not those of its bytes. */
import { createHash } from "node:crypto"
import { expect, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { retrying } from "@ourclone/core/layers/Retry"
import { Effect, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"
import { hostile, isVersioning, versioning } from "./hostile.ts"

const at = RemotePath.makeUnsafe
const wrong = "0".repeat(40)

it.live("a wrong MD5 that was noted of an object in parts costs one download, and is called by its name", () =>
  Effect.gen(function* () {
    const headers = {
      etag: '"0123456789abcdef0123456789abcdef-2"',
      "content-length": 5,
      "x-amz-meta-md5chksum": Buffer.alloc(16).toString("base64")
    }
    const server = yield* hostile((request) =>
      isVersioning(request) ? versioning : { headers, body: request.method === "HEAD" ? "" : "hello" }
    )
    const provider = yield* openAt(server, "bucket")
    const file = yield* provider.stat(at("a"))
    for (const read of [Stream.runDrain(provider.read(file)), Effect.asVoid(provider.readAll(file))]) {
      server.requests.length = 0
      const failure = yield* Effect.flip(retrying(read))
      expect(failure.message).toContain("the MD5 that was noted for the file")
      expect(failure.isRetryable).toBe(false)
      expect(server.requests.filter((request) => request.startsWith("GET /bucket/a"))).toHaveLength(1)
    }
  })
)

it.live("a copy inside the service has no SHA-1 that was only noted, and all else that the object has", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate({}, { minimumPartSize: 1000 })
    const account = yield* openAt(emulator, "")
    yield* account.buckets!.create("photo-archive")
    yield* account.buckets!.create("elsewhere")
    const provider = yield* openAt(emulator, "photo-archive")
    const bytes = Buffer.alloc(1500, "0123456789")
    const { finish, start, uploadPart } = provider.largeFile!
    const begun = yield* start(at("a"), {
      modifiedAt: 1000,
      contentType: "text/x-own",
      metadata: { mode: "0644" },
      size: 1500,
      partSize: 1000,
      sha1: wrong
    })
    const parts = [
      yield* uploadPart(begun, 1, fromBytes(bytes.subarray(0, 1000)), { offset: 0 }),
      yield* uploadPart(begun, 2, fromBytes(bytes.subarray(1000)), { offset: 1000 })
    ]
    const stored = yield* finish(begun, parts)
    expect(stored.checksums.sha1).toBe(wrong)
    const md5 = createHash("md5").update(bytes).digest("hex")
    for (const place of ["photo-archive", "elsewhere"]) {
      const to = yield* openAt(emulator, place)
      const copied = yield* to.copy!(stored, "photo-archive", at("copy"))
      expect(copied).toMatchObject({ contentType: "text/x-own", metadata: { mode: "0644" }, modifiedAt: 1000 })
      expect(copied.checksums).toEqual({ md5 })
    }
  })
)
