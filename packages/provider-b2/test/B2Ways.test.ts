import * as fs from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it, vi } from "@effect/vitest"
import { makeCertificate } from "@ourclone/b2-emulator/Certificate"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { fromBytes, smallSize } from "@ourclone/core/contract/ByteSource"
import type { Provider } from "@ourclone/core/contract/Provider"
import { makeUnsafe, root } from "@ourclone/core/contract/RemotePath"
import { Effect, Redacted, Stream } from "effect"
import { startProxy } from "./connectProxy.ts"
import { openAt } from "./emulated.ts"
import { endless, openHostile, row } from "./hostile.ts"

const at = makeUnsafe
const put = { modifiedAt: 0 }
const large = Buffer.alloc(smallSize + 5_000_000, "0123456789abcdef")

/** An emulator with https on three ports, whose authority nobody here trusts, and that authority in a file. */
const secured = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-"))
    const caFile = path.join(folder, "authority.pem")
    const emulator = await startEmulator({ https: { certificateFile: caFile }, separatePorts: true })
    return { ...emulator, folder, caFile }
  }),
  ({ close, folder }) =>
    Effect.promise(async () => {
      await close()
      fs.rmSync(folder, { recursive: true })
    })
)

/** Every kind of request. */
const useAll = Effect.fnUntraced(function* (provider: Provider) {
  yield* provider.buckets!.create("photo-archive")
  const small = yield* provider.put(at("small"), fromBytes(Buffer.from("hello")), put)
  const source = { ...fromBytes(large), read: () => Stream.fromIterable([large]) }
  const stored = yield* provider.put(at("large"), source, put)
  assert.strictEqual(Buffer.from(yield* provider.readAll(small)).toString(), "hello")
  assert.isTrue(Buffer.concat(yield* Stream.runCollect(provider.read(stored))).equals(large))
  const range = { offset: 5, length: smallSize }
  const part = Buffer.concat(yield* Stream.runCollect(provider.read(stored, range)))
  assert.isTrue(part.equals(large.subarray(5, 5 + smallSize)))
  assert.strictEqual((yield* provider.stat(at("large"))).size, large.length)
  assert.lengthOf(yield* Stream.runCollect(provider.list(root)), 2)
})

describe("a download address of one's own", () => {
  it.live("is what files are fetched from and links lead to, verified as ever, and nothing else is asked there", () =>
    Effect.gen(function* () {
      const emulator = yield* Effect.acquireRelease(
        Effect.promise(() => startEmulator()),
        ({ close }) => Effect.promise(close)
      )
      const asked: Array<string> = []
      let spoil = false
      const cdn = http.createServer((request, response) => {
        asked.push(request.url ?? "")
        const { headers, method, url = "" } = request
        http.get(new URL(url, emulator.endpoint), { headers, ...(method === undefined ? {} : { method }) }, (found) => {
          response.writeHead(found.statusCode ?? 502, found.headers)
          found.on("data", (piece: Buffer) => response.write(spoil ? Buffer.alloc(piece.length) : piece))
          found.on("end", () => response.end())
        })
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => new Promise<void>((resolve) => cdn.listen(0, "127.0.0.1", resolve))),
        () => Effect.sync(() => cdn.close().closeAllConnections())
      )
      const downloadUrl = `http://127.0.0.1:${(cdn.address() as net.AddressInfo).port}`
      const provider = yield* openAt(emulator, "photo-archive", { downloadUrl })
      yield* provider.buckets!.create("photo-archive")
      const stored = yield* provider.put(at("small"), fromBytes(Buffer.from("hello")), put)
      assert.deepStrictEqual(asked, [])
      assert.strictEqual(Buffer.from(yield* provider.readAll(stored)).toString(), "hello")
      assert.lengthOf(asked, 1)
      assert.isTrue((yield* provider.link!(at("small"), 5_000)).startsWith(`${downloadUrl}/file/photo-archive/small?`))
      spoil = true
      const error = yield* Effect.flip(provider.readAll(stored))
      assert.strictEqual(error.reason._tag, "ChecksumMismatch")
    })
  )
})

