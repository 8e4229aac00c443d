import * as fs from "node:fs"
import * as path from "node:path"
import * as SqliteStore from "@ourclone/tasks/store/SqliteStore"
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { Claim, TaskStore } from "@ourclone/tasks/store/TaskStore"
import { tasksFile } from "@ourclone/tasks/store/TasksFile"
import { noTotals } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { request, startService, type TestService, tokenOf } from "../TestService.ts"

/** The task once it is so. The test's own time limit is the only one. */
const until = async (service: TestService, as: string, id: string, tag: string) => {
  for (;;) {
    const { json } = await service.ask(`/api/v1/tasks/${id}`, { as })
    if (json.state._tag === tag) return json
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** As another program of the same user does. */
const inJournal = <A>(service: TestService, use: (store: TaskStore) => Effect.Effect<A, TaskError>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(SqliteStore.make(tasksFile(service.at("state", "ourclone"))), use)))

const files = (service: TestService) => {
  fs.mkdirSync(path.join(service.home, "from"), { recursive: true })
  for (const name of ["a", "b"]) fs.writeFileSync(path.join(service.home, "from", name), "x".repeat(20_000))
  return { source: path.join(service.home, "from"), destination: path.join(service.home, "to") }
}

test("a task is started, told of, cancelled by name and tried again; a preview changes nothing", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = files(service)

  const preview = await service.ask("/api/v1/previews", { as, body: { kind: "copy", request } })
  const events = preview.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).event)
  expect(events.filter(({ _tag }) => _tag === "Would").map(({ item }) => item)).toEqual(["a", "b"])
  expect(events.at(-1)).toMatchObject({ _tag: "Finished", outcome: "done" })
  expect(fs.existsSync(request.destination)).toBe(false)

  const slow = { ...request, bwlimit: "off:300b" }
  const { json: started, status } = await service.ask("/api/v1/tasks", { as, body: { kind: "copy", request: slow } })
  expect([status, started.by, started.origin, started.state._tag]).toEqual([201, "ann", "service", "Queued"])
  await until(service, as, started.id, "Running")
  await service.ask(`/api/v1/tasks/${started.id}/cancel`, { method: "POST", as })
  const cancelled = await until(service, as, started.id, "Cancelled")
  expect(cancelled.state).toEqual({ _tag: "Cancelled", by: "ann" })
  const late = await service.ask(`/api/v1/tasks/${started.id}/pause`, { method: "POST", as })
  expect([late.status, late.json.code]).toEqual([409, "NotNow"])

  const { json: again } = await service.ask("/api/v1/tasks", { as, body: { kind: "copy", request } })
  const done = await until(service, as, again.id, "Done")
  expect(done.state).toEqual({ _tag: "Done", failed: 0 })
  expect(fs.readdirSync(request.destination).sort()).toEqual(["a", "b"])
  const { json: facts } = await service.ask(`/api/v1/tasks/${again.id}/facts`, { as })
  expect(facts.facts.map(({ seq }: { seq: number }) => seq)).toEqual(
    facts.facts.map((_: unknown, index: number) => index + 1)
  )
  const { json: list } = await service.ask("/api/v1/tasks?state=Done", { as })
  expect(list.tasks.map(({ id }: { id: string }) => id)).toEqual([again.id])
  const { json: audit } = await service.ask("/api/v1/audit", { as })
  expect(audit.entries.map(({ what, who }: { what: string; who: string }) => `${who} ${what}`)).toContain(
    "ann tasks.cancel"
  )
  expect(audit.entries.filter(({ what }: { what: string }) => what === "query.preview")).toEqual([])
  await service.ask("/api/v1/previews", {
    as: await tokenOf(service, as, "vera", "viewer"),
    body: { kind: "copy", request }
  })
  const { json: refused } = await service.ask("/api/v1/audit", { as })
  expect(refused.entries[0]).toMatchObject({ what: "query.preview", status: 403 })
})

