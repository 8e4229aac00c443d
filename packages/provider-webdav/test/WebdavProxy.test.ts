/** A server that is reached through a proxy, which makes connections by `CONNECT`. */
import * as http from "node:http"
import * as net from "node:net"
import { expect, it } from "@effect/vitest"
import type { OptionValues } from "@ourclone/core/contract/OptionField"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { factory } from "@ourclone/provider-webdav/WebdavFactory"
import { Effect, Redacted } from "effect"

const row = (href: string, kind: string) =>
  `<D:response><D:href>${href}</D:href><D:propstat><D:prop><D:resourcetype>${kind}</D:resourcetype><D:getcontentlength>5</D:getcontentlength></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`

const listening = (server: http.Server) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return `127.0.0.1:${(server.address() as net.AddressInfo).port}`
    }),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

const startServer = Effect.suspend(() =>
  listening(
    http.createServer((request, response) => {
      request.resume()
      if (request.method === "GET") return void response.end("hello")
      const kind = request.url === "/dav/" ? "<D:collection/>" : ""
      response.writeHead(207, { "content-type": "application/xml" })
      response.end(`<D:multistatus xmlns:D="DAV:">${row(request.url ?? "", kind)}</D:multistatus>`)
    })
  )
)

/** Notes where to, and whether the password was given. */
const startProxy = (tunnels: Array<string>, makesNone: boolean) =>
  Effect.suspend(() => {
    const server = http.createServer()
    const sockets = new Set<net.Socket>()
    server.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
      tunnels.push(`${request.url} ${request.headers["proxy-authorization"]}`)
      client.on("error", () => {})
      sockets.add(client)
      if (makesNone) return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n")
      const { hostname, port } = new URL(`http://${request.url}`)
      const there = net.connect(Number(port), hostname, () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n")
        there.pipe(client)
        client.pipe(there)
      })
      sockets.add(there)
      there.on("error", () => client.destroy())
      client.on("close", () => there.destroy())
    })
    const ended = Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
      })
    )
    return Effect.andThen(ended, listening(server))
  })

const open = (host: string, options: OptionValues) =>
  ProviderFactory.open(factory, { url: `http://${host}/dav/`, ...options }, { name: "dav:", location: "" })

it.live(
  "listings and bytes of files go through the proxy, which is told its password, and not to hosts that are named",
  () =>
    Effect.scoped(
      Effect.gen(function* () {
        const host = yield* startServer
        const tunnels: Array<string> = []
        const proxy = Redacted.make(`http://me:word@${yield* startProxy(tunnels, false)}`)
        const provider = yield* open(host, { proxy })
        const expected = `${host} Basic ${Buffer.from("me:word").toString("base64")}`
        expect(new Set(tunnels)).toEqual(new Set([expected]))
        const asked = tunnels.length
        const file = yield* provider.stat(RemotePath.makeUnsafe("a"))
        expect(Buffer.from(yield* provider.readAll(file)).toString()).toBe("hello")
        expect(tunnels.length).toBeGreaterThan(asked)
        expect(new Set(tunnels)).toEqual(new Set([expected]))
        tunnels.length = 0
        yield* open(host, { proxy, noProxy: "127.0.0.1" })
        expect(tunnels).toEqual([])
      })
    )
)

it.live("a proxy that makes no connection is named", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const host = yield* startServer
      const proxy = Redacted.make(`http://${yield* startProxy([], true)}`)
      const error = yield* Effect.flip(open(host, { proxy }))
      expect(error.reason.message).toContain("the proxy makes no connection")
    })
  )
)

it("takes the proxy from where other programs do, and refuses what is none", () => {
  expect(factory.environment).toContainEqual({ proxy: "HTTPS_PROXY" })
  expect(factory.environment).toContainEqual({ noProxy: "NO_PROXY" })
  const url = "https://cloud.example.org/dav"
  expect(factory.check({ url, proxy: Redacted.make("ftp://proxy.example.org") })).not.toEqual([])
  expect(factory.check({ url, proxy: Redacted.make("http://proxy.example.org") })).toEqual([])
})
