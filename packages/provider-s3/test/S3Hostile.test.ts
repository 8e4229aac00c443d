/** Servers, and what is between, that answer otherwise than S3 does. */
import { expect, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { MostRetries } from "@ourclone/core/layers/Retry"
import { pattern, reason } from "@ourclone/core/testing/Check"
import { removesNothing } from "@ourclone/core/testing/SyncFrom"
import * as S3Provider from "@ourclone/provider-s3/S3Provider"
import { Effect, Redacted, Stream } from "effect"
import { emulate, openAt, usual } from "./emulated.ts"
import { type Answer, document, error, hostile, isVersioning, listing, versioning } from "./hostile.ts"

const at = RemotePath.makeUnsafe
const once = Effect.provideService(MostRetries, 0)

const listingOf = (answer: (count: number) => Answer) =>
  Effect.gen(function* () {
    const server = yield* hostile((request, count) => (isVersioning(request) ? versioning : answer(count)))
    const provider = yield* openAt(server, "bucket")
    return yield* reason(Stream.runDrain(provider.list(RemotePath.root))).pipe(once)
  })

const page = (more: string) => listing(`<Name>bucket</Name><Contents><Key>a</Key><Size>1</Size></Contents>${more}`)

const named = (key: string, size: string, more = "") =>
  listing(`<Name>bucket</Name>${more}<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`)

const replies: ReadonlyArray<readonly [name: string, answer: (count: number) => Answer]> = [
  [
    "a page for people",
    () => ({ body: "<html><body>Please sign in</body></html>", headers: { "content-type": "text/html" } })
  ],
  ["nothing", () => ({ body: "" })],
  ["text that is no XML", () => ({ body: "it works!" })],
  [
    "a listing that is cut off",
    () => ({ body: "<?xml version='1.0'?><ListBucketResult><Name>bucket</Name><Contents><Key>a" })
  ],
  ["another document", () => ({ body: "<Something><Else/></Something>" })],
  ["a listing that goes on, and not where", () => page("<IsTruncated>true</IsTruncated>")],
  [
    "a listing whose pages are all the same, whatever it calls the next",
    (count) => page(`<IsTruncated>true</IsTruncated><NextContinuationToken>${count}</NextContinuationToken>`)
  ],
  [
    "a listing of pages without names",
    (count) =>
      listing(
        `<Name>bucket</Name><IsTruncated>true</IsTruncated><NextContinuationToken>${count}</NextContinuationToken>`
      )
  ],
  ["a name that is not in the coding that is said", () => named("%ZZ", "1", "<EncodingType>url</EncodingType>")],
  ["a size that is a word", () => named("a", "many")],
  ["a size below nothing", () => named("a", "-1")],
  ["a size that no number holds", () => named("a", "18446744073709551615")],
  ["a file without a size", () => listing("<Name>bucket</Name><Contents><Key>a</Key></Contents>")],
  [
    "a listing that goes on where it has been",
    () => page("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>")
  ]
]
for (const [name, answer] of replies) {
  it.live(`takes ${name} for no listing, least of all for an empty one`, () =>
    Effect.map(listingOf(answer), (found) => expect(["UnexpectedResponse", "Unavailable"]).toContain(found))
  )
}

/** Says that it goes on, elsewhere each time, and is the same page each time; it ends where nobody would still read. */
const goingOn = (count: number, next: string) => (count > 1500 ? "" : `<IsTruncated>true</IsTruncated>${next}`)
const rowOf = (tag: string, more: string) => `<${tag}><Key>a</Key>${more}</${tag}>`
const circles: ReadonlyArray<
  readonly [
    what: string,
    answer: (count: number) => Answer,
    use: (provider: Provider) => Stream.Stream<unknown, StorageError>
  ]
> = [
  [
    "versions of one name",
    (count) =>
      document(
        "ListVersionsResult",
        `<Name>bucket</Name>${rowOf("DeleteMarker", "<VersionId>v</VersionId>")}${goingOn(count, `<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>${count}</NextVersionIdMarker>`)}`
      ),
    ({ versions }) => versions!.list(at("a"))
  ],
  [
    "versions",
    (count) =>
      document(
        "ListVersionsResult",
        `<Name>bucket</Name>${rowOf("DeleteMarker", "<VersionId>v</VersionId>")}${goingOn(count, `<NextKeyMarker>b${count}</NextKeyMarker>`)}`
      ),
    ({ versions }) => versions!.list(RemotePath.root)
  ],
  [
    "versions of two names, three pages in turn",
    (count) =>
      document(
        "ListVersionsResult",
        `<Name>bucket</Name>${rowOf("DeleteMarker", `<VersionId>v${count % 3}</VersionId>`)}<DeleteMarker><Key>b</Key><VersionId>w</VersionId></DeleteMarker>${goingOn(count, `<NextKeyMarker>b${count}</NextKeyMarker>`)}`
      ),
    ({ versions }) => versions!.list(RemotePath.root)
  ],
  [
    "unfinished uploads",
    (count) =>
      document(
        "ListMultipartUploadsResult",
        `<Bucket>bucket</Bucket>${rowOf("Upload", "<UploadId>u</UploadId>")}${goingOn(count, `<NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>${count}</NextUploadIdMarker>`)}`
      ),
    ({ largeFile }) => largeFile!.unfinished(RemotePath.root)
  ],
  [
    "parts",
    (count) =>
      document(
        "ListPartsResult",
        `<Bucket>bucket</Bucket><Part><PartNumber>1</PartNumber><Size>5</Size></Part>${goingOn(count, `<NextPartNumberMarker>${count}</NextPartNumberMarker>`)}`
      ),
    ({ largeFile }) => largeFile!.parts({ id: "u", path: at("a"), startedAt: 0 })
  ],
  [
    "parts without a part",
    (count) =>
      document(
        "ListPartsResult",
        `<Bucket>bucket</Bucket>${goingOn(count, `<NextPartNumberMarker>${10_000 * count}</NextPartNumberMarker>`)}`
      ),
    ({ largeFile }) => largeFile!.parts({ id: "u", path: at("a"), startedAt: 0 })
  ]
]
for (const [what, answer, use] of circles) {
  it.live.each([true, false])(
    `a listing that goes in circles ends, whatever it calls the next: ${what}, in order: %s`,
    (listsInOrder) =>
      Effect.gen(function* () {
        const enabled = document("VersioningConfiguration", "<Status>Enabled</Status>")
        const server = yield* hostile((request, count) => (isVersioning(request) ? enabled : answer(count)))
        const provider = yield* openAt(server, "bucket", { provider: "Other", listsInOrder })
        const failed = yield* Effect.flip(once(Stream.runDrain(use(provider))))
        expect([failed.provider, failed.reason._tag]).toEqual(["s3:bucket", "UnexpectedResponse"])
        expect(server.requests.length).toBeLessThan(1500)
      })
  )
}

it.live("a sync from a listing that turns to something else after a page removes nothing, and names the remote", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => {
      if (isVersioning(request)) return versioning
      if (request.url?.includes("continuation-token") === true) return { body: "<html>Please sign in</html>" }
      return page("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>")
    })
    const failed = yield* removesNothing(yield* openAt(server, "bucket"))
    expect([failed.provider, failed.reason._tag]).toEqual(["s3:bucket", "UnexpectedResponse"])
  })
)

