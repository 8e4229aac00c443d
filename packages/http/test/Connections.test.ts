import * as http from "node:http"
import type { AddressInfo } from "node:net"
import buildConnector from "undici/lib/core/connect.js"
import { afterEach, beforeEach, expect, it } from "vitest"
import { type Borrower, Connections } from "../src/Connections.ts"
import { usualPatience } from "../src/HttpMessage.ts"

let server: http.Server
let origin: string
let opened = 0
let connections: Connections

beforeEach(async () => {
  opened = 0
  server = http.createServer((request, response) => {
    if (request.url === "/closed") response.setHeader("connection", "close")
    if (request.url === "/torn") request.socket.destroy()
    else response.end("x")
  })
  server.on("connection", () => opened++)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  connections = new Connections(buildConnector({ allowH2: false }), usualPatience)
})

afterEach(async () => {
  await connections.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const ask = (path: string): Promise<"answered" | "failed"> =>
  new Promise((resolve) => {
    const end = (outcome: "answered" | "failed") =>
      queueMicrotask(() => {
        borrower.giveBack()
        resolve(outcome)
      })
    const borrower: Borrower = {
      giveBack: () => {},
      onRequestStart: () => {},
      onResponseStart: () => {},
      onResponseData: () => {},
      onResponseEnd: () => end("answered"),
      onResponseError: () => end("failed")
    }
    connections.dispatch(origin, { path, method: "GET" }, borrower)
  })

it("makes as many as there are requests at once, and uses them again", async () => {
  expect(await Promise.all(["/", "/", "/"].map(ask))).toEqual(["answered", "answered", "answered"])
  expect(opened).toBe(3)
  for (let again = 0; again < 5; again++) await ask("/")
  await Promise.all(["/", "/"].map(ask))
  expect(opened).toBe(3)
})

it("makes another where the server closes, tears or leaves one", async () => {
  expect(await ask("/closed")).toBe("answered")
  expect(await ask("/")).toBe("answered")
  expect(opened).toBe(2)
  expect(await ask("/torn")).toBe("failed")
  expect(await ask("/")).toBe("answered")
  expect(opened).toBe(3)
  server.closeAllConnections()
  expect(await ask("/")).toMatch(/answered|failed/)
  expect(await ask("/")).toBe("answered")
})

it("fails what is under way when all are destroyed", async () => {
  const asked = ask("/")
  await connections.destroy()
  expect(await asked).toBe("failed")
  const before = opened
  expect(await ask("/")).toBe("failed")
  expect(opened).toBe(before)
})
