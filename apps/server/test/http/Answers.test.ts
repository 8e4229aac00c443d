import * as Effect from "effect/Effect"
import { expect, onTestFinished, test } from "vitest"
import * as ApiHandler from "../../src/http/ApiHandler.ts"
import * as Connection from "../../src/http/Connection.ts"
import type { ServiceShape } from "../../src/http/Service.ts"

test("an answer that is none of its route is a line in the log, which shows nothing of it, and a number for who asked", async () => {
  const lines: Array<string> = []
  const service = {
    about: { version: "1", host: ["planted"] },
    remotes: { factories: [], warnings: Effect.succeed([]) }
  }
  const { dispose, handle } = ApiHandler.make(service as unknown as ServiceShape, (line) => void lines.push(line))
  onTestFinished(dispose)
  const connection = { ...Connection.unknown(), isUnix: true }
  const answer = await handle(new Request("http://localhost/api/v1/about"), connection)
  const { detail } = (await answer.json()) as { readonly detail: string }
  const id = /[0-9a-f]{16}/.exec(detail)?.[0]
  expect([answer.status, lines.length]).toEqual([500, 1])
  expect(lines[0]).toMatch(new RegExp(`^error ${id} in settings\\.about: .*host`))
  expect(lines[0]).not.toContain("planted")
})
