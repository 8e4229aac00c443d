/** What went wrong elsewhere, one test for each. Break the guard, and its test fails. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { Effect, Schema } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { password, startService, type TestService, tokenOf } from "../TestService.ts"

const allFiles = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

test("the page of another site can not ask in the name of who is signed in", async () => {
  const service = await startService()
  const as = await service.setUp()
  const headers = (headers: Readonly<Record<string, string>>) =>
    service.ask("/api/v1/sessions", { method: "DELETE", as, headers })
  expect((await headers({ "sec-fetch-site": "cross-site" })).status).toBe(403)
  expect((await headers({ "sec-fetch-site": "same-site" })).status).toBe(403)
  expect((await headers({ origin: "https://elsewhere.example" })).status).toBe(403)
  const form = await service.ask("/api/v1/users", {
    method: "POST",
    as,
    raw: JSON.stringify({ name: "eve", role: "admin" }),
    headers: { "content-type": "text/plain" }
  })
  expect(form.status).toBe(415)
  expect((await service.ask("/api/v1/session", { as })).status).toBe(200)
  expect((await headers({ "sec-fetch-site": "same-origin" })).status).toBe(204)
})

test("a name that is not its own is refused with the option that allows it", async () => {
  const service = await startService({ allowedHosts: ["nas.home"] })
  const host = (host: string) => service.ask("/api/v1/setup", { headers: { host } })
  const refused = await host("evil.example:80")
  expect(refused.status).toBe(421)
  expect(refused.json.detail).toContain("--allowed-host evil.example")
  for (const name of ["nas.home", "NAS.home:443", "localhost:7727", "[::1]:1"])
    expect((await host(name)).status).toBe(200)
})

test("passwords are tried five times, then after pauses, also after a restart; names that nobody has are like others", async () => {
  const service = await startService()
  await service.setUp()
  const attempt = (name: string, password: string, from: TestService = service) =>
    from.ask("/api/v1/session", { body: { name, password } })
  const unknown = await attempt("nobody", "wrong")
  const known = await attempt("ann", "wrong")
  expect([unknown.status, known.status]).toEqual([401, 401])
  expect(unknown.json).toEqual(known.json)
  for (let tries = 0; tries < 3; tries++) await attempt("ann", "wrong")
  const late = await attempt("ann", password)
  expect(late.status).toBe(429)
  expect(late.json.retryAfterSeconds).toBeGreaterThan(0)
  await service.stop()
  const next = await startService({ folder: service.folder })
  expect((await attempt("ann", password, next)).status).toBe(429)
})

test("a copy of the state folder signs nobody in", async () => {
  const service = await startService()
  const link = service.lines.find((line) => line.startsWith("set it up"))!.split("#")[1]!
  const cookie = await service.setUp()
  const token = await tokenOf(service, cookie, "bob", "operator")
  const invited = await service.ask("/api/v1/users", { as: cookie, body: { name: "eve", role: "admin" } })
  const secrets = [cookie.split("=")[1]!, token, password, link, invited.json.token]
  await service.stop()
  const files = allFiles(service.at("state")).map((file) => [file, fs.readFileSync(file)] as const)
  for (const [file, content] of files) {
    for (const secret of secrets) expect([file, content.includes(secret)]).toEqual([file, false])
  }
  // What is in there instead opens nothing either, in the service itself.
  const kept = files.flatMap(
    ([, content]) => content.toString("latin1").match(/[0-9a-f]{64}|\$argon2id[\w$=,+/]+/g) ?? []
  )
  expect(new Set(kept).size).toBeGreaterThan(4)
  const next = await startService({ folder: service.folder })
  const opened: Array<string> = []
  for (const text of new Set(kept)) {
    const tried = [
      await next.ask("/api/v1/session", { as: `ourclone=${text}` }),
      await next.ask("/api/v1/session", { headers: { authorization: `Bearer ${text}` } })
    ]
    // So few that none is refused for the number of tries.
    if (text.startsWith("$")) tried.push(await next.ask("/api/v1/session", { body: { name: "ann", password: text } }))
    for (const [index, { status }] of tried.entries()) if (status < 400) opened.push(`${index} ${text}`)
  }
  expect(opened).toEqual([])
})

test("no request names a program of this machine, nor a file whose content is read as a secret", async () => {
  const service = await startService()
  const as = await service.setUp()
  const mark = service.at("ran")
  const body = { name: "kept", type: "b2", options: { keyId: "id", applicationKey: "key" } }
  expect((await service.ask("/api/v1/storage/remotes", { as, body })).status).toBe(201)
  for (const reference of [`command:touch ${mark}`, "file:/etc/passwd", "env:HOME", "keyring:x"]) {
    for (const name of ["keyId", "applicationKey"]) {
      const options = { keyId: "id", applicationKey: "key", [name]: reference }
      const asked = {
        added: await service.ask("/api/v1/storage/remotes", { as, body: { name: "photos", type: "b2", options } }),
        tested: await service.ask("/api/v1/storage/test", { as, body: { type: "b2", options } }),
        changed: await service.ask("/api/v1/storage/remotes/kept", { as, method: "PATCH", body: { options } })
      }
      for (const [how, { json, status }] of Object.entries(asked)) {
        expect([how, reference, status, json.code]).toEqual([how, reference, 403, "ReferenceNotAllowed"])
      }
    }
  }
  const location = service.at("home", "repository")
  const named = { name: "home", location, password: `command:touch ${mark}` }
  expect((await service.ask("/api/v1/repositories", { as, body: named })).status).toBe(201)
  const asked = { request: { repository: "home" } }
  await service.ask("/api/v1/queries/snapshots", { as, body: asked })
  const replaced = { password: `command:touch ${mark} ` }
  const put = (name: string) =>
    service.ask(`/api/v1/repositories/${name}/password`, { as, method: "PUT", body: replaced })
  expect((await put("home")).status).toBe(200)
  await service.ask("/api/v1/queries/snapshots", { as, body: asked })
  expect(fs.existsSync(mark)).toBe(false)
  const configuration = service.at("settings", "config.toml")
  expect(fs.readFileSync(configuration, "utf8")).toContain(`text:command:touch ${mark} `)
  // Nor does a request take the place of one that the machine itself names.
  fs.appendFileSync(configuration, `\n[repositories.own]\nlocation = "${location}"\npassword = "env:HOME"\n`)
  expect(await put("own")).toMatchObject({ status: 403, json: { code: "ReferenceNotAllowed" } })
})

test("what runs around a task is said on the machine alone: no request has a field for it", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = { source: service.home, destination: service.at("home", "to") }
  const plan = { name: "nightly", kind: "copy", request, cron: "@daily", zone: "UTC", missed: "skip", isOn: false }
  const made = await service.ask("/api/v1/schedules", { as, body: plan })
  expect(made.status).toBe(201)
  const hook = { command: ["touch", service.at("ran")], limitMillis: 1_000 }
  const hooks = { before: hook, after: hook }
  const asked = [
    await service.ask("/api/v1/schedules", { as, body: { ...plan, name: "another", hooks } }),
    await service.ask(`/api/v1/schedules/${made.json.id}`, { as, method: "PATCH", body: { hooks } }),
    await service.ask("/api/v1/tasks", { as, body: { kind: "copy", request, hooks } }),
    await service.ask("/api/v1/tasks", { as, body: { kind: "copy", request: { ...request, hooks } } }),
    await service.ask("/api/v1/settings", { as, method: "PATCH", body: { hooks } })
  ]
  expect(asked.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400])
  const { paths, components } = (await service.ask("/api/openapi.json", { as })).json
  const taken = JSON.stringify(Object.values(paths).map((route) => route)).match(/"requestBody".*?"responses"/g) ?? []
  const schemas = new Set(taken.flatMap((text) => text.match(/schemas\/\w+/g) ?? []))
  const fields = [...schemas].flatMap((name) =>
    Object.keys(components.schemas[name.slice("schemas/".length)]?.properties ?? {})
  )
  expect(fields).toContain("cron")
  expect(fields.filter((name) => /command|hook|program|script|shell|exec/i.test(name))).toEqual([])
})

const escapes = (service: TestService): ReadonlyArray<string> => [
  "../etc",
  "/etc",
  `${service.home}/../settings`,
  `${service.home}/a/../../settings`,
  `${service.home}/..\\settings`,
  `${service.home}/a\u0000b`,
  `${service.home}/out/passwd`,
  `${service.home}/out`,
  `local:${service.folder}`,
  `local://${service.folder}`,
  `disk:${service.folder}`,
  service.at("settings"),
  service.at("state"),
  `${service.home}-beside`
]

test("no path leads out of the allowed folders, by any route that takes one", async () => {
  const service = await startService()
  const as = await service.setUp()
  fs.symlinkSync("/etc", path.join(service.home, "out"))
  fs.mkdirSync(`${service.home}-beside`)
  fs.mkdirSync(service.at("settings"))
  fs.writeFileSync(service.at("settings", "config.toml"), '[remotes.disk]\ntype = "local"\n', { mode: 0o600 })
  const inside = service.at("home", "inside")
  fs.mkdirSync(inside)
  const through: Array<string> = []
  const both = { source: inside, destination: inside }
  const nightly = {
    name: "nightly",
    kind: "copy",
    request: both,
    cron: "@daily",
    zone: "UTC",
    missed: "skip",
    isOn: false
  }
  // But for the place each of these is taken.
  expect((await service.ask("/api/v1/schedules", { as, body: nightly })).status).toBe(201)
  nightly.name = "another"
  for (const place of escapes(service)) {
    const query = encodeURIComponent(place)
    const asked = {
      list: await service.ask("/api/v1/queries/list", { as, body: { request: { path: place } } }),
      lines: await service.ask("/api/v1/queries/size/lines", { as, body: { request: { path: place } } }),
      preview: await service.ask("/api/v1/previews", {
        as,
        body: { kind: "copy", request: { source: place, destination: inside } }
      }),
      source: await service.ask("/api/v1/tasks", {
        as,
        body: { kind: "copy", request: { source: place, destination: inside } }
      }),
      destination: await service.ask("/api/v1/tasks", {
        as,
        body: { kind: "sync", request: { source: inside, destination: place } }
      }),
      backup: await service.ask("/api/v1/tasks", {
        as,
        body: { kind: "backup", request: { repository: inside, paths: [place] } }
      }),
      restore: await service.ask("/api/v1/tasks", {
        as,
        body: { kind: "restore", request: { repository: inside, snapshot: "latest", target: place } }
      }),
      aside: await service.ask("/api/v1/tasks", {
        as,
        body: { kind: "copy", request: { source: inside, destination: inside, backupDir: place } }
      }),
      mount: await service.ask("/api/v1/tasks", {
        as,
        // Of a remote that is none: should it be let through, nothing is mounted.
        body: { kind: "mount", request: { path: "nowhere:", point: place } }
      }),
      schedule: await service.ask("/api/v1/schedules", {
        as,
        body: { ...nightly, request: { ...both, source: place } }
      }),
      watch: await service.ask("/api/v1/schedules", { as, body: { ...nightly, watch: place } }),
      dump: await service.ask(`/api/v1/snapshots/files?repository=${query}&snapshot=latest&file=/`, { as }),
      link: await service.ask("/api/v1/queries/link", { as, body: { request: { path: place } } }),
      repository: await service.ask("/api/v1/tasks", { as, body: { kind: "unlock", request: { repository: place } } }),
      named: await service.ask("/api/v1/repositories", { as, body: { name: "there", location: place, password: "p" } }),
      folders: await service.ask(`/api/v1/local/folders?path=${query}`, { as }),
      download: await service.ask(`/api/v1/files?path=${query}`, { as }),
      upload: await service.ask(`/api/v1/files?path=${query}`, { as, method: "PUT", raw: "x" })
    }
    for (const [route, { json, status, text }] of Object.entries(asked)) {
      // What takes a path of this machine alone refuses any other text as none.
      const isNoPath = (route === "restore" || route === "mount") && json.code === "InvalidJob"
      if (!isNoPath && (status !== 403 || json.code !== "PlaceNotAllowed"))
        through.push(`${route} ${place}: ${status} ${text.slice(0, 200)}`)
    }
  }
  expect(through).toEqual([])
  expect(fs.readdirSync(`${service.home}-beside`)).toEqual([])
})

test("what the service keeps for itself is nobody else's, also where it lies in an allowed folder", async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ourclone-service-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const service = await startService({ folder, roots: [folder] })
  const as = await service.setUp()
  const code = async (place: string) =>
    (await service.ask("/api/v1/queries/list", { as, body: { request: { path: place } } })).json.code
  expect(await code(service.home)).toBeUndefined()
  for (const name of [
    "settings",
    "settings/config.toml",
    "state/ourclone",
    "state/ourclone/service.sqlite",
    "cache/ourclone"
  ]) {
    expect([name, await code(service.at(name))]).toEqual([name, "PlaceNotAllowed"])
  }
})

test("however a path is written in an address, it leads to no file that may not be read", async () => {
  const service = await startService()
  const as = await service.setUp()
  const planted = "planted-beside"
  fs.writeFileSync(service.at("secret"), planted)
  const home = encodeURIComponent(service.home)
  const ups = [
    "..",
    "%2e%2e",
    ".%2e",
    "%252e%252e",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "%uff0e%uff0e",
    "．．",
    "..%00"
  ]
  const told: Array<string> = []
  for (const up of ups) {
    for (const slash of ["/", "%2f", "%5c", "%c0%af"]) {
      for (const path of [`${home}${slash}${up}${slash}secret`, `${up}${slash}secret`]) {
        for (const route of [`files?path=${path}`, `local/folders?path=${path}`, `tasks/${path}`]) {
          const { status, text } = await service.ask(`/api/v1/${route}`, { as })
          if (status < 400 || status >= 500 || text.includes(planted)) told.push(`${route}: ${status}`)
        }
      }
    }
  }
  expect(told).toEqual([])
  for (const path of [
    "/../secret",
    "/assets/../../secret",
    "/%2e%2e/secret",
    "/assets/%2e%2e%2f%2e%2e%2fsecret",
    "/..%5csecret"
  ]) {
    expect((await service.ask(path, { as })).text).not.toContain(planted)
  }
})

/** Another remote seen through something, as encrypted ones are. */
const over = ProviderFactory.makeOver({
  type: "over",
  description: "Another remote",
  options: Schema.Struct({ remote: Schema.String, keyFile: Schema.optionalKey(Schema.String) }),
  beneath: ({ remote }) => Effect.succeed(remote),
  around: (provider) => Effect.succeed(provider)
})

