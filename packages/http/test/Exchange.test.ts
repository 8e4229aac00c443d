import * as diagnostics from "node:diagnostics_channel"
import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as HttpClient from "@ourclone/http/HttpClient"
import { ConnectionFailure, type HttpReply, type HttpRequest, type Patience } from "@ourclone/http/HttpMessage"
import { ResponseBody } from "@ourclone/http/ResponseBody"
import { Effect, Fiber, type Scope } from "effect"

/** What the nth request of all is answered with; `null` ends the connection, `undefined` says nothing. */
type Answer = string | null | undefined

/** A server that takes what comes for one request each time, and keeps what came. */
const serve = (...answers: ReadonlyArray<Answer>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<string> = []
      const sockets: Array<net.Socket> = []
      const closed: Array<number> = []
      const server = net.createServer((socket) => {
        const number = sockets.push(socket) - 1
        socket.on("error", () => {})
        socket.on("close", () => closed.push(number))
        socket.on("data", (data) => {
          const answer = answers[requests.push(data.toString("latin1")) - 1]
          if (answer === null) socket.destroy()
          else if (answer !== undefined) socket.write(answer)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as net.AddressInfo
      return { requests, sockets, closed, server, origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}` }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )

const clientWith = (patience?: Patience): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => HttpClient.make({ maxConcurrency: 4, patience })),
    ({ close }) => Effect.promise(close)
  )

const ask = (http: HttpClient.HttpClient, request: Omit<HttpRequest, "headers"> & Partial<HttpRequest>) =>
  http.exchange({ headers: [], ...request }, (reply) => Effect.succeed(reply))

const textOf = ({ body, status }: HttpReply) => `${status} ${body}`

const reply = (body: string, head = "HTTP/1.1 200 OK") => `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const post = { method: "POST", path: "/file" } as const

describe("a request without a body in its answer", () => {
  it.live("is asked, taken back before it begins, and fails once all is closed", () =>
    Effect.gen(function* () {
      const answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
      const { origin } = yield* serve(answer, answer)
      const http = yield* clientWith()
      const head = { origin, method: "HEAD", path: "/file" } as const
      const begun = yield* Effect.forkChild(ask(http, head))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(begun)
      assert.strictEqual(textOf(yield* ask(http, head)), "200 ")
      yield* Effect.promise(http.close)
      assert.strictEqual((yield* Effect.flip(ask(http, head)))._tag, "ConnectionFailure")
      const closed = HttpClient.make({ maxConcurrency: 1 })
      yield* Effect.promise(closed.close)
      assert.strictEqual((yield* Effect.flip(ask(closed, head)))._tag, "ConnectionFailure")
    })
  )
})

describe("a download", () => {
  it.live("that can not be sent fails, and harms none after it", () =>
    Effect.gen(function* () {
      const { origin } = yield* serve(reply("well"))
      const http = yield* clientWith()
      const get = (path: string) => {
        const body = new ResponseBody(origin, () => new Error("refused"))
        return body.opened((handler) => http.download({ method: "GET", origin, path, headers: [] }, handler))
      }
      const failure = yield* Effect.flip(get("/a b"))
      assert.strictEqual(
        failure instanceof ConnectionFailure && failure.error.message,
        "its path holds a space, a line break, or what is no byte"
      )
      assert.strictEqual((yield* get("/a")).status, 200)
    })
  )
})

describe("a request whose body is there as a whole", () => {
  it.live("goes out as it was given, with its length, and takes the connection of the one before", () =>
    Effect.gen(function* () {
      const { host, origin, requests, sockets } = yield* serve(reply("one"), reply("two"), reply("three"))
      const http = yield* clientWith()
      const path = "/a/../b?c"
      const headers = ["x-name", "caf%C3%A9", "x-byte", "\xe9"]
      const bytes = new Uint8Array([104, 105, 0, 255])
      assert.strictEqual(textOf(yield* ask(http, { origin, method: "POST", path, headers, body: bytes })), "200 one")
      assert.strictEqual(textOf(yield* ask(http, { origin, ...post, body: "é" })), "200 two")
      assert.strictEqual(textOf(yield* ask(http, { origin, ...post, method: "PUT" })), "200 three")
      assert.deepStrictEqual(requests, [
        `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nx-name: caf%C3%A9\r\nx-byte: \xe9\r\ncontent-length: 4\r\n\r\nhi\0\xff`,
        `POST /file HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 2\r\n\r\n\xc3\xa9`,
        `PUT /file HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 0\r\n\r\n`
      ])
      assert.strictEqual(sockets.length, 1)
    })
  )

  it.live("says its length once, where it says so itself", () =>
    Effect.gen(function* () {
      const { origin, requests } = yield* serve(reply(""))
      yield* ask(yield* clientWith(), { origin, ...post, headers: ["Content-Length", "2"], body: "hi" })
      assert.deepStrictEqual(requests[0]?.match(/content-length: \d+/gi), ["Content-Length: 2"])
    })
  )

  for (const [what, wrong] of [
    ["a line break in a header", { headers: ["x-name", "a\r\nx-other: b"] }],
    ["a header that is no byte", { headers: ["x-name", "☃"] }],
    ["a name of a header that is none", { headers: ["x-name: a\r\nx-other", "b"] }],
    ["a line break in its path", { path: "/a HTTP/1.1\r\nx-other: b" }]
  ] as const) {
    it.live(`with ${what} is not sent, and harms none after it`, () =>
      Effect.gen(function* () {
        const { origin, requests } = yield* serve(reply("well"))
        const http = yield* clientWith()
        const { error } = yield* Effect.flip(ask(http, { origin, ...post, body: "hi", ...wrong }))
        assert.strictEqual((error as { code?: unknown }).code, "ERR_REQUEST_UNSENDABLE")
        assert.strictEqual(textOf(yield* ask(http, { origin, ...post, body: "hi" })), "200 well")
        assert.strictEqual(requests.length, 1)
      })
    )
  }

  it.live(
    "is made again where a kept connection is closed instead of an answer, if it asks for something and no more",
    () =>
      Effect.gen(function* () {
        const { origin, requests } = yield* serve(
          reply("one"),
          null,
          reply("again"),
          reply("two"),
          null,
          reply("never")
        )
        const http = yield* clientWith()
        yield* ask(http, { origin, ...post, body: "1" })
        assert.strictEqual(textOf(yield* ask(http, { origin, method: "GET", path: "/" })), "200 again")
        yield* ask(http, { origin, ...post, body: "2" })
        const failure = yield* Effect.flip(ask(http, { origin, ...post, body: "3" }))
        assert.deepStrictEqual([failure._tag, failure.hasBegun], ["ConnectionFailure", false])
        assert.strictEqual(requests.length, 5)
      })
  )

  it.live("takes no connection that the server is about to close by what it promised", () =>
    Effect.gen(function* () {
      const promising = (seconds: number) => reply("well", `HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=${seconds}`)
      const { closed, origin, sockets } = yield* serve(promising(2), promising(600), promising(3), reply("well"))
      const http = yield* clientWith()
      yield* ask(http, { origin, ...post })
      while (closed.length < 1) yield* Effect.sleep(5)
      yield* ask(http, { origin, ...post })
      yield* ask(http, { origin, ...post })
      assert.strictEqual(sockets.length, 2)
      while (closed.length < 2) yield* Effect.sleep(5)
      yield* ask(http, { origin, ...post })
      assert.strictEqual(sockets.length, 3)
    })
  )

  it.live("leaves a connection where it was answered before all of it was taken", () =>
    Effect.gen(function* () {
      const { closed, origin, sockets } = yield* serve()
      const http = yield* clientWith()
      const large = new Uint8Array(64 * 1024 * 1024)
      const fiber = yield* Effect.forkChild(ask(http, { origin, ...post, body: large }))
      while (sockets.length === 0) yield* Effect.sleep(5)
      sockets[0]!.pause()
      sockets[0]!.write(reply("enough"))
      assert.strictEqual(textOf(yield* Fiber.join(fiber)), "200 enough")
      sockets[0]!.resume()
      while (closed.length === 0) yield* Effect.sleep(5)
    })
  )

  it.live("waits for its answer as long as it says, where that is longer than usual", () =>
    Effect.gen(function* () {
      const { origin, sockets } = yield* serve(reply("first"))
      const http = yield* clientWith({ connect: 60_000, idle: 300, keepAlive: 60_000 })
      yield* ask(http, { origin, ...post })
      const late = yield* Effect.flip(ask(http, { origin, ...post }))
      assert.match(String((late.error as { code?: unknown }).code), /TIMEOUT/)
      const patient = yield* Effect.forkChild(ask(http, { origin, ...post, timeout: 60_000 }))
      while (sockets.length < 2) yield* Effect.sleep(5)
      yield* Effect.sleep(900)
      sockets[1]!.write(reply("at last"))
      assert.strictEqual(textOf(yield* Fiber.join(patient)), "200 at last")
    })
  )

  it.live("ends its connection when it is interrupted, and when all are closed", () =>
    Effect.gen(function* () {
      const { closed, origin, requests } = yield* serve()
      const http = yield* clientWith()
      const interrupted = yield* Effect.forkChild(ask(http, { origin, ...post }))
      while (requests.length < 1) yield* Effect.sleep(5)
      yield* Fiber.interrupt(interrupted)
      while (closed.length < 1) yield* Effect.sleep(5)
      const asking = yield* Effect.forkChild(Effect.flip(ask(http, { origin, ...post })))
      while (requests.length < 2) yield* Effect.sleep(5)
      yield* Effect.promise(http.close)
      assert.strictEqual((yield* Fiber.join(asking))._tag, "ConnectionFailure")
      assert.strictEqual((yield* Effect.flip(ask(http, { origin, ...post })))._tag, "ConnectionFailure")
      assert.strictEqual(requests.length, 2)
    })
  )

  it.live("reads no more of an answer than it may have, and of a refusal what there is room for", () =>
    Effect.gen(function* () {
      const long = "x".repeat(200 * 1024)
      const { closed, origin } = yield* serve(
        reply(long),
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`,
        reply(long, "HTTP/1.1 400 No")
      )
      const http = yield* clientWith()
      for (const most of [100 * 1024, long.length - 1]) {
        const { error } = yield* Effect.flip(ask(http, { origin, ...post, most }))
        assert.strictEqual((error as { code?: unknown }).code, "ERR_ANSWER_TOO_LONG")
      }
      const refusal = yield* ask(http, { origin, ...post, most: 1024 * 1024 })
      assert.deepStrictEqual([refusal.status, refusal.body.length], [400, 64 * 1024])
      while (closed.length < 3) yield* Effect.sleep(5)
    })
  )

  it.live("is told of to whoever listens, with its answer or its failure, and without headers and bodies", () =>
    Effect.gen(function* () {
      const { origin } = yield* serve(reply("one"), null)
      const http = yield* clientWith()
      const told: Array<unknown> = []
      const listen = (message: unknown) => told.push(message)
      const channels = ["ourclone:request:headers", "ourclone:request:error"]
      for (const channel of channels) diagnostics.subscribe(channel, listen)
      yield* ask(http, { origin, ...post, headers: ["authorization", "secret"], body: "1" })
      yield* Effect.flip(ask(http, { origin, ...post, body: "2" }))
      for (const channel of channels) diagnostics.unsubscribe(channel, listen)
      const request = { ...post, origin }
      const [first, second, ...others] = told as Array<{ error?: Error }>
      assert.deepStrictEqual<unknown>(first, { request, response: { statusCode: 200 } })
      assert.deepStrictEqual<unknown>(second, { request, error: second?.error })
      assert.instanceOf(second?.error, Error)
      assert.deepStrictEqual(others, [])
    })
  )
})
