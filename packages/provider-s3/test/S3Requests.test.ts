/** Requests of our own: who signs them, by which clock, and what a server can do about it. */
import { S3Client } from "@aws-sdk/client-s3"
import { expect, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { pattern, pieces, reason } from "@ourclone/core/testing/Check"
import * as HttpClient from "@ourclone/http/HttpClient"
import * as S3Requests from "@ourclone/provider-s3/api/S3Requests"
import { Effect, Redacted, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"
import { error, hostile, isVersioning, versioning } from "./hostile.ts"

const at = RemotePath.makeUnsafe
const object = { body: "", headers: { etag: '"x"', "content-length": "0" } }

it.live("keys that are for a time are asked for again before they end, and signed with their token", () =>
  Effect.gen(function* () {
    const seen: Array<unknown> = []
    const server = yield* hostile((request) => {
      seen.push(request.headers["x-amz-security-token"])
      return object
    })
    let count = 0
    let lasts = 60_000
    const http = yield* Effect.acquireRelease(
      Effect.sync(() => HttpClient.make({ maxConcurrency: 1 })),
      ({ close }) => Effect.promise(close)
    )
    const client = new S3Client({
      region: async () => "us-east-1",
      endpoint: server.endpoint,
      forcePathStyle: true,
      credentials: async () => ({
        accessKeyId: "key",
        secretAccessKey: "secret",
        sessionToken: `token ${++count}`,
        expiration: new Date(Date.now() + lasts)
      })
    })
    const requests = S3Requests.make(client, http, "test")
    for (let time = 0; time < 3; time++) {
      yield* requests.exchange({ method: "HEAD", bucket: "bucket", key: "a", headers: {} })
      lasts = 3_600_000
    }
    const [first, second, third] = seen
    expect(first).toMatch(/^token \d$/)
    expect(second).not.toBe(first)
    expect(third).toBe(second)
  })
)

it.live(
  "a clock that is off is set by the answer that says so, even where it has no words, and the call may be repeated",
  () =>
    Effect.gen(function* () {
      const hour = 3_600_000
      const dates: Array<string> = []
      const server = yield* hostile((request) => {
        if (isVersioning(request)) return versioning
        dates.push(String(request.headers["x-amz-date"]))
        const headers = { date: new Date(Date.now() + 5 * hour).toUTCString() }
        return dates.length === 1
          ? { status: 403, body: "", headers }
          : { ...object, headers: { ...object.headers, ...headers } }
      })
      const provider = yield* openAt(server, "bucket")
      const failed = yield* Effect.flip(provider.stat(at("a.txt")))
      expect(failed.reason).toMatchObject({ _tag: "Unavailable", retryAtOnce: true })
      yield* provider.stat(at("a.txt"))
      const [first = 0, second = 0] = dates.map((text) =>
        Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"))
      )
      expect(second - first).toBeGreaterThan(4 * hour)
    })
)

it.live("a refusal by 403 without words is one of the key where the clock is right", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => (isVersioning(request) ? versioning : { status: 403, body: "" }))
    expect(yield* reason((yield* openAt(server, "bucket")).stat(at("a.txt")))).toBe("PermissionDenied")
  })
)

it.live("a listing that is answered with an error and a good status has failed", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) =>
      isVersioning(request) ? versioning : { ...error(200, "SlowDown"), status: 200 }
    )
    const provider = yield* openAt(server, "bucket")
    expect(yield* reason(provider.statDirectory!(at("d")))).toBe("RateLimited")
  })
)

it.live("what no header can hold is refused before it is sent", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => (isVersioning(request) ? versioning : object))
    const provider = yield* openAt(server, "bucket")
    const store = provider.put(at("a.txt"), ByteSource.fromBytes(new Uint8Array(1)), {
      modifiedAt: 0,
      contentType: "text/x\r\nx-amz-acl: public-read"
    })
    expect(yield* reason(store)).toBe("InvalidRequest")
    expect(server.requests.filter((request) => request.startsWith("PUT"))).toEqual([])
  })
)

