/** Secrets that were given, and names that somebody hostile chose: where they come out again, and where never. */
import { Buffer } from "node:buffer"
import * as fs from "node:fs"
import * as path from "node:path"
import { type Emulator, startEmulator } from "@ourclone/b2-emulator/Emulator"
import { HttpApi } from "effect/http-api"
import { expect, onTestFinished, test } from "vitest"
import { Api } from "../../src/api/Api.ts"
import { password, startService, type TestService } from "../TestService.ts"

const ended = async (service: TestService, as: string, id: string) => {
  for (;;) {
    const { json } = await service.ask(`/api/v1/tasks/${id}`, { as })
    if (json.endedAt !== null || json.state._tag === "Waiting") return json
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const emulated = async (): Promise<Emulator> => {
  const emulator = await startEmulator()
  onTestFinished(() => emulator.close())
  return emulator
}

const json = async (url: string, headers: Readonly<Record<string, string>>, body: unknown) =>
  (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json()

/** A bucket with those names, stored by a program that checks nothing. */
const bucketWith = async ({ endpoint, key, keyId }: Emulator, bucketName: string, names: ReadonlyArray<string>) => {
  const basic = Buffer.from(`${keyId}:${key}`).toString("base64")
  const account = await (
    await fetch(`${endpoint}/b2api/v3/b2_authorize_account`, { headers: { authorization: `Basic ${basic}` } })
  ).json()
  const headers = { authorization: account.authorizationToken }
  const at = (call: string) => `${account.apiInfo.storageApi.apiUrl}/b2api/v3/${call}`
  const { accountId } = account
  const { bucketId } = await json(at("b2_create_bucket"), headers, { accountId, bucketName, bucketType: "allPrivate" })
  const upload = await json(at("b2_get_upload_url"), headers, { bucketId })
  for (const name of names) {
    const { status } = await fetch(upload.uploadUrl, {
      method: "POST",
      headers: {
        authorization: upload.authorizationToken,
        "x-bz-file-name": encodeURIComponent(name),
        "content-type": "text/html",
        "x-bz-content-sha1": "do_not_verify"
      },
      body: "escaped"
    })
    expect([name, status]).toEqual([name, 200])
  }
}

const hostile = [
  "../escape-1",
  "in/../../escape-2",
  "/escape-3",
  "..",
  "../../../../../../tmp/escape-4",
  "..\\escape-5",
  "%2e%2e/escape-6",
  "./escape-7",
  "<img src=x onerror=alert(1)>.html",
  'a"; filename="b.html',
  "\u202egnp.exe",
  "\u2028line",
  "$(touch escape-8)",
  "--help",
  "plain"
]

const filesBelow = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

/** By the directory at the end of a ZIP. */
const namesIn = (zip: Buffer): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (let at = zip.indexOf("PK\u0001\u0002"); at >= 0; at = zip.indexOf("PK\u0001\u0002", at + 4)) {
    names.push(zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28)))
  }
  return names
}

test("hostile names of a storage lead nowhere: not on the disk, not in a download, not in a ZIP", async () => {
  const emulator = await emulated()
  await bucketWith(emulator, "hostile-names", hostile)
  const service = await startService()
  const as = await service.setUp()
  const { endpoint, key: applicationKey, keyId } = emulator
  const options = { keyId, applicationKey, endpoint }
  await service.ask("/api/v1/storage/remotes", { as, body: { name: "photos", type: "b2", options } })
  const to = path.join(service.home, "to")
  const run = async (kind: string, request: object) => {
    const { json, text } = await service.ask("/api/v1/tasks", { as, body: { kind, request } })
    expect([kind, json.id]).toEqual([kind, expect.any(String)])
    return { ...(await ended(service, as, json.id)), text }
  }
  const copied = await run("copy", { source: "photos:hostile-names", destination: to })
  expect(copied.totals.done).toBeGreaterThan(3)
  const outside = filesBelow(service.folder).filter(
    (file) => path.basename(file).includes("escape") && !file.startsWith(`${to}${path.sep}`)
  )
  expect([outside, fs.existsSync("/tmp/escape-4"), fs.existsSync("/escape-3")]).toEqual([[], false, false])

  for (const name of hostile) {
    const place = encodeURIComponent(`photos:hostile-names/${name}`)
    const { headers, status, text } = await service.ask(`/api/v1/files?path=${place}`, { as })
    if (status !== 200) {
      expect([name, status >= 400 && status < 500]).toEqual([name, true])
      continue
    }
    expect([name, text, headers["content-security-policy"]]).toEqual([name, "escaped", "sandbox; default-src 'none'"])
    expect(headers["content-disposition"]).toMatch(/^attachment; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*$/)
    expect(headers["content-type"]).toBe("application/octet-stream")
  }

  const repository = path.join(service.home, "repository")
  const named = { name: "home", location: repository, password: "planted-repository" }
  await service.ask("/api/v1/repositories", { as, body: named })
  await run("init", { repository: "home" })
  await run("backup", { repository: "home", paths: [to] })
  const dumped = new URLSearchParams({ repository: "home", snapshot: "latest", file: "/", archive: "zip" })
  const answer = await fetch(`${service.url}/api/v1/snapshots/files?${dumped}`, { headers: { cookie: as } })
  const zip = Buffer.from(await answer.arrayBuffer())
  const names = namesIn(zip)
  expect(names.length).toBeGreaterThan(3)
  for (const name of names) {
    expect([name, name.startsWith("/") || name.split("/").includes("..")]).toEqual([name, false])
  }
  expect(zip.includes("planted-repository")).toBe(false)
  expect(service.lines.filter((line) => /[\p{Cc}\u2028\u202e]/u.test(line))).toEqual([])
})

