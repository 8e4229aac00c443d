/** Who is waited for. The socket is told that nothing moved, as its clock would after two minutes. */
import { once } from "node:events"
import { type IncomingMessage, request, type ServerResponse } from "node:http"
import { connect } from "node:net"
import { setImmediate } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import * as HttpServer from "@ourclone/mount/http/HttpServer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

interface Bindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

const listen = (answer: (request: Request, nothingMoved: () => void, bindings: Bindings) => Promise<Response>) =>
  HttpServer.listenOn(
    async (asked, env) => {
      const bindings = env as Bindings
      return answer(asked, () => bindings.incoming.socket.emit("timeout"), bindings)
    },
    { host: "127.0.0.1", port: 0, access: undefined }
  )

const connected = (url: string) => {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) })
  socket.on("error", () => {})
  return socket
}

const post = (url: string, body: Buffer): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { method: "POST", agent: false }, (answer) => resolve(answer.resume().statusCode))
      .on("error", reject)
      .end(body)
  })

describe("a client of a server", () => {
  it.live("reaches one that listens on all addresses by IPv4 as well", () =>
    Effect.gen(function* () {
      const access = { users: [{ name: "ann", password: Redacted.make("secret") }], hostNames: [] }
      const listening = { host: "::", port: 0, access, isBehindTls: true }
      const url = yield* HttpServer.listenOn(async () => new Response("here"), listening)
      const { port } = new URL(url)
      assert.strictEqual(url, `http://localhost:${port}/`)
      assert.strictEqual(yield* Effect.promise(() => post(`http://127.0.0.1:${port}/`, Buffer.alloc(1))), 200)
      const named = { ...listening, access: { ...access, hostNames: ["nas.home"] } }
      assert.match(yield* HttpServer.listenOn(async () => new Response("here"), named), /^http:\/\/nas\.home:\d+\/$/)
    }).pipe(Effect.scoped)
  )

  it.live("that has sent all is answered, however long the answer takes", () =>
    Effect.gen(function* () {
      const url = yield* listen(async (asked, nothingMoved) => {
        await asked.arrayBuffer()
        for (let minutes = 0; minutes < 10; minutes += 2) nothingMoved()
        return new Response("stored")
      })
      assert.strictEqual(yield* Effect.promise(() => post(url, Buffer.alloc(300_000))), 200)
    }).pipe(Effect.scoped)
  )

  it.live("whose upload has to wait for its turn is not sent away", () =>
    Effect.gen(function* () {
      const url = yield* listen(async (asked, nothingMoved, { incoming }) => {
        const { body } = asked
        while (incoming.readableLength === 0) await setImmediate()
        nothingMoved()
        await new Response(body).arrayBuffer()
        return new Response("stored")
      })
      assert.strictEqual(yield* Effect.promise(() => post(url, Buffer.alloc(5_000_000))), 200)
    }).pipe(Effect.scoped)
  )

  it.live("that stops sending in the midst of an upload is let go", () =>
    Effect.gen(function* () {
      const url = yield* listen(async (asked, nothingMoved) => {
        const reader = asked.body?.getReader()
        await reader?.read()
        void setImmediate().then(nothingMoved)
        await reader?.read()
        return new Response("stored")
      })
      const socket = connected(url)
      socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
      yield* Effect.promise(() => once(socket.resume(), "close"))
    }).pipe(Effect.scoped)
  )

  it.live("that takes no more of an answer is let go", () =>
    Effect.gen(function* () {
      const isLetGo = Promise.withResolvers<void>()
      const url = yield* listen(async (_asked, nothingMoved, { outgoing }) => {
        outgoing.once("close", isLetGo.resolve)
        const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
          controller.enqueue(new Uint8Array(1_000_000))
          void setImmediate().then(nothingMoved)
        }
        return new Response(new ReadableStream({ pull }))
      })
      connected(url).write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      yield* Effect.promise(() => isLetGo.promise)
    }).pipe(Effect.scoped)
  )
})