test("a remote that is made of others leads no further than they do, however it came to be", async () => {
  const service = await startService({ factories: [over] })
  const as = await service.setUp()
  const { home } = service
  const add = (name: string, options: object) =>
    service.ask("/api/v1/storage/remotes", { as, body: { name, type: "over", options } })
  const inside = await add("inside", { remote: home })
  expect(inside.status).toBe(201)
  expect((await add("further", { remote: "inside:" })).status).toBe(201)
  for (const options of [{ remote: service.folder }, { remote: home, keyFile: "/etc/passwd" }]) {
    const asked = [
      await add("outside", options),
      await service.ask("/api/v1/storage/test", { as, body: { type: "over", options } }),
      await service.ask("/api/v1/storage/remotes/inside", { as, method: "PATCH", body: { options } })
    ]
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403])
  }
  fs.appendFileSync(
    service.at("settings", "config.toml"),
    `\n[remotes.by-hand]\ntype = "over"\nremote = "${service.folder}"\n`
  )
  fs.appendFileSync(service.at("settings", "config.toml"), '\n[remotes.ring]\ntype = "over"\nremote = "ring:"\n')
  for (const name of ["by-hand", "ring"]) {
    const listed = await service.ask("/api/v1/queries/list", { as, body: { request: { path: `${name}:` } } })
    expect([name, listed.json.code]).toEqual([name, "PlaceNotAllowed"])
  }
})