describe("an authority in a file", () => {
  it.live("is trusted for uploads, calls and downloads, beside the usual ones, and by nobody else", () =>
    Effect.gen(function* () {
      const emulator = yield* secured
      const error = yield* Effect.flip(openAt(emulator, "photo-archive"))
      assert.include(error.message, "certificate")
      yield* useAll(yield* openAt(emulator, "photo-archive", { caFile: emulator.caFile }))
    })
  )

  it.live("that is none is named", () =>
    Effect.gen(function* () {
      const { caFile, ...emulator } = yield* secured
      fs.writeFileSync(`${caFile}.txt`, "hello")
      for (const file of [`${caFile}.txt`, `${caFile}.none`]) {
        const error = yield* Effect.flip(openAt(emulator, "photo-archive", { caFile: file }))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
        assert.include(error.message, file)
      }
    })
  )
})

describe("a proxy", () => {
  it.live("is what every request goes through", () =>
    Effect.gen(function* () {
      const emulator = yield* secured
      const proxy = yield* startProxy()
      const options = { caFile: emulator.caFile, proxy: Redacted.make(proxy.address) }
      yield* useAll(yield* openAt(emulator, "photo-archive", options))
      assert.lengthOf([...new Set(proxy.targets)], 4, "sign-in, calls, uploads and downloads")
    })
  )

  it.live("makes all connections that the service sees", () =>
    Effect.gen(function* () {
      const proxy = yield* startProxy()
      let downloads = 0
      const provider = yield* openHostile(
        {
          b2_list_file_names: (_, response) => {
            response.end(JSON.stringify({ files: [row("a.txt", { contentSha1: "none" })], nextFileName: null }))
          },
          b2_download_file_by_id: (_, response, { socket }) => {
            downloads++
            assert.include(proxy.outgoing(), socket.remotePort)
            response.end("text")
          }
        },
        { proxy: Redacted.make(proxy.address.replace("http://", "")) }
      )
      const [file] = yield* Stream.runCollect(provider.list(root))
      assert.strictEqual(file?._tag, "File")
      if (file?._tag === "File") {
        yield* Stream.runDrain(provider.read(file))
        yield* provider.readAll(file)
      }
      assert.strictEqual(downloads, 2)
    })
  )

  it.live("may itself be spoken to by https", () =>
    Effect.gen(function* () {
      const emulator = yield* secured
      const tls = makeCertificate()
      const proxy = yield* startProxy({ tls })
      fs.appendFileSync(emulator.caFile, tls.certificate)
      const options = { caFile: emulator.caFile, proxy: Redacted.make(proxy.address) }
      yield* useAll(yield* openAt(emulator, "photo-archive", options))
      assert.isAbove(proxy.targets.length, 2)
    })
  )

  it.live("is passed by for hosts that are excepted", () =>
    Effect.gen(function* () {
      const emulator = yield* secured
      const proxy = yield* startProxy()
      const options = { caFile: emulator.caFile, proxy: Redacted.make(proxy.address), noProxy: "localhost,127.0.0.0/8" }
      yield* useAll(yield* openAt(emulator, "photo-archive", options))
      assert.deepStrictEqual(proxy.targets, [])
    })
  )

  it.live("is given the name and password that stand in its address", () =>
    Effect.gen(function* () {
      const emulator = yield* secured
      const proxy = yield* startProxy({ password: "me:p@ss" })
      const open = (proxyAddress: string) =>
        openAt(emulator, "photo-archive", { caFile: emulator.caFile, proxy: Redacted.make(proxyAddress) })
      const error = yield* Effect.flip(open(proxy.address))
      assert.strictEqual(error.reason._tag, "InvalidRequest", error.message)
      assert.include(error.message, "407")
      const wrong = yield* Effect.flip(open(proxy.address.replace("//", "//me:secret-word@")))
      assert.notInclude(wrong.message, "secret-word")
      yield* useAll(yield* open(proxy.address.replace("//", "//me:p%40ss@")))
    })
  )

  for (const [what, answer, tag] of [
    ["that forbids", "HTTP/1.1 403 Forbidden by policy\r\n\r\n", "InvalidRequest"],
    ["that is busy", "HTTP/1.1 503 Busy\r\n\r\n", "Unavailable"],
    ["that is no proxy", "220 mail.example.com ESMTP\r\n\r\n", "InvalidRequest"],
    ["whose answer has no end", `HTTP/1.1 200 ${"x".repeat(100_000)}`, "InvalidRequest"],
    ["that is silent", "", "Unavailable"]
  ] as const) {
    it.live(`is told of: one ${what}`, () =>
      Effect.gen(function* () {
        const proxy = yield* startProxy({ answer })
        const error = yield* Effect.flip(
          openHostile({}, { proxy: Redacted.make(proxy.address), connectTimeout: answer === "" ? 1 : 60 })
        )
        assert.strictEqual(error.reason._tag, tag, error.message)
        if (tag === "InvalidRequest") assert.include(error.message, "proxy")
      })
    )
  }

  it.live("keeps no download that its reader has left, and reads no further than is wanted", () =>
    Effect.gen(function* () {
      const proxy = yield* startProxy()
      const sent = { bytes: 0 }
      const size = 1_000_000_000
      const provider = yield* openHostile(
        {
          b2_list_file_names: (_, response) => {
            const huge = row("huge", { contentLength: size, contentSha1: "none" })
            response.end(JSON.stringify({ files: [huge], nextFileName: null }))
          },
          b2_download_file_by_id: (asked, response, request) => {
            response.setHeader("content-length", size)
            endless("", "x", 200, sent)(asked, response, request)
          }
        },
        { proxy: Redacted.make(proxy.address) }
      )
      const [file] = yield* Stream.runCollect(provider.list(root))
      if (file?._tag !== "File") return assert.fail("no file")
      const taken = yield* Stream.runCollect(Stream.take(provider.read(file), 3))
      assert.lengthOf(taken, 3)
      assert.isBelow(sent.bytes, 200_000_000)
    })
  )
})

