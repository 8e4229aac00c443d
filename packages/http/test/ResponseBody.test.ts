import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { HttpConnections } from "@ourclone/http/HttpConnections"
import type { HttpReply, Patience } from "@ourclone/http/HttpMessage"
import { ResponseBody } from "@ourclone/http/ResponseBody"
import { Effect, Fiber, Stream } from "effect"

class Refusal {
  readonly _tag = "Refusal"
  readonly reply: HttpReply

  constructor(reply: HttpReply) {
    this.reply = reply
  }
}

/** A server that answers the nth request of all with the nth text, and ends the connection where `null` stands. */
const serve = (...answers: ReadonlyArray<string | Buffer | null>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const heads: Array<string> = []
      const sockets: Array<net.Socket> = []
      let next = 0
      const server = net.createServer((socket) => {
        sockets.push(socket)
        socket.on("error", () => {})
        socket.on("data", (data) => {
          heads.push(data.toString("latin1"))
          const answer = answers[next++]
          if (answer == null) socket.destroy()
          else socket.write(answer)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as net.AddressInfo
      return { heads, sockets, server, origin: `http://127.0.0.1:${port}` }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )

const connectionsWith = (patience?: Patience) =>
  Effect.acquireRelease(
    Effect.sync(() => new HttpConnections(patience)),
    (made) => Effect.sync(() => made.close())
  )
const connections = connectionsWith()
/** Milliseconds. */
const impatient: Patience = { connect: 60_000, idle: 400, keepAlive: 60_000 }

const get = (downloads: HttpConnections, origin: string, path = "/file") =>
  Effect.suspend(() => {
    const body = new ResponseBody(origin, (reply) => new Refusal(reply))
    const request = { method: "GET", origin, path, headers: ["user-agent", "test"] } as const
    return Effect.map(
      body.opened((handler) => {
        downloads.send(request, handler)
        return () => {}
      }),
      (opened) => ({ ...opened, body, bytes: Stream.runCollect(Stream.fromPull(Effect.succeed(body.pull))) })
    )
  })

const textOf = ({ bytes }: { readonly bytes: Effect.Effect<Array<Uint8Array>, unknown> }) =>
  Effect.map(bytes, (pieces) => Buffer.concat(pieces).toString())

const reply = (body: string, head = "HTTP/1.1 200 OK") => `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe("ResponseBody", () => {
  it.live("sends the path as it was given, dots and all", () =>
    Effect.gen(function* () {
      const { heads, origin } = yield* serve(reply("hello"))
      const file = yield* get(yield* connections, origin, "/file/a/../b/./c")
      assert.strictEqual(yield* textOf(file), "hello")
      assert.include(heads[0], "GET /file/a/../b/./c HTTP/1.1\r\n")
    })
  )

  it.live("uses a connection again after a reply that was read", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve(reply("one"), reply("", "HTTP/1.1 206 Partial"), reply("three"))
      const downloads = yield* connections
      const texts = [
        yield* textOf(yield* get(downloads, origin)),
        yield* textOf(yield* get(downloads, origin)),
        yield* textOf(yield* get(downloads, origin))
      ]
      assert.deepStrictEqual([texts, sockets.length], [["one", "", "three"], 1])
    })
  )

  it.live("asks again when a kept connection was closed in the meantime", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve(reply("one"), null, reply("two"))
      const downloads = yield* connections
      yield* textOf(yield* get(downloads, origin))
      assert.strictEqual(yield* textOf(yield* get(downloads, origin)), "two")
      assert.lengthOf(sockets, 2)
    })
  )

  it.live("fails when the first connection is closed without an answer", () =>
    Effect.gen(function* () {
      const { origin } = yield* serve(null)
      assert.strictEqual((yield* Effect.flip(get(yield* connections, origin)))._tag, "ConnectionFailure")
    })
  )

  it.live("passes over interim replies", () =>
    Effect.gen(function* () {
      const { origin } = yield* serve(`HTTP/1.1 102 Processing\r\n\r\n${reply("hello")}`)
      assert.strictEqual(yield* textOf(yield* get(yield* connections, origin)), "hello")
    })
  )

  it.live("reads what the service said when it refuses, and keeps the connection", () =>
    Effect.gen(function* () {
      const said = JSON.stringify({ status: 404, code: "not_found", message: "gone" })
      const { origin, sockets } = yield* serve(reply(said, "HTTP/1.1 404 Not Found"), reply("next"))
      const downloads = yield* connections
      const refusal = yield* Effect.flip(get(downloads, origin))
      assert.instanceOf(refusal, Refusal)
      const { body, status } = (refusal as Refusal).reply
      assert.deepEqual([status, JSON.parse(body.toString())], [404, JSON.parse(said)])
      assert.strictEqual(yield* textOf(yield* get(downloads, origin)), "next")
      assert.lengthOf(sockets, 1)
    })
  )

  for (const [title, text] of [
    ["is coded as nobody asked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
    ["names no length that could be", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello"],
    ["has interim replies without end", "HTTP/1.1 102 Processing\r\n\r\n".repeat(5000)],
    ["is not HTTP/1.1", "SSH-2.0-server\r\n\r\n"],
    ["never ends its head", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(40_000)}`]
  ] as const) {
    it.live(`fails on a reply that ${title}`, () =>
      Effect.gen(function* () {
        const { origin } = yield* serve(text)
        assert.strictEqual((yield* Effect.flip(get(yield* connections, origin)))._tag, "ConnectionFailure")
      })
    )
  }

  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

  it.live("reads a body that came in chunks, and uses the connection again", () =>
    Effect.gen(function* () {
      const text = `${chunked}3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n`
      const { origin, sockets } = yield* serve(text, reply("next"))
      const downloads = yield* connections
      assert.strictEqual(yield* textOf(yield* get(downloads, origin)), "hello")
      assert.strictEqual(yield* textOf(yield* get(downloads, origin)), "next")
      assert.lengthOf(sockets, 1)
    })
  )

  it.live("reads chunks however they are cut on the way", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve("")
      const downloads = yield* connections
      const fiber = yield* Effect.forkChild(Effect.flatMap(get(downloads, origin), textOf))
      while (sockets.length === 0 || sockets[0]?.bytesRead === 0) yield* Effect.sleep("5 millis")
      for (const byte of `${chunked}A\r\n0123456789\r\n01\r\nx\r\n0\r\n\r\n`) {
        yield* Effect.promise(() => new Promise<void>((resolve) => sockets[0]?.write(byte, () => resolve())))
      }
      assert.strictEqual(yield* Fiber.join(fiber), "0123456789x")
    })
  )

  it.live("reads a body that ends with the connection", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve("HTTP/1.1 200 OK\r\n\r\nhello")
      const file = yield* get(yield* connections, origin)
      yield* Effect.sync(() => sockets[0]?.end(" world"))
      assert.strictEqual(yield* textOf(file), "hello world")
    })
  )

  it.live("gives pieces of 1 MiB of a body whose length is not known", () =>
    Effect.gen(function* () {
      const content = Buffer.alloc(5 * 1024 * 1024 + 7, "0123456789abcdef")
      const chunks: Array<Buffer> = [Buffer.from(chunked)]
      for (let at = 0; at < content.length; at += 777_777) {
        const chunk = content.subarray(at, at + 777_777)
        chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"))
      }
      const { origin } = yield* serve(Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]))
      const pieces = yield* (yield* get(yield* connections, origin)).bytes
      assert.isTrue(Buffer.concat(pieces).equals(content))
      const full = Array.from({ length: 5 }, () => 1024 * 1024)
      assert.deepStrictEqual(
        pieces.map(({ length }) => length),
        [...full, 7]
      )
    })
  )

  for (const [title, rest] of [
    ["without its last chunk", "5\r\nhello\r\n"],
    ["in the middle of a chunk", "a\r\nhello"],
    ["with a chunk longer than it says", "4\r\nhello\r\n0\r\n\r\n"],
    ["with a length that is none", "0x5\r\nhello\r\n0\r\n\r\n"],
    ["with a line without end", "5".repeat(10_000)],
    ["with a trailer without end", `0\r\n${"a: b\r\n".repeat(10_000)}`]
  ] as const) {
    it.live(`fails on chunks that end ${title}`, () =>
      Effect.gen(function* () {
        const { origin, sockets } = yield* serve(`${chunked}${rest}`)
        const { bytes } = yield* get(yield* connections, origin)
        yield* Effect.sync(() => sockets[0]?.end())
        assert.strictEqual((yield* Effect.flip(bytes))._tag, "ConnectionFailure")
      })
    )
  }

  it.live("fails after the bytes that arrived when the body is cut short", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
      const { body } = yield* get(yield* connections, origin)
      yield* Effect.sync(() => sockets[0]?.end())
      const failure = yield* Effect.flip(body.pull)
      assert.strictEqual(failure._tag, "ConnectionFailure")
    })
  )

  it.live("ends the connection when the reader leaves before the end", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
      const { body } = yield* get(yield* connections, origin)
      const closed = Effect.promise(() => new Promise<void>((resolve) => sockets[0]?.once("close", () => resolve())))
      yield* Effect.sync(() => body.close())
      yield* closed
      assert.isTrue(sockets[0]?.destroyed)
    })
  )

  it.live("gives pieces of 1 MiB, and reads no further while nobody takes them", () =>
    Effect.gen(function* () {
      const size = 64 * 1024 * 1024
      const content = Buffer.alloc(size, "0123456789abcdef")
      const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
      const { origin, sockets } = yield* serve(Buffer.concat([head, content]))
      const { body } = yield* get(yield* connections, origin)
      yield* Effect.sleep("300 millis")
      assert.isAbove(sockets[0]?.writableLength ?? 0, size / 2, "most of it waits at the sender")
      const pieces = yield* Stream.runCollect(Stream.fromPull(Effect.succeed(body.pull)))
      assert.isTrue(Buffer.concat(pieces).equals(content))
      assert.deepStrictEqual(new Set(pieces.map((piece) => piece.length)), new Set([1024 * 1024]))
    })
  )

  const piece = 1024 * 1024
  const large = Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${8 * piece}\r\n\r\n`),
    Buffer.alloc(2 * piece, "x")
  ])

  it.live("fails when a server falls silent behind a reader who was away for longer than it may be silent", () =>
    Effect.gen(function* () {
      const { origin } = yield* serve(large)
      const { bytes } = yield* get(yield* connectionsWith(impatient), origin)
      yield* Effect.sleep(2 * impatient.idle)
      const failure = yield* Effect.flip(bytes)
      assert.strictEqual(failure._tag, "ConnectionFailure")
    })
  )

  it.live("does not count the time that a reader was away against the server", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve(large)
      const idle = 4000
      const { bytes } = yield* get(yield* connectionsWith({ ...impatient, idle }), origin)
      yield* Effect.sleep(idle / 2 + 500)
      setTimeout(() => sockets[0]?.write(Buffer.alloc(6 * piece, "x")), idle / 2)
      assert.strictEqual(Buffer.concat(yield* bytes).length, 8 * piece)
    })
  )

  it.live("does not ask again when a kept connection gives no answer in time", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve(reply("one"), "", reply("two"))
      const downloads = yield* connectionsWith(impatient)
      yield* textOf(yield* get(downloads, origin))
      const failure = yield* Effect.flip(get(downloads, origin))
      assert.strictEqual(failure._tag, "ConnectionFailure")
      assert.lengthOf(sockets, 1)
    })
  )

  it.live("does not take what follows an empty reply for the answer to the next request", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve(reply("") + reply("evil"), reply("next"))
      const downloads = yield* connections
      assert.strictEqual(yield* textOf(yield* get(downloads, origin)), "")
      assert.strictEqual(yield* textOf(yield* get(downloads, origin)), "next")
      assert.lengthOf(sockets, 2)
    })
  )
})