const refusals: ReadonlyArray<readonly [answer: Answer, reason: string]> = [
  [error(403, "AccessDenied"), "PermissionDenied"],
  [{ status: 403, body: "<html>Forbidden</html>" }, "PermissionDenied"],
  [error(403, "SignatureDoesNotMatch"), "Unauthenticated"],
  [error(403, "InvalidAccessKeyId"), "Unauthenticated"],
  [error(404, "NoSuchBucket"), "NotFound"],
  [error(503, "SlowDown"), "RateLimited"],
  [error(500, "InternalError"), "Unavailable"],
  [{ status: 502, body: "<html>Bad Gateway</html>" }, "Unavailable"],
  [error(400, "RequestTimeout"), "Unavailable"],
  [error(400, "InvalidArgument"), "InvalidRequest"],
  [error(403, "RequestTimeTooSkewed"), "Unavailable"]
]
for (const [answer, expected] of refusals) {
  it.live(`${answer.status} ${/<Code>(\w+)/.exec(answer.body ?? "")?.[1] ?? "with a page"} is ${expected}`, () =>
    Effect.map(
      listingOf(() => answer),
      (found) => expect(found).toBe(expected)
    )
  )
}

const mebibyte = 1024 * 1024
const wellKnown = { etag: '"5d41402abc4b2a76b9719d911017c592"' }
const small: File = { _tag: "File", path: at("a.txt"), size: 5, checksums: {} }