describe("a time limit", () => {
  const silent = Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets: Array<net.Socket> = []
      const server = net.createServer((socket) => void sockets.push(socket))
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { server, sockets, endpoint: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}` }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )

  it.live("ends a call that is not answered", () =>
    Effect.gen(function* () {
      const { endpoint } = yield* silent
      const error = yield* Effect.flip(
        openAt({ endpoint, keyId: "id", key: "key" }, "photo-archive", { idleTimeout: 0.2 })
      )
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.include(error.message, "in time")
    })
  )

  /** Almost a minute passes from drop to drop. */
  const slowly = Effect.acquireRelease(
    Effect.sync(() => vi.useFakeTimers({ toFake: ["performance"] })),
    () => Effect.sync(() => vi.useRealTimers())
  )
  const dropByDrop = (response: http.ServerResponse): void => {
    const drops = setInterval(() => {
      if (vi.isFakeTimers()) vi.advanceTimersByTime(50_000)
      response.write(" ")
    }, 5)
    response.once("close", () => clearInterval(drops))
  }

  it.live("ends an answer that comes drop by drop", () =>
    Effect.gen(function* () {
      yield* slowly
      const drip = openHostile({ b2_list_buckets: (_, response) => dropByDrop(response) })
      const error = yield* Effect.flip(drip)
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.include(error.message, "too slowly")
    })
  )

  for (const [way, isProxied] of [
    ["straight", false],
    ["through a proxy", true]
  ] as const) {
    it.live(`ends a download that comes drop by drop, ${way}`, () =>
      Effect.gen(function* () {
        const proxy = isProxied ? { proxy: Redacted.make((yield* startProxy()).address) } : {}
        const provider = yield* openHostile(
          {
            b2_list_file_names: (_, response) => {
              const files = [row("a.txt", { contentSha1: "none", contentLength: 4_000_000 })]
              response.end(JSON.stringify({ files, nextFileName: null }))
            },
            b2_download_file_by_id: (_, response) => {
              response.writeHead(200, { "content-length": 4_000_000 })
              dropByDrop(response)
            }
          },
          proxy
        )
        const [file] = yield* Stream.runCollect(provider.list(root))
        if (file?._tag !== "File") return assert.fail("no file")
        yield* slowly
        const error = yield* Effect.flip(Stream.runDrain(provider.read(file)))
        assert.strictEqual(error.reason._tag, "Unavailable", error.message)
        assert.include(error.message, "too slowly")
      })
    )
  }

  it.live("ends a download that falls silent", () =>
    Effect.gen(function* () {
      const provider = yield* openHostile(
        {
          b2_list_file_names: (_, response) => {
            response.end(JSON.stringify({ files: [row("a.txt", { contentSha1: "none" })], nextFileName: null }))
          },
          b2_download_file_by_id: (_, response) => {
            response.writeHead(200, { "content-length": 4 }).write("te")
          }
        },
        { idleTimeout: 2 }
      )
      const [file] = yield* Stream.runCollect(provider.list(root))
      if (file?._tag !== "File") return assert.fail("no file")
      for (const use of [Stream.runDrain(provider.read(file)), provider.readAll(file)]) {
        const error = yield* Effect.flip(use)
        assert.strictEqual(error.reason._tag, "Unavailable", error.message)
      }
    })
  )
})