it.live("nor is it sent where bytes are read from", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => (isVersioning(request) ? versioning : object))
    const provider = yield* openAt(server, "bucket")
    const file = { _tag: "File", path: at("a.txt"), size: 5, checksums: {}, identity: "x\r\nx-evil: 1" } as const
    for (const read of [Stream.runDrain(provider.read(file)), Effect.asVoid(provider.readAll(file))]) {
      expect(yield* reason(read)).toBe("InvalidRequest")
    }
    expect(server.requests.filter((request) => request.includes("a.txt"))).toEqual([])
  })
)

it.live("other bytes of a file than were asked for are none of those, however many they are", () =>
  Effect.gen(function* () {
    const headers = { etag: '"x"', "content-length": "5", "content-range": "bytes 5-9/20" }
    const server = yield* hostile((request) =>
      isVersioning(request) ? versioning : { status: 206, body: "hello", headers }
    )
    const provider = yield* openAt(server, "bucket")
    const file = { _tag: "File", path: at("a.txt"), size: 20, checksums: {} } as const
    expect(yield* reason(Stream.runDrain(provider.read(file, { offset: 0, length: 5 })))).toBe("UnexpectedResponse")
    const right = yield* Stream.runCollect(provider.read(file, { offset: 5, length: 5 }))
    expect(Buffer.concat(right).toString()).toBe("hello")
  })
)

it.live("a large file that is not what was announced is not stored", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const provider = yield* openAt(emulator, "photo-archive")
    const source = { ...pieces(pattern(ByteSource.smallSize + 1)), sha1: "a".repeat(40) }
    expect(yield* reason(provider.put(at("a.bin"), source, { modifiedAt: 0 }))).toBe("ChecksumMismatch")
    expect(yield* reason(provider.stat(at("a.bin")))).toBe("NotFound")
  })
)

it.live("how a file is to be kept is said with it", () =>
  Effect.gen(function* () {
    let headers: Record<string, unknown> = {}
    const server = yield* hostile((request) => {
      if (request.method === "PUT") headers = request.headers
      return isVersioning(request) ? versioning : object
    })
    const key = Buffer.alloc(32, 7).toString("base64")
    const provider = yield* openAt(server, "bucket", {
      customerKey: Redacted.make(key),
      storageClass: "STANDARD_IA",
      requesterPays: true
    })
    yield* provider.put(at("a.txt"), ByteSource.fromBytes(new TextEncoder().encode("hello")), {
      modifiedAt: 1500,
      metadata: { author: "Zoë" },
      contentHeaders: { "cache-control": "no-store" }
    })
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-length": "5",
      "content-md5": "XUFAKrxLKna5cZ2REBfFkg==",
      "content-type": "application/octet-stream",
      "x-amz-content-sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      "x-amz-meta-author": "=?UTF-8?B?Wm/Dqw==?=",
      "x-amz-meta-mtime": "0000000001.5",
      "x-amz-request-payer": "requester",
      "x-amz-server-side-encryption-customer-algorithm": "AES256",
      "x-amz-server-side-encryption-customer-key": key,
      "x-amz-storage-class": "STANDARD_IA"
    })
  })
)

it.live(
  "a service in the clear is asked through a proxy that hands requests on, and its password goes to the proxy alone",
  () =>
    Effect.gen(function* () {
      const seen: Array<readonly [string | undefined, unknown, unknown]> = []
      const proxy = yield* hostile((request) => {
        seen.push([request.url, request.headers.host, request.headers["proxy-authorization"]])
        return isVersioning(request) ? versioning : object
      })
      const { host } = new URL(proxy.endpoint)
      const provider = yield* openAt({ ...proxy, endpoint: "http://storage.test:9000" }, "bucket", {
        provider: "Other",
        proxy: Redacted.make(`http://me:word@${host}`)
      })
      yield* provider.stat(at("a b.txt"))
      const credentials = `Basic ${Buffer.from("me:word").toString("base64")}`
      expect(seen.at(-1)).toEqual(["http://storage.test:9000/bucket/a%20b.txt", "storage.test:9000", credentials])
      expect(seen[0]?.[0]).toContain("http://storage.test:9000/bucket")
    })
)
