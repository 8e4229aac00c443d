/** Against a server that answers what a test says. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { expect, onTestFinished, test } from "vitest"
import { makeCli } from "../Cli.ts"

const answering = async (status: number, body: string): Promise<string> => {
  const server = http.createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each([
  ["a token that holds no more", 401, { code: "Unauthenticated" }, 7],
  ["a token that lacks a scope", 403, { code: "Forbidden" }, 7],
  ["a place that is not allowed", 403, { code: "PlaceNotAllowed" }, 7],
  ["a request that makes no sense", 400, { code: "InvalidSchedule" }, 2],
  ["another name than the service's", 421, { code: "WrongHost" }, 2],
  ["no such route", 404, { code: "NoRoute" }, 4],
  ["no such task", 404, { code: "NoTask" }, 4],
  ["no repository, as here", 404, { code: "NoRepository" }, 10],
  ["what can not be as things stand", 409, { code: "AlreadyExists" }, 1],
  ["a name that is taken, as here", 409, { code: "ScheduleExists" }, 2],
  ["too many attempts", 429, { code: "TooMany" }, 5],
  ["a mistake of the service", 500, { code: "Defect" }, 1],
  ["a storage that rests", 502, { code: "Unavailable", isRetryable: true }, 5],
  ["a storage with something else", 502, { code: "UnexpectedResponse", isRetryable: false }, 1],
  ["work beside it that failed", 503, { code: "SideFailed" }, 5],
  ["its journal that can not be read for now", 503, { code: "JournalUnavailable" }, 5],
  ["its state that can not be read for now", 503, { code: "StateUnavailable" }, 5]
])(
  "%s of a service (%i) ends a command with the code that the table of the README has for it",
  async (detail, status, problem, code) => {
    const ran = await makeCli().run(
      "ls",
      "/a",
      "--server",
      await answering(status, JSON.stringify({ ...problem, detail }))
    )
    expect([ran.code, ran.error]).toEqual([code, expect.stringContaining(detail)])
  }
)

test.each([
  [401, 7],
  [403, 7],
  [404, 4],
  [407, 7],
  [502, 5],
  [503, 5],
  [504, 5],
  [500, 1]
])("who answers %i in the place of a service ends a command by that", async (status, code) => {
  expect((await makeCli().run("ls", "/a", "--server", await answering(status, "<html>"))).code).toBe(code)
})
