/** A provider that others wrote, which ends the process it is in. */
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { startService, type TestService } from "../TestService.ts"

const effect = new URL(".", import.meta.resolve("effect/Effect")).href

const source = `import * as Effect from "${effect}Effect.js"
const account = { account: "evil", ways: [[{ name: "", id: "" }]] }
export default {
  specification: 1, type: "evil", description: "Ends its process", placeOptions: [], environment: [], options: [],
  check: () => [], inDirectory: (location) => location, refusesLocation: () => undefined,
  connect: () => Effect.sync(() => process.exit(7))
}
`

/** As `plugin add` leaves it. */
const install = (service: TestService) => {
  const folder = path.join(service.home, ".local/share/ourclone/plugins")
  const entry = path.join(folder, "index.js")
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, "package.json"), '{"type":"module"}')
  fs.writeFileSync(entry, source)
  const facts = { specification: 1, type: "evil", description: "", options: [], placeOptions: [], environment: [] }
  const plugin = { name: "evil", version: "1.0.0", from: folder, entry, facts }
  fs.writeFileSync(path.join(folder, "plugins.json"), JSON.stringify({ plugins: [plugin] }))
  fs.mkdirSync(service.at("settings"), { recursive: true })
  fs.writeFileSync(service.at("settings", "config.toml"), '[remotes.evil]\ntype = "evil"\n', { mode: 0o600 })
}

test("a plugin that ends its process harms its own run and question alone", async () => {
  const service = await startService()
  const as = await service.setUp()
  install(service)
  const from = path.join(service.home, "from")
  fs.mkdirSync(from)
  fs.writeFileSync(path.join(from, "a"), "one")
  const start = async (source: string, name: string) => {
    const request = { source, destination: path.join(service.home, name) }
    return (await service.ask("/api/v1/tasks", { as, body: { kind: "copy", request } })).json.id as string
  }
  const list = (path: string) => service.ask("/api/v1/queries/list", { as, body: { request: { path } } })
  const evil = await start("evil:", "nothing")
  const good = await start(from, "to")
  const asked = await list("evil:")
  expect([asked.status, asked.json.code]).toEqual([503, "SideFailed"])
  expect((await list(from)).json.rows).toHaveLength(1)
  const states = new Map<string, string>()
  while (states.get(evil) !== "Failed" || states.get(good) !== "Done") {
    for (const id of [evil, good]) {
      states.set(id, (await service.ask(`/api/v1/tasks/${id}`, { as })).json.state._tag)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const { json } = await service.ask(`/api/v1/tasks/${evil}`, { as })
  expect(json.state.failure).toMatchObject({ code: "RunnerDied" })
  expect(fs.readFileSync(path.join(service.home, "to/a"), "utf8")).toBe("one")
})