/** What a place whose server answers so fails with, and what the server has sent. */
const failing = (answer: Answer, use: (provider: Provider) => Effect.Effect<unknown, StorageError>) =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => (isVersioning(request) ? versioning : answer))
    const provider = yield* openAt(server, "bucket")
    const failed = yield* Effect.flip(once(use(provider)))
    expect(failed.message).toContain("s3:bucket")
    return { reason: failed.reason._tag, message: failed.message, sent: server.sent(), requests: server.requests }
  })

const floods: ReadonlyArray<
  readonly [what: string, answer: Answer, use: (provider: Provider) => Effect.Effect<unknown, StorageError>]
> = [
  [
    "a listing",
    {
      body: "<?xml version='1.0'?><ListBucketResult><Name>bucket</Name>",
      flood: "<Contents><Key>a</Key></Contents>"
    },
    (provider) => Stream.runDrain(provider.list(RemotePath.root))
  ],
  [
    "a refusal",
    { status: 403, body: "<Error><Code>AccessDenied</Code><Message>", flood: "no " },
    (provider) => provider.readAll(small)
  ],
  ["a small file", { body: "hello", flood: "x", headers: wellKnown }, (provider) => provider.readAll(small)],
  [
    "a file that is read in pieces",
    { body: "hello", flood: "x", headers: wellKnown },
    (provider) => Stream.runDrain(provider.read(small))
  ],
  [
    "the receipt of a put",
    { body: "<Whatever>", flood: "x", headers: wellKnown },
    (provider) => provider.makeDirectory!(at("d"))
  ]
]
for (const [what, answer, use] of floods) {
  it.live(`an answer without end takes no more memory than it may: ${what}`, () =>
    Effect.map(failing(answer, use), ({ sent }) => expect(sent).toBeLessThan(64 * mebibyte))
  )
}

it.live("a file that is torn off fails, and may be asked for again", () =>
  Effect.gen(function* () {
    const torn = { body: "he", isTorn: true, headers: { ...wellKnown, "content-length": "5" } }
    for (const use of [
      (provider: Provider) => provider.readAll(small),
      (provider: Provider) => Stream.runDrain(provider.read(small))
    ]) {
      expect((yield* failing(torn, use)).reason).toBe("Unavailable")
    }
  })
)

it.live("a name outside of the folder that was asked for is no name of the folder", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => (isVersioning(request) ? versioning : page("")))
    const provider = yield* openAt(server, "bucket/pictures")
    expect(yield* reason(once(Stream.runDrain(provider.list(RemotePath.root))))).toBe("UnexpectedResponse")
  })
)

it.live("a page that says nothing of a file is no file", () =>
  Effect.gen(function* () {
    const page = { body: "<html>Sign in</html>", headers: { "content-type": "text/html", "content-length": "20" } }
    expect((yield* failing(page, (provider) => provider.stat(at("a.txt")))).reason).toBe("UnexpectedResponse")
  })
)

for (const status of [301, 302, 307, 308]) {
  it.live(`nobody is sent elsewhere with the key: ${status}`, () =>
    Effect.gen(function* () {
      const other = yield* hostile(() => ({ body: "" }))
      const away = { status, body: "", headers: { location: `${other.endpoint}/bucket/a.txt` } }
      for (const use of [
        (provider: Provider) => Stream.runDrain(provider.list(RemotePath.root)),
        (provider: Provider) => provider.stat(at("a.txt")),
        (provider: Provider) => provider.readAll(small),
        (provider: Provider) => provider.put(at("a.txt"), ByteSource.fromBytes(pattern(10)), { modifiedAt: 0 }),
        (provider: Provider) => provider.remove(at("a.txt"))
      ]) {
        const { message } = yield* failing(away, use)
        expect(message).toContain(`sends elsewhere (${status}), to ${other.endpoint}/bucket/a.txt`)
        expect(message).toContain("set the option endpoint")
      }
      expect(other.requests).toEqual([])
    })
  )
}

it.live("a region that would be another host is none", () =>
  Effect.gen(function* () {
    const away = { status: 301, body: "", headers: { "x-amz-bucket-region": "evil.example.org/#" } }
    const { requests } = yield* failing(away, (provider) => provider.stat(at("a.txt")))
    expect(requests.filter((request) => request.startsWith("HEAD"))).toHaveLength(1)
  })
)

