/** Bodies that are too long, or do not come. */
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import { expect, test } from "vitest"
import { patiently, SenderStopped } from "../../src/bytes/Patience.ts"
import * as Guards from "../../src/http/Guards.ts"
import { startService } from "../TestService.ts"

const lineFeeds = (text: string): string => text.replaceAll("\n", "\r\n")

/** Sends `head`, then pieces for as long as they are taken; gives what came back and how much went out. */
const pour = (url: string, head: string, piece: Buffer, most: number) =>
  new Promise<{ readonly answer: string; readonly sent: number }>((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = net.connect(Number(port), hostname)
    let answer = ""
    let sent = 0
    const more = () => {
      while (sent < most && !socket.destroyed && socket.writable) {
        sent += piece.length
        if (!socket.write(piece)) return
      }
    }
    socket.on("data", (some) => {
      answer += some.toString()
    })
    socket.on("drain", more)
    socket.on("error", () => {})
    socket.on("close", () => resolve({ answer, sent }))
    socket.write(lineFeeds(head), more)
  })

test("a body that is too long is refused before it has come, and the connection ends", async () => {
  const service = await startService()
  const as = await service.setUp()
  const { host } = new URL(service.url)
  const head = (more: string) =>
    `POST /api/v1/queries/list HTTP/1.1\nhost: ${host}\ncookie: ${as}\ncontent-type: application/json\n${more}\n\n`
  const all = 16 * 1024 ** 3
  const announced = await pour(service.url, head(`content-length: ${all}`), Buffer.alloc(65_536, " "), all)
  expect(announced.answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(announced.sent).toBeLessThan(all)
  const chunk = Buffer.from(`10000\r\n${" ".repeat(65_536)}\r\n`)
  const chunked = await pour(service.url, head("transfer-encoding: chunked"), chunk, all)
  expect(chunked.answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(chunked.sent).toBeLessThan(all)
})

test("who is not known sends no file", async () => {
  const service = await startService()
  const { host } = new URL(service.url)
  const all = 16 * 1024 ** 3
  const head = `PUT /api/v1/files?path=${encodeURIComponent(service.home)}%2Fa HTTP/1.1\nhost: ${host}\ncontent-length: ${all}\n\n`
  const { answer, sent } = await pour(service.url, head, Buffer.alloc(65_536), all)
  expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  expect(sent).toBeLessThan(all)
})

test("a body that does not come is not waited for", async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("{"))
  })
  const request = new Request("http://localhost/", { method: "POST", body, duplex: "half" } as RequestInit)
  const bounded = Guards.bounded(request, 20)
  if (!("request" in bounded)) throw new Error("it was refused at once")
  await expect(bounded.request.text()).rejects.toThrow()
  expect(bounded.broken()).toMatchObject({ status: 408, headers: { connection: "close" } })
})

test("whoever stops sending is not waited for by the service: the connection ends, and nothing of the file is there", async () => {
  const service = await startService({ patienceMillis: 400 })
  const as = await service.setUp()
  const { host } = new URL(service.url)
  // So that the process beside it is there.
  expect((await service.ask("/api/v1/queries/list", { as, body: { request: { path: service.home } } })).status).toBe(
    200
  )
  const stall = (line: string, some: string) =>
    pour(
      service.url,
      `${line} HTTP/1.1\nhost: ${host}\ncookie: ${as}\ncontent-length: 100\n`,
      Buffer.from(some),
      some.length
    )
  const file = `PUT /api/v1/files?path=${encodeURIComponent(path.join(service.home, "stalled"))}`
  const began = performance.now()
  const [upload, json] = await Promise.all([
    stall(file, "\r\nsome"),
    stall("POST /api/v1/queries/list", "content-type: application/json\r\n\r\n{")
  ])
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(json.answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(upload.answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*nothing more was sent/)
  expect(fs.readdirSync(service.home)).toEqual([])
  // Whoever sends on, however slowly, is waited for.
  const slow = new net.Socket()
  const { port } = new URL(service.url)
  let answer = ""
  const ended = new Promise<void>((resolve) => slow.on("close", () => resolve()))
  slow.on("data", (some) => {
    answer += some.toString()
    slow.end()
  })
  slow.connect(Number(port), "127.0.0.1")
  slow.write(
    lineFeeds(`${file.replace("stalled", "slow")} HTTP/1.1\nhost: ${host}\ncookie: ${as}\ncontent-length: 6\n\n`)
  )
  for (const letter of "slowly") {
    slow.write(letter)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  await ended
  expect(answer).toMatch(/^HTTP\/1\.1 201 /)
  expect(fs.readFileSync(path.join(service.home, "slow"), "utf8")).toBe("slowly")
})

test("a file whose sender has stopped is given up, however much of it came", async () => {
  let hasEnded = false
  const pieces = async function* () {
    try {
      yield "one"
      yield "two"
      await new Promise(() => {})
    } finally {
      hasEnded = true
    }
  }
  const came: Array<string> = []
  const take = async () => {
    for await (const piece of patiently(pieces(), 20)) came.push(piece)
  }
  await expect(take()).rejects.toThrow(SenderStopped)
  expect([came, hasEnded]).toEqual([["one", "two"], false])
  const whole = async function* () {
    yield "all"
  }
  for await (const piece of patiently(whole(), 20)) came.push(piece)
  expect(came).toEqual(["one", "two", "all"])
})