test("run again keeps the hooks, whose programs are told; a command's run can be run again, but not paused or limited", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = files(service)
  const hooks = { before: { command: ["/bin/true", "a-secret-word"] as const, limitMillis: 1_000 }, after: null }
  const { id, record } = await inJournal(service, (store) =>
    Effect.gen(function* () {
      const asked = { kind: "copy", request, origin: "command" } as const
      const record = yield* store.create({ ...asked, isRecord: true, hooks })
      const { id } = yield* store.create({ ...asked, hooks })
      return { id, record: record.id }
    })
  )
  const done = await until(service, as, id, "Done")
  expect(done.hooks).toEqual({ before: "/bin/true", after: null })
  const again = await service.ask(`/api/v1/tasks/${id}/again`, { method: "POST", as })
  expect([again.status, again.json.hooks]).toEqual([201, { before: "/bin/true", after: null }])
  expect(again.text).not.toContain("a-secret-word")
  expect((await inJournal(service, (store) => store.load(again.json.id))).hooks).toEqual(hooks)

  const ask = (what: string, asked: object) => service.ask(`/api/v1/tasks/${record}/${what}`, { as, ...asked })
  const limits = await ask("limits", { method: "PUT", body: { up: 1, down: null } })
  expect([limits.status, limits.json.detail]).toEqual([409, expect.stringContaining("not given other limits")])
  expect((await ask("pause", { method: "POST" })).status).toBe(409)
  await inJournal(service, (store) => store.wish(record, { _tag: "Cancel", by: "ann" }))
  const retried = await ask("retry", { method: "POST" })
  expect([retried.status, retried.json.id === record, retried.json.isRecord]).toEqual([200, false, false])
  await until(service, as, retried.json.id, "Done")
})

test("a request that is none says where it is wrong, by path", async () => {
  const service = await startService()
  const as = await service.setUp()
  const wrong = await service.ask("/api/v1/tasks", {
    as,
    body: { kind: "copy", request: { source: 1, destination: service.home, transfers: 0, typo: true } }
  })
  expect(wrong.status).toBe(400)
  expect(wrong.json.errors.map(({ path }: { path: ReadonlyArray<string> }) => path.join(".")).sort()).toEqual([
    "payload.request.source",
    "payload.request.transfers",
    "payload.request.typo"
  ])
  const outer = await service.ask("/api/v1/tasks", {
    as,
    body: { kind: "copy", request: {}, extra: 1, priority: "high" }
  })
  expect([
    outer.status,
    outer.json.errors.map(({ path }: { path: ReadonlyArray<string> }) => path.join(".")).sort()
  ]).toEqual([400, ["payload.extra", "payload.priority"]])
  expect((await service.ask("/api/v1/tasks", { as, body: { kind: "explode", request: {} } })).status).toBe(404)
})

test("a schedule says when it comes, is refused without its secrets or outside the allowed folders, and runs when asked", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = files(service)
  const plan = {
    name: "nightly",
    kind: "copy",
    request,
    cron: "30 2 * * *",
    zone: "Europe/Berlin",
    missed: "once",
    isOn: true
  }
  const add = (change: object) => service.ask("/api/v1/schedules", { as, body: { ...plan, ...change } })
  const made = await add({})
  expect([made.status, made.json.next.length]).toEqual([201, 3])
  expect([(await add({})).status, (await add({ name: "x", cron: "0 0 31 2 *" })).status]).toEqual([409, 400])
  expect((await add({ name: "x", request: { ...request, source: "/etc" } })).status).toBe(403)
  const forbidden = await add({ name: "x", watch: "/etc" })
  expect([forbidden.status, forbidden.json.errors[0].path]).toEqual([403, ["payload", "watch"]])
  const gone = await add({ name: "x", watch: path.join(service.home, "nowhere") })
  expect([gone.status, gone.json.errors[0].path]).toEqual([400, ["payload", "watch"]])
  const secret = await add({
    name: "x",
    kind: "backup",
    request: { repository: path.join(service.home, "r"), paths: [service.home] }
  })
  expect([secret.status, secret.json.code]).toEqual([400, "SecretRefused"])
  const { id } = made.json
  const { json: task } = await service.ask(`/api/v1/schedules/${id}/run`, { method: "POST", as })
  await until(service, as, task.id, "Done")
  const off = await service.ask(`/api/v1/schedules/${id}`, { method: "PATCH", as, body: { isOn: false } })
  expect([off.json.next, off.json.lastTask.id]).toEqual([[], task.id])
  expect((await service.ask(`/api/v1/schedules/${id}`, { method: "DELETE", as })).status).toBe(204)
})

test("a schedule that is asked to run while a run of it goes on is refused, with the task named", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = { ...files(service), bwlimit: "off:300b" }
  const plan = { name: "nightly", kind: "copy", request, cron: "30 2 * * *", zone: "UTC", missed: "once", isOn: true }
  const { json } = await service.ask("/api/v1/schedules", { as, body: plan })
  const run = () => service.ask(`/api/v1/schedules/${json.id}/run`, { method: "POST", as })
  const { json: first } = await run()
  const second = await run()
  expect([second.status, second.json.code, second.json.detail]).toEqual([
    409,
    "NotNow",
    expect.stringContaining(`task ${first.id}, the run of "nightly" before, has not ended`)
  ])
  await service.ask(`/api/v1/tasks/${first.id}/cancel`, { method: "POST", as })
  await until(service, as, first.id, "Cancelled")
  const third = await run()
  expect([third.status, third.json.id === first.id]).toEqual([201, false])
  await service.ask(`/api/v1/tasks/${third.json.id}/cancel`, { method: "POST", as })
})

