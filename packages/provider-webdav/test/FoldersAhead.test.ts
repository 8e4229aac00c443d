/** A folder of many folders, whose listings are asked for before their turn. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { factory } from "@ourclone/provider-webdav/WebdavFactory"
import { Effect, Redacted, Stream } from "effect"

const row = (href: string, of: string): string =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${of}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
const folder = (href: string): string => row(href, "<D:resourcetype><D:collection/></D:resourcetype>")
const file = (href: string): string => row(href, "<D:resourcetype/><D:getcontentlength>5</D:getcontentlength>")

const names = Array.from({ length: 20 }, (_, index) => `f${String(index + 1).padStart(2, "0")}`)

/** Each listing is answered when the one of the folder after it has been asked for: later than the folders before it end. */
const unhurried = Effect.acquireRelease(
  Effect.promise(async () => {
    const asked = new Set<string>()
    const waiting = new Map<string, () => void>()
    const server = http.createServer((request, response) => {
      const answer = (...rows: ReadonlyArray<string>) => {
        response.writeHead(207, { "content-type": "application/xml" })
        response.end(`<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">${rows.join("")}</D:multistatus>`)
      }
      if (request.headers["depth"] === "0") return answer(folder("/dav/"))
      const name = /\/dav\/(f\d\d)\//.exec(request.url ?? "")?.[1]
      if (name === undefined) return answer(folder("/dav/"), ...names.map((each) => folder(`/dav/${each}/`)))
      asked.add(name)
      waiting.get(name)?.()
      const mine = () => answer(folder(`/dav/${name}/`), file(`/dav/${name}/a.txt`))
      const after = names[names.indexOf(name) + 1]
      // The first ones are asked for at once, before any is entered.
      if (names.indexOf(name) < 8 || after === undefined || asked.has(after)) return mine()
      waiting.set(after, mine)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return server
  }),
  (server) =>
    Effect.promise(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
)

it.live("is listed whole, however long a folder takes that was asked for while another was read", () =>
  Effect.gen(function* () {
    const { port } = (yield* unhurried).address() as AddressInfo
    const provider = yield* ProviderFactory.open(
      factory,
      { url: `http://127.0.0.1:${port}/dav/`, user: "ann", password: Redacted.make("secret"), idleTimeout: 30 },
      { name: "dav:", location: "" }
    )
    const found = yield* Stream.runCollect(provider.list(RemotePath.root))
    expect(found.map(({ path }) => path)).toEqual(names.map((name) => `${name}/a.txt`))
  })
)
