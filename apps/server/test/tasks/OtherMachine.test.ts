import { hostname } from "node:os"
import * as PostgresServer from "@ourclone/tasks/testing/PostgresServer"
import { expect, onTestFinished, test } from "vitest"
import { startService } from "../TestService.ts"

test.skipIf(PostgresServer.missing !== undefined)(
  `what a schedule of another machine does is not changed here, whose allowed folders are others${PostgresServer.missing === undefined ? "" : ` (skipped: ${PostgresServer.missing})`}`,
  { timeout: 60_000 },
  async () => {
    const server = await PostgresServer.start()
    onTestFinished(() => server.stop())
    const service = await startService({ database: server.create("shared") })
    const as = await service.setUp()
    const request = { source: service.home, destination: `${service.home}/to` }
    const rest = { cron: "30 2 * * *", zone: "Europe/Berlin", missed: "once", isOn: true }
    const body = { name: "nightly", kind: "copy", request, ...rest }
    const { id, machine } = (await service.ask("/api/v1/schedules", { as, body })).json
    expect(machine).toBe(hostname())
    server.sql(
      "shared",
      `update ourclone.schedule set body = replace(body, '"machine":"${machine}"', '"machine":"nas"')`
    )
    const change = (body: object) => service.ask(`/api/v1/schedules/${id}`, { method: "PATCH", as, body })
    const refused = await change({ request: { ...request, transfers: 2 } })
    expect([refused.status, refused.json.code]).toEqual([409, "OtherMachine"])
    expect((await change({ watch: service.home })).status).toBe(409)
    expect((await change({ isOn: false })).json).toMatchObject({ machine: "nas", isOn: false, request })
  }
)
