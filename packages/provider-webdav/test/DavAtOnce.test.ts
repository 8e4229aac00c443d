/** How many requests a server has at once, of files that are read and of all else. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as DavClient from "../src/dav/DavClient.ts"

/** Holds each request for a while, and counts them. */
const counting = Effect.acquireRelease(
  Effect.promise(async () => {
    let [now, most] = [0, 0]
    const server = http.createServer((request, response) => {
      most = Math.max(most, ++now)
      response.once("close", () => now--)
      request.resume()
      request.once("end", () => setTimeout(() => response.end("hello"), 5))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    const begin = () => {
      most = now
    }
    return { server, origin: `http://127.0.0.1:${port}`, most: () => most, begin }
  }),
  ({ server }) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
)

it.live("has no more requests at once than it was told, but for what others may wait for, and then fewer", () =>
  Effect.gen(function* () {
    const { begin, most, origin } = yield* counting
    const connection = DavClient.connect({
      origin,
      authorization: undefined,
      connectTimeout: 10_000,
      idleTimeout: 60_000,
      maxConcurrency: 5,
      caFile: undefined,
      proxy: undefined,
      noProxy: "",
      userAgent: "test",
      onRequest: undefined
    })
    yield* Effect.addFinalizer(() => Effect.promise(connection.close))
    const client = DavClient.make("dav:", connection)
    const read = Effect.flatMap(client.open("a", "/a", {}), ({ pieces }) =>
      Stream.runDrain(Stream.fromPull(Effect.succeed(pieces)))
    )
    const body = () =>
      (async function* () {
        yield Buffer.from("hello")
      })()
    const each = () => [
      Effect.scoped(read),
      client.send("a", { method: "DELETE", path: "/a" }),
      Effect.suspend(() => client.send("a", { method: "PUT", path: "/a", body: body() }))
    ]
    const all = () => Effect.all(Array.from({ length: 30 }, each).flat(), { concurrency: "unbounded", discard: true })
    yield* all()
    expect(most()).toBeGreaterThan(3)
    expect(most()).toBeLessThanOrEqual(7)
    begin()
    connection.http.limit(2)
    yield* all()
    expect(most()).toBeLessThanOrEqual(4)
  })
)