test("a secret is sent to no other service than it was given for, unless it is given again", async () => {
  const service = await startService()
  const as = await service.setUp()
  const options = { keyId: "id", applicationKey: "planted-key", endpoint: "http://127.0.0.1:1" }
  const body = { name: "photos", type: "b2", options }
  expect((await service.ask("/api/v1/storage/remotes", { as, body })).status).toBe(201)
  const change = (to: object) =>
    service.ask("/api/v1/storage/remotes/photos", { as, method: "PATCH", body: { options: to } })
  for (const to of [{ endpoint: "http://127.0.0.1:2" }, { proxy: "http://127.0.0.1:2" }, { endpoint: null }]) {
    expect((await change(to)).json).toMatchObject({
      code: "SecretNeeded",
      errors: [{ path: ["payload", "options", "applicationKey"] }]
    })
  }
  expect((await change({ endpoint: "http://127.0.0.1:1", hardDelete: true })).status).toBe(200)
  expect((await change({ endpoint: "http://127.0.0.1:2", applicationKey: "another" })).status).toBe(200)
})

test("who may only look is given no key, no address that opens a file, and stores nothing", async () => {
  const service = await startService()
  const admin = await service.setUp()
  const viewer = await tokenOf(service, admin, "bob", "viewer")
  const operator = await tokenOf(service, admin, "eve", "operator")
  const ask = async (as: string, kind: string, request: object) =>
    (await service.ask(`/api/v1/queries/${kind}`, { as, body: { request } })).json.code
  const path = service.home
  const asked = [
    ["createKey", { path: "b2://bucket", purpose: "sync" }],
    ["link", { path }],
    ["doctor", { path, writes: true }],
    ["hashsum", { path, algorithm: "sha1" }]
  ] as const
  for (const [kind, request] of asked) expect([kind, await ask(viewer, kind, request)]).toEqual([kind, "Forbidden"])
  expect(await ask(operator, "createKey", { path: "b2://bucket", purpose: "sync" })).toBe("Forbidden")
  expect(await ask(operator, "hashsum", { path, algorithm: "sha1" })).toBeUndefined()
})