test("a task is by command where a token or the socket asked for it, as commands at a service do, and else by the page", async () => {
  const service = await startService()
  const as = await service.setUp()
  const body = { kind: "copy", request: files(service) }
  const token = await tokenOf(service, as, "bob", "operator")
  const { json } = await service.ask("/api/v1/tasks", { as: token, body })
  expect([json.by, json.origin, json.isOfService]).toEqual(["bob", "command", undefined])
  await until(service, as, json.id, "Done")
  const bySocket = await request({ socket: service.socket }, `/api/v1/tasks/${json.id}/again`, { method: "POST" })
  expect([bySocket.status, bySocket.json.origin]).toEqual([201, "command"])
  await until(service, as, bySocket.json.id, "Done")
  const byPage = await service.ask(`/api/v1/tasks/${json.id}/again`, { as, method: "POST" })
  expect([byPage.status, byPage.json.origin]).toEqual([201, "service"])
})

test("an operator starts tasks, and makes buckets as a copy does, but changes none; a token for tasks alone mounts nothing", async () => {
  const service = await startService()
  const as = await service.setUp()
  const operator = await tokenOf(service, as, "bob", "operator")
  const start = (as: string, kind: string) => service.ask("/api/v1/tasks", { as, body: { kind, request: {} } })
  const code = async (as: string, kind: string) => (await start(as, kind)).json.code
  expect([await code(operator, "removeBucket"), await code(operator, "copy")]).toEqual(["Forbidden", "InvalidJob"])
  expect([await code(operator, "createBucket"), await code(operator, "updateBucket")]).toEqual([
    "InvalidJob",
    "Forbidden"
  ])
  const viewer = await tokenOf(service, as, "eve", "viewer")
  expect(await code(viewer, "createBucket")).toBe("Forbidden")
  expect(await code(as, "removeBucket")).toBe("InvalidJob")
  const { json } = await service.ask("/api/v1/tokens", { as, body: { name: "ci", scopes: ["run"], endsAt: null } })
  expect([
    await code(json.secret, "mount"),
    await code(json.secret, "backup"),
    await code(json.secret, "sync")
  ]).toEqual(["Forbidden", "Forbidden", "InvalidJob"])
})

test("what is sure to go wrong is refused at its field, and nothing is told of folders that nobody may use", async () => {
  const service = await startService()
  const as = await service.setUp()
  const at = (name: string) => path.join(service.home, name)
  const start = async (kind: string, request: unknown) => {
    const { json, status } = await service.ask("/api/v1/tasks", { as, body: { kind, request } })
    return [status, json.errors?.[0]?.path.at(-1) ?? json.code]
  }
  expect(await start("backup", { repository: at("repository"), paths: [at("gone")] })).toEqual([400, "paths"])
  const outside = path.join(path.dirname(service.home), "gone")
  expect(await start("backup", { repository: at("repository"), paths: [outside] })).toEqual([403, "paths"])
  if (process.platform === "linux") {
    expect(await start("mount", { path: service.home, point: at("gone") })).toEqual([400, "point"])
  }
  const { json } = await service.ask("/api/v1/tasks", { as })
  expect(json.tasks).toEqual([])
})

