import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { startEmulator } from "@ourclone/b2-emulator/Emulator"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import { expect, onTestFinished, test } from "vitest"
import { startService, type TestService, tokenOf } from "../TestService.ts"

const ended = async (service: TestService, as: string, id: string) => {
  for (;;) {
    const { json } = await service.ask(`/api/v1/tasks/${id}`, { as })
    if (json.endedAt !== null) return json
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test("a task is taken back over the API: said before, and only where its places are allowed", async () => {
  const emulator = await startEmulator({ control: true })
  onTestFinished(() => emulator.close())
  const service = await startService()
  const as = await service.setUp()
  const { endpoint, key: applicationKey, keyId } = emulator
  const options = { keyId, applicationKey, endpoint }
  await service.ask("/api/v1/storage/remotes", { as, body: { name: "photos", type: "b2", options } })
  const source = path.join(service.home, "from")
  fs.mkdirSync(source)
  fs.writeFileSync(path.join(source, "a"), "before")
  const request = { source, destination: "photos:my-bucket/to" }
  const start = async (kind: string, request: object) => {
    const { json } = await service.ask("/api/v1/tasks", { as, body: { kind, request } })
    return ended(service, as, json.id)
  }
  await start("sync", request)
  fs.writeFileSync(path.join(source, "a"), "after")
  fs.writeFileSync(path.join(source, "new"), "new")
  const task = await start("sync", request)
  expect(task.state).toEqual({ _tag: "Done", failed: 0 })

  const preview = await service.ask("/api/v1/previews", { as, body: { kind: "undo", request: { task: task.id } } })
  const events = preview.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).event)
  const would = events.filter(({ _tag }) => _tag === "Would").map(({ deed, item }) => `${deed} ${item}`)
  expect(would.sort()).toEqual(["removed new", "restored a"])
  const read = async () =>
    (await service.ask(`/api/v1/files?path=${encodeURIComponent("photos:my-bucket/to/a")}`, { as })).text
  expect(await read()).toBe("after")

  const undone = await start("undo", { task: task.id })
  expect([undone.state, undone.summary.restored, undone.summary.hidden]).toEqual([{ _tag: "Done", failed: 0 }, 1, 1])
  expect(await read()).toBe("before")

  const nothing = await service.ask("/api/v1/tasks", { as, body: { kind: "undo", request: { task: "nope" } } })
  expect([nothing.status, nothing.json.code]).toEqual([404, "NoTask"])
  const viewer = await tokenOf(service, as, "bob", "viewer")
  const refused = await service.ask("/api/v1/previews", {
    as: viewer,
    body: { kind: "undo", request: { task: task.id } }
  })
  expect(refused.status).toBe(403)

  const rest = { kind: "copy", cron: "0 0 1 1 *", zone: "UTC", missed: "once", isOn: true }
  const local = { source, destination: path.join(service.home, "to") }
  for (const name of ["of a caller", "of the owner"]) {
    await service.ask("/api/v1/schedules", { as, body: { ...rest, name, request: local } })
  }

  // The same state with other folders: what was allowed once is not today.
  await service.stop()
  const journal = new DatabaseSync(tasksFile(service.at("state", "ourclone")))
  // As if a run were due; and as a command makes one.
  journal.exec(`update schedule set body = json_set(body, '$.lookedAt', 0);
    update schedule set body = json_remove(body, '$.isOfService') where name = 'of the owner'`)
  journal.close()
  const narrower = await startService({ folder: service.folder, roots: [path.join(service.home, "elsewhere")] })
  const newest = async (name: string) => {
    for (;;) {
      const { json } = await narrower.ask("/api/v1/schedules", { as })
      const { lastTask } = json.find((schedule: { readonly name: string }) => schedule.name === name)
      if (lastTask !== null && lastTask.endedAt !== null) return lastTask.state
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  expect(await newest("of a caller")).toMatchObject({
    _tag: "Failed",
    failure: { code: "PlaceNotAllowed", message: expect.stringContaining(`source: "${source}" may not be used`) }
  })
  expect(await newest("of the owner")).toEqual({ _tag: "Done", failed: 0 })
  const { json: schedules } = await narrower.ask("/api/v1/schedules", { as })
  const { id } = schedules[0]
  for (const [method, name, body] of [
    ["POST", `/api/v1/schedules/${id}/run`, undefined],
    ["PATCH", `/api/v1/schedules/${id}`, { jitterMillis: 1_000 }],
    ["POST", "/api/v1/tasks", { kind: "undo", request: { task: task.id } }],
    ["POST", "/api/v1/previews", { kind: "undo", request: { task: task.id } }],
    ["POST", `/api/v1/tasks/${task.id}/retry`, undefined],
    ["POST", `/api/v1/tasks/${task.id}/again`, undefined]
  ] as const) {
    const { json } = await narrower.ask(name, { method, as, body })
    expect([name, json.code]).toEqual([name, "PlaceNotAllowed"])
  }
})
