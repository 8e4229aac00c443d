import * as fs from "node:fs"
import { expect, onTestFinished, test } from "vitest"
import { startReceiver } from "../Receiver.ts"
import { startService } from "../TestService.ts"

test("who is told is kept in the configuration, tried, and never tells its address or secret", async () => {
  const service = await startService()
  const as = await service.setUp()
  const { close, heard, host } = await startReceiver()
  onTestFinished(close)
  const url = `http://${host}/planted-topic`
  const put = (name: string, body: object) => service.ask(`/api/v1/notifications/${name}`, { method: "PUT", as, body })
  const list = async () => (await service.ask("/api/v1/notifications", { as })).json
  const tried = async (name: string) =>
    (await service.ask(`/api/v1/notifications/${name}/test`, { method: "POST", as })).json.failure

  const made = await put("phone", { type: "ntfy", url, secret: "planted-token" })
  expect(made.status).toBe(200)
  const phone = {
    name: "phone",
    type: "ntfy",
    to: host,
    on: ["failure", "recovery", "absence"],
    schedules: null,
    hasSecret: true,
    onMyNetwork: false,
    mail: null,
    problem: null
  }
  expect(await list()).toEqual([phone])
  expect(JSON.stringify([made.json, await list()])).not.toContain("planted")
  expect(await tried("phone")).toContain("onMyNetwork")

  // What is left out stays, its secret too.
  const changed = await put("phone", { type: "ntfy", onMyNetwork: true, on: ["success"], schedules: ["nightly"] })
  expect(changed.json).toEqual({ ...phone, onMyNetwork: true, on: ["success"], schedules: ["nightly"] })
  expect(await tried("phone")).toBeNull()
  expect(heard.map(({ headers }) => headers.authorization)).toEqual(["Bearer planted-token"])
  expect((await put("phone", { type: "ntfy", schedules: [] })).json.schedules).toBeNull()

  // To nobody else is the secret sent that was given for this address.
  const moved = await put("phone", { type: "ntfy", url: `${url}-of-another`, onMyNetwork: true })
  expect(moved.json.hasSecret).toBe(false)
  expect(await tried("phone")).toBeNull()
  expect(heard.at(-1)?.headers.authorization).toBeUndefined()

  const audit = (await service.ask("/api/v1/audit", { as })).text
  expect(audit).toContain("notifications.putNotification")
  expect(audit).not.toContain("planted")

  expect((await service.ask("/api/v1/notifications/phone", { method: "DELETE", as })).status).toBe(204)
  expect(await list()).toEqual([])
  expect(fs.readFileSync(service.at("settings", "config.toml"), "utf8")).not.toContain("planted")
})

test("what makes no sense of its type is refused by field, and a secret that looks like a reference runs nothing", async () => {
  const service = await startService()
  const as = await service.setUp()
  const put = (body: object) => service.ask("/api/v1/notifications/office", { method: "PUT", as, body })
  const incomplete = await put({ type: "mail", host: "smtp.example.com" })
  expect([incomplete.status, incomplete.json.errors.map(({ path }: { path: unknown }) => path)]).toEqual([
    400,
    expect.arrayContaining([["payload", "from"]])
  ])
  expect((await put({ type: "webhook", url: "file:///etc/passwd" })).status).toBe(400)
  const mark = service.at("ran")
  const tried = async () =>
    (await service.ask("/api/v1/notifications/office/test", { method: "POST", as })).json.failure
  const mail = { type: "mail", host: "127.0.0.1", port: 9, user: "u", from: "a@b.c", to: "d@e.f" }
  expect((await put({ ...mail, secret: `command:touch ${mark}` })).status).toBe(200)
  await tried()
  expect(fs.existsSync(mark)).toBe(false)
  expect(fs.readFileSync(service.at("settings", "config.toml"), "utf8")).toContain("text:command:")
  for (const host of ["127.0.0.1", "localhost"]) {
    await put({ ...mail, host })
    expect(await tried()).toContain("onMyNetwork")
  }
  const named = await put({ type: "mail", onMyNetwork: true, host: "localhost" })
  expect(named.json).toMatchObject({ onMyNetwork: true, mail: { host: "localhost", port: 9, user: "u" } })
  expect(await tried()).toContain("ECONNREFUSED")
  expect((await put({ type: "mail", port: null, user: null })).json.mail).toMatchObject({ port: null, user: null })
})