test("who was signed out hears no more, and nobody listens more often than is good", async () => {
  const service = await startService()
  const as = await service.setUp()
  const token = await tokenOf(service, as, "bob", "viewer")
  const streams = [service.ask("/api/v1/events", { as }), service.ask("/api/v1/events", { as: token })]
  await service.ask("/api/v1/users/bob", { method: "DELETE", as })
  await service.ask("/api/v1/session", { method: "DELETE", as })
  expect((await Promise.all(streams)).map(({ status }) => status)).toEqual([200, 200])

  const next = await service.ask("/api/v1/session", { body: { name: "ann", password } })
  const again = String(next.headers["set-cookie"]).split(";")[0]!
  const open = Array.from({ length: 33 }, () => service.ask("/api/v1/events", { as: again }))
  const refused = await Promise.race(open)
  expect([refused.status, refused.json.code]).toEqual([429, "TooManyStreams"])
  await service.stop()
  await Promise.all(open)
})

test("links are not followed out of the allowed folders", async () => {
  const service = await startService()
  const as = await service.setUp()
  const request = { source: service.home, destination: service.at("home", "to"), copyLinks: true }
  expect((await service.ask("/api/v1/tasks", { as, body: { kind: "copy", request } })).status).toBe(403)
})

test("what somebody stored is saved by a browser, and never runs in the name of the service", async () => {
  const service = await startService()
  const as = await service.setUp()
  const name = 'a"; filename="evil.html'
  fs.writeFileSync(path.join(service.home, name), "<script>alert(1)</script>")
  const { headers, status } = await service.ask(
    `/api/v1/files?path=${encodeURIComponent(path.join(service.home, name))}`,
    { as }
  )
  expect(status).toBe(200)
  expect(headers["content-disposition"]).toBe("attachment; filename*=UTF-8''a%22%3B%20filename%3D%22evil.html")
  expect(headers["content-type"]).toBe("application/octet-stream")
  expect(headers["content-security-policy"]).toBe("sandbox; default-src 'none'")
})

