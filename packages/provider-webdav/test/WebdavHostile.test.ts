/** Servers, and what is between, that answer otherwise than WebDAV does. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { retried } from "@ourclone/core/layers/Retried"
import { RetryListener } from "@ourclone/core/layers/Retry"
import { removesNothing } from "@ourclone/core/testing/SyncFrom"
import { factory } from "@ourclone/provider-webdav/WebdavFactory"
import { Effect, Redacted, Stream } from "effect"

const at = RemotePath.makeUnsafe
const mebibyte = 1024 * 1024

interface Answer {
  readonly status?: number
  readonly headers?: http.OutgoingHttpHeaders
  readonly body?: string
  /** What follows the body, again and again. */
  readonly endless?: string
  readonly isTorn?: boolean
}

const collection = (href: string) =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
const fileRow = (href: string, length = "<D:getcontentlength>5</D:getcontentlength>") =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop><D:resourcetype/>${length}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
const begin = '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">'
const multistatus = (...rows: ReadonlyArray<string>): Answer => ({
  status: 207,
  body: `${begin}${rows.join("")}</D:multistatus>`
})

const repeat = (response: http.ServerResponse, text: string, onSent: (bytes: number) => void): void => {
  const piece = text.repeat(Math.ceil(65_536 / text.length))
  const more = (): void => {
    while (!response.destroyed && response.write(piece)) onSent(piece.length)
    if (!response.destroyed) response.once("drain", more)
  }
  response.on("error", () => {})
  more()
}

/** The first request, by which a place is opened, is answered as it should be. */
const hostile = (answer: (request: http.IncomingMessage) => Answer) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ url: string; requests: Array<string>; sent: () => number; server: http.Server }>((resolve) => {
          const requests: Array<string> = []
          let sent = 0
          const server = http.createServer((request, response) => {
            requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`)
            request.resume()
            request.on("end", () => {
              const first = requests.length === 1 && request.method === "PROPFIND"
              const {
                body = "",
                endless,
                headers = {},
                isTorn,
                status = 200
              } = first ? multistatus(collection("/dav/")) : answer(request)
              response.writeHead(status, { "content-type": "application/xml", ...headers })
              if (endless !== undefined) {
                response.write(body)
                repeat(response, endless, (bytes) => {
                  sent += bytes
                })
              } else if (isTorn === true) response.write(body, () => response.destroy())
              else response.end(body)
            })
          })
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            resolve({ url: `http://127.0.0.1:${port}/dav/`, requests, sent: () => sent, server })
          })
        })
    ),
    ({ server }) =>
      Effect.promise(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })
  )

type Use = (provider: Provider) => Effect.Effect<unknown, StorageError>

const failing = (answer: Answer, use: Use) =>
  Effect.gen(function* () {
    const server = yield* hostile(() => answer)
    const provider = yield* ProviderFactory.open(
      factory,
      { url: server.url, user: "ann", password: Redacted.make("canary-7"), idleTimeout: 2 },
      { name: "dav:", location: "" }
    )
    const failed = yield* Effect.flip(use(provider))
    expect(failed.message).toContain("dav:")
    expect(JSON.stringify(failed) + failed.message).not.toContain("canary")
    return { reason: failed.reason._tag, message: failed.message, sent: server.sent(), requests: server.requests }
  })

const small: File = { _tag: "File", path: at("a.txt"), size: 5, checksums: {} }
const list: Use = (provider) => Stream.runDrain(provider.list(RemotePath.root))

const noListings: ReadonlyArray<readonly [what: string, answer: Answer]> = [
  ["a page for people", { body: "<html>Please sign in</html>", headers: { "content-type": "text/html" } }],
  ["a page for people with the status of a listing", { status: 207, body: "<html>Please sign in</html>" }],
  ["nothing", { status: 207 }],
  ["a listing that is cut off", { status: 207, body: `${begin}${collection("/dav/")}<D:response>` }],
  ["a listing that is torn off", { status: 207, body: `${begin}${collection("/dav/")}`, isTorn: true }],
  ["another folder", multistatus(collection("/other/"), fileRow("/other/a.txt"))],
  ["a listing without the folder itself", multistatus(fileRow("/dav/a.txt"))],
  ["an answer about something else", { status: 207, body: '<multistatus xmlns="urn:other"/>' }]
]
for (const [what, answer] of noListings) {
  it.live(`takes ${what} for no listing, least of all for an empty one`, () =>
    Effect.map(failing(answer, list), ({ reason }) => expect(["UnexpectedResponse", "Unavailable"]).toContain(reason))
  )
}

it.live("a listing that breaks off is asked for again at once, also where its end looks like one", () =>
  Effect.gen(function* () {
    for (const isTorn of [true, false]) {
      let count = 0
      const server = yield* hostile(() => {
        const whole = multistatus(collection("/dav/"), fileRow("/dav/a.txt"))
        return ++count > 2 ? whole : { ...whole, body: whole.body?.slice(0, -20) ?? "", isTorn }
      })
      const at = { name: "dav:", location: "" }
      const provider = retried(yield* ProviderFactory.open(factory, { url: server.url }, at))
      const pauses: Array<number> = []
      const noting = ({ pauseMillis }: { readonly pauseMillis: number }) => void pauses.push(pauseMillis)
      yield* Effect.provideService(list(provider), RetryListener, noting)
      expect(pauses).toEqual([0, 0])
    }
  })
)