it.live("an object that comes drop by drop is not waited for, and may be asked for again", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => {
      if (isVersioning(request)) return versioning
      return { headers: { etag: '"x"', "content-length": 1_000_000 }, body: "", endless: " " }
    })
    const provider = yield* openAt(server, "bucket")
    const file = { _tag: "File", path: at("a"), size: 1_000_000, modifiedAt: 0, checksums: {} } as const
    for (const read of [Stream.runDrain(provider.read(file)), Effect.asVoid(provider.readAll(file))]) {
      const error = yield* Effect.flip(read)
      expect(error.message).toContain("too slowly")
      expect(error.isRetryable).toBe(true)
    }
  })
)

it.live("a server that never answers is given up on", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => (isVersioning(request) ? versioning : {}))
    const provider = yield* openAt(server, "bucket", { idleTimeout: 0.2 })
    expect(yield* reason(provider.stat(at("a.txt")))).toBe("Unavailable")
    const large = ByteSource.fromBytes(pattern(100))
    expect(yield* reason(provider.put(at("a.txt"), large, { modifiedAt: 0 }))).toBe("Unavailable")
  })
)

it.live("asks in the region that a bucket is said to be in", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate({ region: "eu-central-7" })
    const provider = yield* openAt(emulator, "photo-archive", { region: "us-east-1" })
    yield* provider.put(at("a.txt"), ByteSource.fromBytes(new Uint8Array(3)), { modifiedAt: 1000 })
    expect((yield* provider.stat(at("a.txt"))).size).toBe(3)
  })
)

it.live("a wrong secret is told at the first use, and appears in no message", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const failed = yield* Effect.flip(openAt({ ...emulator, key: "canary-0123456789" }, "photo-archive"))
    expect(failed.reason._tag).toBe("Unauthenticated")
    expect(JSON.stringify(failed) + failed.message).not.toContain("canary")
  })
)

it.live("half of a pair of keys is told", () =>
  Effect.gen(function* () {
    const options = { ...usual, secretAccessKey: Redacted.make("canary"), name: "s3:bucket" }
    const failed = yield* Effect.flip(S3Provider.connect(options))
    expect(failed.message).toContain("accessKeyId is missing")
  })
)

it.live("what everybody may read is read without a key", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) => {
      if (isVersioning(request)) return versioning
      if (request.headers.authorization !== undefined) return error(403, "AccessDenied")
      return { body: "hello", headers: { etag: '"5d41402abc4b2a76b9719d911017c592"', "content-length": "5" } }
    })
    const provider = yield* openAt(server, "bucket", { anonymous: true })
    const file = yield* provider.stat(at("a.txt"))
    expect(file.checksums.md5).toBe("5d41402abc4b2a76b9719d911017c592")
    expect(Buffer.from(yield* provider.readAll(file)).toString()).toBe("hello")
  })
)

it.live("bytes that are not those of their MD5 are told", () =>
  Effect.gen(function* () {
    const server = yield* hostile((request) =>
      isVersioning(request) ? versioning : { body: "jello", headers: { etag: '"5d41402abc4b2a76b9719d911017c592"' } }
    )
    const provider = yield* openAt(server, "bucket")
    const file = { _tag: "File", path: at("a.txt"), size: 5, checksums: {} } as const
    expect(yield* reason(provider.readAll(file))).toBe("ChecksumMismatch")
    expect(yield* reason(Stream.runDrain(provider.read(file)))).toBe("ChecksumMismatch")
  })
)

it.live("goes on with faults of every kind, as the layers around it do", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const provider = yield* openAt(emulator, "photo-archive")
    yield* provider.put(at("a.txt"), ByteSource.fromBytes(new TextEncoder().encode("hello")), { modifiedAt: 1000 })
    const file = yield* provider.stat(at("a.txt"))
    for (const [kind, expected] of [
      ["503", "Unavailable"],
      ["429", "RateLimited"],
      ["500", "Unavailable"],
      ["502-html", "Unavailable"],
      ["truncate", "Unavailable"],
      ["flip", "ChecksumMismatch"]
    ] as const) {
      emulator.failNext("s3_get_object", kind)
      expect(yield* reason(Stream.runDrain(provider.read(file))), kind).toBe(expected)
    }
    for (const kind of ["503", "reset", "flip", "lost"] as const) {
      emulator.failNext("s3_put_object", kind)
      const store = provider.put(at("b.txt"), ByteSource.fromBytes(pattern(1000)), { modifiedAt: 1000 })
      expect(["Unavailable", "ChecksumMismatch"], kind).toContain(yield* reason(store))
    }
  })
)
