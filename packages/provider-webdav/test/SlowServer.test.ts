/** A server that sends a byte now and then, so that no connection is ever silent for long. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it, vi } from "@effect/vitest"
import { at } from "@ourclone/core/testing/Check"
import { Effect, Stream } from "effect"
import * as DavClient from "../src/dav/DavClient.ts"
import { habitsOf } from "../src/Vendors.ts"
import * as WebdavRead from "../src/WebdavRead.ts"
import * as WebdavRoot from "../src/WebdavRoot.ts"

/** Almost a minute passes from byte to byte. */
const dripping = Effect.acquireRelease(
  Effect.promise(async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] })
    const server = http.createServer((request, response) => {
      response.writeHead(request.method === "GET" ? 200 : 207, { "content-type": "application/xml" })
      const drops = setInterval(() => {
        if (vi.isFakeTimers()) vi.advanceTimersByTime(50_000)
        response.write(" ")
      }, 5)
      response.once("close", () => clearInterval(drops))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return server
  }),
  (server) =>
    Effect.sync(() => {
      vi.useRealTimers()
      server.closeAllConnections()
      server.close()
    })
)

const opened = Effect.gen(function* () {
  const { port } = (yield* dripping).address() as AddressInfo
  const connection = DavClient.connect({
    origin: `http://127.0.0.1:${port}`,
    authorization: undefined,
    connectTimeout: 10_000,
    idleTimeout: 60_000,
    maxConcurrency: 2,
    caFile: undefined,
    proxy: undefined,
    noProxy: "",
    userAgent: "test",
    onRequest: undefined
  })
  yield* Effect.addFinalizer(() => Effect.promise(connection.close))
  return DavClient.make("dav:", connection)
})

it.live("a file that comes drop by drop is not waited for, and may be asked for again", () =>
  Effect.gen(function* () {
    const root = WebdavRoot.make(yield* opened, habitsOf("other"), "/", "")
    const file = { _tag: "File", path: at("a"), size: 1_000_000, modifiedAt: 0, checksums: {} } as const
    const error = yield* Effect.flip(Stream.runDrain(WebdavRead.read(root)(file)))
    expect(error.message).toContain("too slowly")
    expect(error.isRetryable).toBe(true)
  })
)

it.live("neither is a listing", () =>
  Effect.gen(function* () {
    const client = yield* opened
    const error = yield* Effect.flip(client.find("", "/", 1, ["{DAV:}resourcetype"]))
    expect(error.message).toContain("too slowly")
    expect(error.isRetryable).toBe(true)
  })
)