it.live("a sync from a folder that is torn off after some names removes nothing, and names the remote", () =>
  Effect.gen(function* () {
    const rows = [collection("/dav/"), fileRow("/dav/b.txt")].join("")
    const server = yield* hostile(() => ({ status: 207, body: begin + rows, isTorn: true }))
    const at = { name: "dav:", location: "" }
    const failed = yield* removesNothing(yield* ProviderFactory.open(factory, { url: server.url }, at))
    expect([failed.provider, failed.reason._tag]).toEqual(["dav:", "Unavailable"])
  })
)

const endless: ReadonlyArray<readonly [what: string, answer: Answer, use: Use, most: number]> = [
  ["one row after another", { status: 207, body: begin + collection("/dav/"), endless: fileRow("/dav/a") }, list, 300],
  ["elements in elements", { status: 207, body: begin, endless: "<D:response>" }, list, 16],
  ["one name", { status: 207, body: `${begin}<D:response><D:href>`, endless: "a" }, list, 300],
  [
    "the properties of one file",
    { status: 207, body: begin, endless: fileRow("/dav/a.txt") },
    (provider) => provider.stat(at("a.txt")),
    16
  ],
  ["a refusal", { status: 403, body: "no", endless: " no" }, list, 16],
  ["a small file", { body: "hello", endless: "x" }, (provider) => provider.readAll(small), 16],
  ["a file in pieces", { body: "hello", endless: "x" }, (provider) => Stream.runDrain(provider.read(small)), 16]
]
for (const [what, answer, use, most] of endless) {
  it.live(`an answer without end takes no more memory than it may: ${what}`, () =>
    Effect.map(failing(answer, use), ({ sent }) => expect(sent).toBeLessThan(most * mebibyte))
  )
}

it.live("files of which no size is said are told as failures, and no file is told twice", () =>
  Effect.gen(function* () {
    const sizes = ["", "many", "-1", "1e3", "99999999999999999999"]
    const rows = sizes.map((size, index) =>
      fileRow(`/dav/${index}`, size === "" ? "" : `<D:getcontentlength>${size}</D:getcontentlength>`)
    )
    const server = yield* hostile(() => multistatus(collection("/dav/"), ...rows, fileRow("/dav/b"), fileRow("/dav/b")))
    const provider = yield* ProviderFactory.open(factory, { url: server.url }, { name: "dav:", location: "" })
    const found = yield* Stream.runCollect(provider.list(RemotePath.root))
    expect(found.map(({ _tag, path }) => `${_tag} ${path}`)).toEqual([
      ...sizes.map((_, index) => `Skipped ${index}`),
      "File b"
    ])
    expect(found.every((entry) => entry._tag !== "Skipped" || entry.isFailure)).toBe(true)
  })
)

it.live("names that lead elsewhere are told as failures", () =>
  Effect.gen(function* () {
    const hrefs = ["/dav/..%2f..%2fetc", "/dav/d/../../x", "/dav/%2e%2e/x", "/dav/d%2Fa", "/elsewhere/a", "/dav/%ff"]
    const server = yield* hostile(() => multistatus(collection("/dav/"), ...hrefs.map((href) => fileRow(href))))
    const provider = yield* ProviderFactory.open(factory, { url: server.url }, { name: "dav:", location: "" })
    const found = yield* Stream.runCollect(provider.list(RemotePath.root))
    expect(found).toHaveLength(hrefs.length)
    expect(found.every((entry) => entry._tag === "Skipped" && entry.isFailure)).toBe(true)
  })
)

it.live("a file that is torn off fails, and may be asked for again", () =>
  Effect.gen(function* () {
    const torn = { body: "he", isTorn: true, headers: { "content-length": "5" } }
    for (const use of [
      (provider: Provider) => provider.readAll(small),
      (provider: Provider) => Stream.runDrain(provider.read(small))
    ]) {
      expect((yield* failing(torn, use)).reason).toBe("Unavailable")
    }
  })
)

it.live("names that differ in letter case alone are two files where the remote says so, else nobody knows", () =>
  Effect.gen(function* () {
    const at = { name: "dav:", location: "" }
    for (const options of [{ caseSensitive: true }, { caseSensitive: false }, {}]) {
      const { url } = yield* hostile(() => ({}))
      const { capabilities } = yield* ProviderFactory.open(factory, { url, ...options }, at)
      expect(capabilities.isCaseSensitive).toBe(options.caseSensitive)
    }
  })
)

for (const status of [301, 302, 307, 308]) {
  it.live(`nobody is sent elsewhere with the password: ${status}`, () =>
    Effect.gen(function* () {
      const other = yield* hostile(() => ({}))
      const away = { status, headers: { location: other.url } }
      for (const use of [
        list,
        (provider: Provider) => provider.stat(at("a.txt")),
        (provider: Provider) => provider.readAll(small),
        (provider: Provider) => provider.put(at("a.txt"), ByteSource.fromBytes(Buffer.from("a")), { modifiedAt: 0 }),
        (provider: Provider) => provider.remove(at("a.txt"))
      ]) {
        const { message } = yield* failing(away, use)
        expect(message).toContain(`sends elsewhere, to ${other.url}, where no password is sent; set the option url`)
      }
      expect(other.requests).toEqual([])
    })
  )
}
