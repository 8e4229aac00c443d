/** Copies of what is too large for one call of the service. */
import { expect, it } from "@effect/vitest"
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { Uploads } from "@ourclone/core/layers/UploadJournal"
import { quirksOf } from "@ourclone/provider-s3/api/Quirks"
import * as S3Calls from "@ourclone/provider-s3/api/S3Calls"
import * as S3Connect from "@ourclone/provider-s3/api/S3Connect"
import * as S3Copy from "@ourclone/provider-s3/S3Copy"
import * as S3LargeFile from "@ourclone/provider-s3/S3LargeFile"
import * as S3Root from "@ourclone/provider-s3/S3Root"
import * as S3Stored from "@ourclone/provider-s3/S3Stored"
import { Effect, Redacted } from "effect"
import { emulate, openAt, usual } from "./emulated.ts"

const at = RemotePath.makeUnsafe
const headers = {
  "cache-control": "max-age=600",
  "content-disposition": "inline",
  "content-language": "de",
  expires: "Wed, 21 Oct 2026 07:28:00 GMT"
}
/** In bytes: what is larger is copied in parts. */
const most = 100

it.live("they keep type, headers and metadata, another time too", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate({}, { minimumPartSize: 1000 })
    yield* (yield* openAt(emulator, "")).buckets!.create("photo-archive")
    const provider = yield* openAt(emulator, "photo-archive")
    const connection = S3Connect.connect({
      ...usual,
      endpoint: emulator.endpoint,
      region: "us-east-1",
      pathStyle: true,
      takesCallNames: true,
      credentials: {
        accessKeyId: emulator.keyId,
        secretAccessKey: Redacted.make(emulator.key),
        sessionToken: undefined
      },
      connectTimeout: 5000,
      idleTimeout: 5000,
      proxy: undefined,
      caFile: undefined,
      userAgent: "test",
      onRequest: undefined
    })
    yield* Effect.addFinalizer(() => Effect.sync(connection.close))
    const root = yield* S3Root.open({
      calls: S3Calls.make("s3", connection),
      provider: "s3",
      quirks: quirksOf("Other"),
      stored: S3Stored.storedAs(usual),
      bucketName: "photo-archive",
      prefix: "",
      createsBuckets: false,
      region: "us-east-1"
    })
    const largeFile = S3LargeFile.make(root, "s3:test", yield* Uploads)
    const bytes = Buffer.alloc(1500, "0123456789")
    const from = yield* provider.put(at("a"), fromBytes(bytes), {
      modifiedAt: 1000,
      contentType: "text/x-own",
      metadata: { mode: "0644" },
      contentHeaders: headers
    })
    const fetched = Effect.fnUntraced(function* (path: string) {
      const address = yield* provider.link!(at(path), 60_000)
      return yield* Effect.promise(async () => {
        const answer = await fetch(address)
        const found = Object.keys(headers).map((name) => [name, answer.headers.get(name)])
        return [Buffer.from(await answer.arrayBuffer()).equals(bytes), Object.fromEntries(found)]
      })
    })
    const copied = yield* S3Copy.copy(root, largeFile, most)(from, "photo-archive", at("b"))
    expect(copied).toMatchObject({
      size: 1500,
      modifiedAt: 1000,
      contentType: "text/x-own",
      metadata: { mode: "0644" }
    })
    expect(yield* fetched("b")).toEqual([true, headers])
    const touched = yield* S3Copy.touch(root, largeFile, most)(copied, 2000)
    expect(touched).toMatchObject({ modifiedAt: 2000, contentType: "text/x-own", metadata: { mode: "0644" } })
    expect(yield* fetched("b")).toEqual([true, headers])
    // A whole one takes another way, which loses none of them either.
    yield* provider.touch!(from, 3000)
    expect(yield* fetched("a")).toEqual([true, headers])
  })
)
