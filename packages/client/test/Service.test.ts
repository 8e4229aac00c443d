/** Against a server that answers what a test says, at a port and at a socket. */
import * as fs from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, onTestFinished, test } from "vitest"
import { json, open, type ServiceFailed } from "../src/Service.ts"
import * as Streamed from "../src/Streamed.ts"

const listening = async (listener: http.RequestListener, at: number | string = 0): Promise<string> => {
  const server = http.createServer(listener)
  await new Promise<void>((resolve) => {
    if (typeof at === "string") server.listen(at, resolve)
    else server.listen(at, "127.0.0.1", resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return typeof at === "string" ? `unix:${at}` : `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const failureOf = <A>(effect: Effect.Effect<A, ServiceFailed>) =>
  Effect.runPromise(Effect.map(Effect.flip(effect), ({ failure }) => failure))

test("a token goes along, and what is answered comes back, over TCP and over a socket", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-client-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const answer: http.RequestListener = ({ headers, method, url }, response) =>
    response.end(JSON.stringify({ method, url, authorization: headers.authorization ?? null }))
  for (const at of [0, path.join(folder, "socket")]) {
    const address = await listening(answer, at)
    const asked = Effect.flatMap(open(address, { OURCLONE_TOKEN: "abc" }), (service) =>
      Effect.flatMap(service.ask("GET", "/api/v1/about"), json)
    )
    expect(await Effect.runPromise(asked)).toEqual({
      method: "GET",
      url: "/api/v1/about",
      authorization: "Bearer abc"
    })
  }
})

test("a problem is told with its code, its words without commands of terminals, and the field it is about", async () => {
  const address = await listening((_, response) => {
    response.statusCode = 400
    response.end(
      JSON.stringify({
        code: "InvalidOption",
        detail: "no\u001b[2J",
        errors: [{ path: ["payload", "options", "keyId"], message: "no" }]
      })
    )
  })
  const failure = await failureOf(
    Effect.flatMap(open(address, {}), (service) => service.ask("POST", "/", { body: {} }))
  )
  expect(failure).toEqual({ code: "InvalidOption", message: "no␛[2J", item: "keyId", isRetryable: false })
})

test("an address that is none, and a service that is gone, are told apart from what a service refuses", async () => {
  expect(await failureOf(open("ftp://x", {}))).toMatchObject({ code: "InvalidAddress" })
  const gone = Effect.flatMap(open("unix:/nowhere/socket", {}), (service) => service.ask("GET", "/"))
  expect(await failureOf(gone)).toMatchObject({ code: "ServiceGone", isRetryable: true })
  expect(await failureOf(open("http://x", { OURCLONE_TOKEN_FILE: "/nowhere" }))).toMatchObject({
    code: "TokenUnreadable"
  })
})

test("events are read wherever the network cuts them, and comments passed over", async () => {
  const text = [
    ": still here",
    "",
    "event: task",
    "id: 7",
    'data: {"a":"ä"}',
    "",
    "event: reset",
    "id: 8",
    "data: {}",
    "",
    ""
  ]
  const bytes = Buffer.from(text.join("\n"))
  const address = await listening((_, response) => {
    const send = (at: number): void => {
      if (at >= bytes.length) return void response.end()
      response.write(bytes.subarray(at, at + 1), () => send(at + 1))
    }
    send(0)
  })
  const all = Effect.flatMap(open(address, {}), (service) => Stream.runCollect(Streamed.events(service, "6")))
  expect(await Effect.runPromise(all)).toEqual([
    { event: "task", id: "7", data: { a: "ä" } },
    { event: "reset", id: "8", data: {} }
  ])
})

test("lines that are cut off fail, and are not taken for the end", async () => {
  const address = await listening((_, response) => {
    response.write('{"a":1}\n{"a":')
    setImmediate(() => response.destroy())
  })
  const values = Effect.flatMap(open(address, {}), (service) =>
    Effect.flatMap(service.ask("GET", "/"), (answer) => Stream.runCollect(Streamed.values(answer)))
  )
  expect(await failureOf(values)).toMatchObject({ code: "CutOff" })
})