test("a request of more than a megabyte is not read, whether it says so or not", async () => {
  const service = await startService()
  const as = await service.setUp()
  const raw = JSON.stringify({ request: { path: "x".repeat(2_000_000) } })
  const headers = { "content-type": "application/json" }
  expect((await service.ask("/api/v1/queries/list", { as, raw, headers })).status).toBe(413)
  const chunked = { ...headers, "transfer-encoding": "chunked" }
  expect((await service.ask("/api/v1/queries/list", { as, raw, headers: chunked })).status).toBe(413)
})

test("no answer and no line of the log holds a secret that was given", async () => {
  const service = await startService()
  const as = await service.setUp()
  const planted = "planted-4d1c9a"
  const remote = { name: "photos", type: "b2", options: { keyId: "id", applicationKey: planted } }
  const answers = [
    await service.ask("/api/v1/storage/remotes", { as, body: remote }),
    await service.ask("/api/v1/storage/remotes/photos", {
      as,
      method: "PATCH",
      body: { options: { applicationKey: `${planted}2` } }
    }),
    await service.ask("/api/v1/storage/remotes", {
      as,
      body: { ...remote, name: "!", options: { ...remote.options, x: planted } }
    }),
    await service.ask("/api/v1/repositories", {
      as,
      body: { name: "home", location: service.at("home", "r"), password: planted }
    }),
    await service.ask("/api/v1/repositories/home/password", { as, method: "PUT", body: { password: `${planted}3` } }),
    await service.ask("/api/v1/password", { as, method: "PUT", body: { current: planted, next: `${planted}long` } })
  ]
  for (const name of [
    "storage/remotes",
    "storage/remotes/photos",
    "repositories",
    "tasks",
    "users",
    "audit",
    "about",
    "settings",
    "storage/types"
  ]) {
    answers.push(await service.ask(`/api/v1/${name}`, { as }))
  }
  answers.push(await service.ask("/api/v1/queries/repositories", { as, body: { request: {} } }))
  // Each was kept: there was something to tell.
  expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([201, 200])
  expect(fs.readFileSync(service.at("settings", "config.toml"), "utf8")).toContain(`${planted}2`)
  const told = answers.map(({ status, text }) => `${status} ${text}`).filter((text) => text.includes(planted))
  expect(told).toEqual([])
  expect(service.lines.filter((line) => line.includes(planted))).toEqual([])
  expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([])
})

test("without TLS the service listens where others can hear it only when told to", async () => {
  await expect(startService({ addresses: ["0.0.0.0"] })).rejects.toThrow(/--tls-certificate.*--allow-http/)
})

test("a second service on the same state refuses, and names the first", async () => {
  const service = await startService()
  await expect(startService({ folder: service.folder })).rejects.toThrow(
    new RegExp(`another service \\(process ${process.pid}, at 127.0.0.1:0.*XDG_STATE_HOME`)
  )
  await service.stop()
  const next = await startService({ folder: service.folder })
  expect((await next.ask("/health")).status).toBe(200)
})
