import * as net from "node:net"
import { expect, it } from "vitest"
import { withEmulator } from "./RawClient.ts"

const held = withEmulator()

/** Everything the server says until it closes, or until `until` holds. */
const talk = (pieces: readonly string[], until: (text: string) => boolean = () => false): Promise<string> =>
  new Promise((resolve) => {
    const socket = net.connect(Number(new URL(held.emulator.endpoint).port), "127.0.0.1")
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk
      if (until(text)) socket.destroy()
    })
    socket.on("error", () => {})
    socket.on("close", () => resolve(text))
    const next = (index: number) => {
      if (index === pieces.length) return
      socket.write(pieces[index]!, () => setTimeout(next, 5, index + 1))
    }
    next(0)
  })

const post = (body: string, extra = "") =>
  `POST /b2api/v4/b2_list_buckets HTTP/1.1\r\nHost: x\r\nAuthorization: ${held.client.token}\r\n${extra}\r\n${body}`
const body = () => JSON.stringify({ accountId: held.client.accountId })
const withLength = (extra = "") => post(body(), `Content-Length: ${body().length}\r\n${extra}`)
const replies = (text: string) => text.split("HTTP/1.1 200 OK").length - 1

it("answers requests that come byte by byte", async () => {
  const text = await talk([...withLength("Connection: close\r\n")])
  expect(text).toContain('{"buckets":[]}')
})

it("answers requests that come all at once, in order", async () => {
  const text = await talk([withLength() + withLength() + withLength("Connection: close\r\n")])
  expect(replies(text)).toBe(3)
})

it("answers requests that come before earlier replies are out, in order", async () => {
  held.emulator.network.latency = 20
  try {
    const text = await talk([withLength() + withLength() + withLength("Connection: close\r\n")])
    expect(replies(text)).toBe(3)
  } finally {
    held.emulator.network.latency = 0
  }
})

it("takes a chunked body, also in pieces", async () => {
  const half = Math.floor(body().length / 2)
  const chunk = (part: string) => `${part.length.toString(16)}\r\n${part}\r\n`
  const chunked = `${chunk(body().slice(0, half))}${chunk(body().slice(half))}0\r\n\r\n`
  const request = post(chunked, "Transfer-Encoding: chunked\r\nConnection: close\r\n")
  expect(replies(await talk([request]))).toBe(1)
  expect(replies(await talk([...request]))).toBe(1)
})

it("invites the body of a client that asks first", async () => {
  const [head, data] = withLength("Expect: 100-continue\r\nConnection: close\r\n").split("\r\n\r\n")
  const text = await talk([`${head}\r\n\r\n`, data!])
  expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
})

it("keeps the connection, unless the client is old or says otherwise", async () => {
  const kept = await talk([withLength(), withLength()], (text) => replies(text) === 2)
  expect(kept).not.toContain("Connection: close")
  expect(await talk([withLength().replace("HTTP/1.1", "HTTP/1.0")])).toContain("Connection: close")
})

it.each([
  ["no HTTP", "hello\r\n\r\n", "400"],
  ["a bad header line", "GET / HTTP/1.1\r\nnonsense\r\n\r\n", "400"],
  ["a bad length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"],
  ["a bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"],
  ["70,000 bytes of headers", `GET / HTTP/1.1\r\nX: ${"x".repeat(70_000)}\r\n\r\n`, "431"]
])("%s is refused and hung up on", async (_, request, status) => {
  expect(await talk([request])).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
})

it("reads the whole body before it replies with an error", async () => {
  const request = `POST /b2api/v4/b2_upload_file/x/y HTTP/1.1\r\nAuthorization: wrong\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n`
  const text = await talk([request, "x".repeat(50_000), "x".repeat(50_000)])
  expect(text).toContain('"code":"bad_auth_token"')
})
