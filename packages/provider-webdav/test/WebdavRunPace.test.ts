import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it } from "@effect/vitest"
import { RequestPace } from "@ourclone/core/layers/RequestPace"
import { paced } from "@ourclone/core/layers/RunPace"
import { at } from "@ourclone/core/testing/Check"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect, Fiber, Stream } from "effect"
import * as DavClient from "../src/dav/DavClient.ts"

const served = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = http.createServer((_, response) => response.end("hello"))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return server
  }),
  (server) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
)

it.live.each(["remove", "read"] as const)(
  "a run's requests to %s keep to its pace, and those of others do not",
  (method) =>
    Effect.gen(function* () {
      const { port } = (yield* served).address() as AddressInfo
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
      const client = DavClient.make("dav:", connection)
      const provider = {
        ...MemoryProvider.make(),
        remove: () => Effect.asVoid(client.send("a", { method: "DELETE", path: "/a" })),
        read: () => Stream.fromEffectDrain(Effect.scoped(client.open("a", "/a", {})))
      }
      const file = { _tag: "File", path: at("a"), size: 5, modifiedAt: 0, checksums: {} } as const
      const call = (of: ReturnType<typeof paced>) =>
        method === "read" ? Stream.runDrain(of.read(file)) : of.remove(at("a"))
      const pace = new RequestPace()
      pace.limit(0.001)
      const limited = paced(provider, pace)
      yield* call(limited)
      const held = yield* Effect.forkChild(call(limited))
      for (let time = 0; time < 5; time++) yield* call(provider)
      expect(held.pollUnsafe()).toBeUndefined()
      pace.limit(undefined)
      yield* Fiber.join(held)
    })
)
