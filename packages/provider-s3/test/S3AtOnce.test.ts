/** How many requests a server has at once, of what is signed here and of what the library asks. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import * as ByteSource from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { root } from "@ourclone/core/contract/RemotePath"
import { at } from "@ourclone/core/testing/Check"
import { Effect, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"

/** In front of a server: holds each request for a while, and counts them. */
const counting = (endpoint: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const { hostname, port } = new URL(endpoint)
      let [now, most] = [0, 0]
      const server = http.createServer((request, response) => {
        most = Math.max(most, ++now)
        response.once("close", () => now--)
        const { headers, method, url } = request
        const onwards = http.request({ hostname, port, method, path: url, headers }, (answer) => {
          setTimeout(() => {
            response.writeHead(answer.statusCode ?? 500, answer.headers)
            answer.pipe(response)
          }, 5)
        })
        request.pipe(onwards)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, most: () => most }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

const each = (provider: Provider, number: number): ReadonlyArray<Effect.Effect<unknown, unknown>> => {
  const path = at(`folder-${number % 3}/${number}`)
  const bytes = ByteSource.fromBytes(new Uint8Array(1000))
  const streamed = ByteSource.fromBytes(new Uint8Array(ByteSource.smallSize + 1))
  const stored = provider.put(path, number % 8 === 0 ? streamed : bytes, { modifiedAt: 0 })
  return [
    Effect.andThen(
      stored,
      Effect.flatMap(provider.stat(path), (file) => Stream.runDrain(provider.read(file)))
    ),
    provider.remove(at(`none-${number}`)),
    Stream.runDrain(provider.list(root)),
    Stream.runDrain(provider.largeFile!.unfinished(path))
  ]
}

it.live("has no more requests at once than it was told, but for what others may wait for", () =>
  Effect.gen(function* () {
    const emulator = yield* emulate()
    const server = yield* counting(emulator.endpoint)
    const provider = yield* openAt({ ...emulator, endpoint: server.endpoint }, "bucket", { maxConcurrency: 5 })
    yield* provider.put(at("first"), ByteSource.fromBytes(new Uint8Array(1)), { modifiedAt: 0 })
    const all = Array.from({ length: 40 }, (_, number) => each(provider, number)).flat()
    yield* Effect.all(all, { concurrency: "unbounded", discard: true })
    expect(server.most()).toBeGreaterThan(3)
    // One more of what others may wait for.
    expect(server.most()).toBeLessThanOrEqual(7)
  })
)