test("priority changes until a task has ended, and files that failed are tried again by name", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = { ...files(service), exclude: ["a"] }
  const failed = (path: string) =>
    ({ path, kind: "failed", code: "Unreadable", message: "denied", remedy: null }) as const
  const { id, other } = await inJournal(service, (store) =>
    Effect.gen(function* () {
      const owner = { host: "here", pid: 1, birth: "1" }
      const ended = (kind: string) =>
        Effect.gen(function* () {
          const { id } = yield* store.create({ kind, request, origin: "command", isRecord: true })
          const { take } = (yield* store.claim(owner, 60_000, id)) as Claim
          const batch = { facts: [], totals: noTotals, outcomes: [failed("b"), failed("two\nlines")], mended: [] }
          yield* store.settle(id, { _tag: "Finished", take, failed: 2 }, batch)
          return id
        })
      return { id: yield* ended("copy"), other: yield* ended("undelete") }
    })
  )
  const later = { kind: "copy", request: files(service), notBefore: Date.now() + 3_600_000 }
  const { json: waiting } = await service.ask("/api/v1/tasks", { as, body: later })
  const prioritize = (id: string, priority: number) =>
    service.ask(`/api/v1/tasks/${id}/priority`, { method: "PUT", as, body: { priority } })
  expect((await prioritize(waiting.id, 7)).json.priority).toBe(7)
  expect([(await prioritize(waiting.id, 101)).status, (await prioritize(id, 1)).status]).toEqual([400, 409])

  const retry = (id: string, paths: ReadonlyArray<string>) =>
    service.ask(`/api/v1/tasks/${id}/retry/files`, { as, body: { paths } })
  const codes = async (id: string, ...paths: ReadonlyArray<string>) => {
    const { json, status } = await retry(id, paths)
    return [status, json.errors?.[0]?.path.join(".") ?? json.code]
  }
  expect(await codes(id, "b", "a")).toEqual([400, "payload.paths.1"])
  expect(await codes(id, "two\nlines")).toEqual([400, "payload.paths.0"])
  expect(await codes(id)).toEqual([400, "payload.paths"])
  expect(await codes(other, "b")).toEqual([409, "NotOfFiles"])
  expect(await codes(waiting.id, "b")).toEqual([409, "NotNow"])
  const tried = await retry(id, ["b"])
  expect([tried.status, tried.json.kind, tried.json.request.exclude]).toEqual([201, "copy", undefined])
  await until(service, as, tried.json.id, "Done")
  expect(fs.readdirSync(request.destination)).toEqual(["b"])
})

test("a request is checked before it is asked for, and nothing is made of it", async () => {
  const service = await startService()
  const as = await service.setUp()
  const at = (name: string) => path.join(service.home, name)
  fs.mkdirSync(at("point"))
  const check = async (kind: string, request: unknown, who = as) => {
    const { json, status } = await service.ask("/api/v1/checks", { as: who, body: { kind, request } })
    return [status, json?.errors?.[0]?.path.at(-1) ?? json?.code]
  }
  expect(await check("copy", files(service))).toEqual([204, undefined])
  expect(await check("copy", { source: "/etc", destination: at("to") })).toEqual([403, "source"])
  if (process.platform === "linux") {
    expect(await check("mount", { path: at("from"), point: at("point") })).toEqual([204, undefined])
    expect(await check("mount", { path: at("from"), point: at("gone") })).toEqual([400, "point"])
    expect(await check("mount", { path: service.home, point: at("point") })).toEqual([400, "point"])
  }
  expect(await check("copy", files(service), await tokenOf(service, as, "vera", "viewer"))).toEqual([403, "Forbidden"])
  expect((await service.ask("/api/v1/tasks", { as })).json.tasks).toEqual([])
})

test("rates of one's own are kept by the service, for everybody who looks", async () => {
  const service = await startService()
  const as = await service.setUp()
  const ask = (who: string, body?: unknown) =>
    service.ask("/api/v1/settings/rates", body === undefined ? { as: who } : { as: who, method: "PUT", body })
  expect((await ask(as)).json).toEqual({ own: null })
  const own = { storedGBMonth: 0.005, fetchedGB: 0 }
  const saved = await ask(as, { own })
  expect(saved.json).toEqual({ own: { ...own, asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) } })
  const viewer = await tokenOf(service, as, "vera", "viewer")
  expect((await ask(viewer)).json).toEqual(saved.json)
  expect([(await ask(viewer, { own })).status, (await ask(as, { own: { ...own, fetchedGB: -1 } })).status]).toEqual([
    403, 400
  ])
  expect((await service.ask("/api/v1/settings", { as })).json).not.toHaveProperty("rates")
  // The same for commands of this machine, and for its runners.
  const configured = () => fs.readFileSync(service.at("settings", "config.toml"), "utf8")
  expect(configured()).toContain("[rates]\nstoredGBMonth = 0.005\n")
  expect((await ask(as, { own: null })).json).toEqual({ own: null })
  expect(configured()).not.toContain("rates")
})

test("what became of the longest path can be asked, and of a longer one not", async () => {
  const service = await startService()
  const as = await service.setUp()
  const ask = (path: string) => service.ask(`/api/v1/why?path=${encodeURIComponent(path)}`, { as })
  expect((await ask("\u20ac".repeat(4096))).status).toBe(200)
  expect((await ask("\u20ac".repeat(4097))).status).toBe(400)
})