const gets: Array<string> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { method, path } }) => {
    if (method === "GET" && path !== "/api/v1/events") gets.push(path)
  }
})

test("what is secret is in no answer of any route, no line, no fact of a task and no figure", async () => {
  const emulator = await emulated()
  const service = await startService()
  const cookie = await service.setUp()
  const { endpoint, keyId } = emulator
  const planted = {
    key: "planted-key-4d1c9a",
    repository: "planted-repository-4d1c9a",
    topic: "planted-topic-4d1c9a",
    token: "planted-token-4d1c9a",
    password,
    session: cookie.split("=")[1]!
  }
  const post = (name: string, body: object) => service.ask(`/api/v1/${name}`, { as: cookie, body })
  const said: Array<string> = []
  const hear = ({ text }: { readonly text: string }) => said.push(text)
  const options = { keyId, applicationKey: planted.key, endpoint }
  hear(await post("storage/remotes", { name: "photos", type: "b2", options }))
  hear(await post("storage/remotes/photos/test", {}))
  hear(await post("storage/test", { type: "b2", options }))
  hear(
    await post("repositories", { name: "home", location: path.join(service.home, "r"), password: planted.repository })
  )
  const notification = {
    type: "ntfy",
    url: `http://127.0.0.1:9/${planted.topic}`,
    secret: planted.token,
    onMyNetwork: true
  }
  hear(await service.ask("/api/v1/notifications/phone", { as: cookie, method: "PUT", body: notification }))
  hear(await post("notifications/phone/test", {}))
  const made = await post("tokens", { name: "ci", scopes: ["read"], endsAt: null })
  const secrets = { ...planted, ours: made.json.secret as string }

  fs.writeFileSync(path.join(service.home, "a.txt"), "one")
  const tasks: Array<string> = []
  for (const [kind, request] of [
    // The storage refuses this key.
    ["copy", { source: path.join(service.home, "a.txt"), destination: "photos:my-bucket" }],
    ["init", { repository: "home" }],
    ["backup", { repository: "home", paths: [path.join(service.home, "a.txt")] }]
  ] as const) {
    const { json } = await post("tasks", { kind, request })
    tasks.push(json.id)
    await ended(service, cookie, json.id)
  }
  hear(await post("queries/snapshots", { request: { repository: "home" } }))
  hear(await post("queries/keyList", { request: { repository: "home" } }))
  hear(await post("queries/list", { request: { path: "photos:my-bucket" } }))

  const names = ["photos", "home", "phone", "ann", made.json.token?.id ?? "x", ...tasks]
  let answered = 0
  for (const route of gets) {
    const query = route === "/api/v1/files" ? `?path=${encodeURIComponent(path.join(service.home, "a.txt"))}` : ""
    for (const name of route.includes(":") ? names : ["x"]) {
      const kinds = route.endsWith("outcomes") ? "?kind=failed" : query
      const answer = await service.ask(route.replace(/:\w+/g, name) + kinds, { as: cookie })
      if (answer.status === 200) answered++
      hear(answer)
    }
  }
  expect(answered).toBeGreaterThan(20)
  hear(await service.ask("/metrics", { as: cookie }))
  hear(await service.ask("/api/openapi.json", { as: cookie }))
  const streaming = service.ask(`/api/v1/events?after=0&tasks=${tasks.join(",")}`, { as: cookie })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const configuration = fs.readFileSync(service.at("settings", "config.toml"), "utf8")
  await service.stop()
  const stream = await streaming
  expect(stream.text).toContain("event: fact")
  hear(stream)
  // Each was kept: there was something to tell.
  for (const name of ["key", "repository", "topic", "token"] as const) expect(configuration).toContain(planted[name])
  const all = [...said, ...service.lines]
  const told = Object.entries(secrets).flatMap(([name, secret]) =>
    all.filter((text) => text.includes(secret)).map((text) => `${name}: ${text.slice(0, 300)}`)
  )
  expect(told).toEqual([])
  // Nor in what a runner wrote down: what lies in the state folder opens nothing.
  const kept = filesBelow(service.at("state")).filter((file) => {
    const bytes = fs.readFileSync(file)
    return Object.values(secrets).some((secret) => bytes.includes(secret))
  })
  expect(kept).toEqual([])
})
