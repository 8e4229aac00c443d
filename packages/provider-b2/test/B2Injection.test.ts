import * as http from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { isAsSafe } from "@ourclone/provider-b2/api/B2Calls"
import { Effect, Stream } from "effect"
import { emulate, openAt } from "./emulated.ts"

const at = makeUnsafe

const setUp = Effect.gen(function* () {
  const emulator = yield* emulate()
  const provider = yield* openAt(emulator, "photo-archive")
  yield* provider.buckets!.create("photo-archive")
  return { emulator, provider }
})

describe("what another service said of a file", () => {
  it.live("does not become headers of its own", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp
      for (const contentType of ["text/plain\r\nx-bz-info-evil: 1", "text/plain\n\nPOST / HTTP/1.1", "text/\0plain"]) {
        for (const size of [5, smallSize + 1]) {
          const put = provider.put(at("a"), fromBytes(Buffer.alloc(size)), { modifiedAt: 0, contentType })
          assert.strictEqual((yield* Effect.flip(put)).reason._tag, "InvalidRequest")
        }
      }
      assert.deepStrictEqual(yield* Stream.runCollect(provider.list(root)), [])
    })
  )

  it.live("does not change what a name means: __proto__, constructor and the like are files", () =>
    Effect.gen(function* () {
      const { provider } = yield* setUp
      const names = ["__proto__", "constructor/prototype", "toString"]
      for (const name of names) yield* provider.put(at(name), fromBytes(Buffer.from(name)), { modifiedAt: 0 })
      const found = yield* Stream.runCollect(provider.list(root))
      assert.deepStrictEqual(
        found.map(({ path }) => path as string),
        names
      )
      for (const entry of found) {
        if (entry._tag !== "File") continue
        assert.strictEqual(Buffer.from(yield* provider.readAll(entry)).toString(), entry.path)
      }
    })
  )
})

describe("addresses that the service gives out", () => {
  it("are not used when they would send a token readable, or are none", () => {
    assert.isTrue(isAsSafe("https://api.example", "https://pod.example/upload"))
    assert.isTrue(isAsSafe("http://127.0.0.1:1", "http://127.0.0.1:1/upload"))
    for (const address of [
      "http://pod.example",
      "ftp://pod.example",
      "https://",
      "//pod.example",
      "https://a b/",
      ""
    ]) {
      assert.isFalse(isAsSafe("https://api.example", address), address)
    }
  })

  it.live("are refused as soon as the service names them", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const made = http.createServer((_request, response) => {
            const storageApi = {
              apiUrl: "ftp://elsewhere",
              downloadUrl: "http://elsewhere",
              recommendedPartSize: 1000,
              absoluteMinimumPartSize: 1000,
              capabilities: []
            }
            response.end(JSON.stringify({ accountId: "a", authorizationToken: "secret", apiInfo: { storageApi } }))
          })
          await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve))
          return made
        }),
        (made) => Effect.sync(() => void made.close())
      )
      const { port } = server.address() as { port: number }
      const address = { endpoint: `http://127.0.0.1:${port}`, keyId: "id", key: "key" }
      const error = yield* Effect.flip(openAt(address, "photo-archive"))
      assert.strictEqual(error.reason._tag, "UnexpectedResponse")
      assert.notInclude(JSON.stringify(error), "secret")
    })
  )
})
