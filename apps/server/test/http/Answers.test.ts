import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { expect, onTestFinished, test } from "vitest"
import * as ApiHandler from "../../src/http/ApiHandler.ts"
import * as App from "../../src/http/App.ts"
import * as Connection from "../../src/http/Connection.ts"
import type { ServiceShape } from "../../src/http/Service.ts"
import { startService } from "../TestService.ts"

/** What whoever asked is told of a mistake: a number alone, under which the log says more. */
const idOf = ({ json, status, text }: { readonly status: number; readonly json: unknown; readonly text: string }) => {
  const { detail } = json as { readonly detail: string }
  const id = /^the log says more under ([0-9a-f]{16})$/.exec(detail)?.[1]
  expect([status, json]).toEqual([
    500,
    { type: "about:blank", status: 500, title: "A mistake in ourclone", code: "Defect", detail }
  ])
  expect(text).not.toContain(".ts")
  return id
}

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

test("a handler that dies answers a number, and its stack is in the log without any secret", async () => {
  const planted = "planted-4d1c9a"
  const option = {
    name: "nothing",
    kind: "text",
    get description(): string {
      throw new Error(`no words for ${planted}, Authorization: Bearer elsewhere-4d1c9a`)
    }
  }
  const broken = { type: "broken", description: "", options: [option], environment: [] }
  const service = await startService({ factories: [broken as unknown as ProviderFactory] })
  const as = await service.setUp()
  const options = { keyId: "id", applicationKey: planted }
  const added = await service.ask("/api/v1/storage/remotes", { as, body: { name: "photos", type: "b2", options } })
  expect(added.status).toBe(201)
  const id = idOf(await service.ask("/api/v1/storage/types", { as }))
  const line = service.lines.find((one) => one.startsWith(`error ${id}`))
  expect(line).toMatch(/^error \w+ in storage\.types: Error: no words for xxx, Authorization: Bearer xxx\n/)
  expect(line).toMatch(/\n\s+at .*Answers\.test\.ts/)
  expect(service.lines.join()).not.toContain("4d1c9a")
})

test("what dies in front of the routes answers a number too", async () => {
  const lines: Array<string> = []
  const app = App.make({
    context: Context.empty(),
    service: { patienceMillis: 1_000 } as ServiceShape,
    api: { handle: () => Promise.reject(new Error("planted")), dispose: () => Promise.resolve() },
    page: { answer: () => undefined, isBuilt: false },
    allowedHosts: [],
    hasOpenMetrics: false,
    isReady: () => true,
    say: (line) => void lines.push(line)
  })
  const answer = await app.request(
    "/api/v1/tasks",
    { headers: { host: "localhost" } },
    { connection: Connection.unknown() }
  )
  const text = await answer.text()
  const id = idOf({ status: answer.status, json: JSON.parse(text), text })
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^error ${id}: Error: planted\n\\s+at .*Answers`))])
})
