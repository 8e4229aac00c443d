/** Every route there is, asked by everybody there is. */

import { Context } from "effect"
import { HttpApi } from "effect/http-api"
import { expect, test } from "vitest"
import { Api } from "../../src/api/Api.ts"
import { Needs, scopesOf } from "../../src/api/Callers.ts"
import * as App from "../../src/http/App.ts"
import type { ServiceShape } from "../../src/http/Service.ts"
import { type Asked, request, startService, tokenOf } from "../TestService.ts"

interface Route {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly needs: string
}

const routes: Array<Route> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint, group }) => {
    routes.push({
      name: `${group.identifier}.${endpoint.identifier}`,
      method: endpoint.method,
      path: endpoint.path.replace(/:\w+/g, "x"),
      needs: group.identifier === "door" ? "nobody" : Context.get(endpoint.annotations, Needs)
    })
  }
})

const strangers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nobody: {},
  "an empty name and password": { authorization: "Basic Og==" },
  "an empty token": { authorization: "Bearer " },
  "a token that is none": { authorization: "Bearer oc_x" },
  "a session that is none": { cookie: "ourclone=; __Host-ourclone=x" }
}

test("no route is open to strangers but those of the door, whatever they show", async () => {
  const service = await startService()
  const open: Array<string> = []
  for (const { method, name, needs, path } of routes) {
    for (const [who, headers] of Object.entries(strangers)) {
      const { status } = await service.ask(path, { method, headers })
      if (status !== 401) open.push(`${name} as ${who}: ${status}`)
      if (needs === "nobody") break
    }
  }
  // Signing in without a name is no request at all.
  expect(open).toEqual(["door.setUpState as nobody: 200", "door.setUp as nobody: 400", "door.signIn as nobody: 400"])
})

test("strangers are told to sign in before anything else is said of what they asked", async () => {
  const service = await startService()
  const as = await service.setUp()
  const asked: ReadonlyArray<readonly [status: number, path: string, asked: Asked]> = [
    [404, "/api/v1/nothing", {}],
    [404, "/api/nothing", {}],
    [404, `/api/v1/tasks/${"x".repeat(200)}`, {}],
    [405, "/api/v1/tasks", { method: "DELETE" }],
    [415, "/api/v1/tasks", { raw: "<x/>", headers: { "content-type": "text/xml" } }],
    [413, "/api/v1/tasks", { raw: "x".repeat(1024 * 1024 + 1), headers: { "content-type": "application/json" } }],
    [400, "/api/v1/tasks?limit=x", {}]
  ]
  for (const [status, path, how] of asked) {
    expect([path, (await service.ask(path, how)).status]).toEqual([path, 401])
    expect([path, (await service.ask(path, { ...how, as })).status]).toEqual([path, status])
  }
  expect((await service.ask("/api/v1/session", { method: "PUT" })).status).toBe(405)
  const { text } = await service.ask("/metrics", { as })
  expect(text).toContain('ourclone_http_request_seconds_count{route="tasks.start",status="401"}')
})

test("what is wrong is named where it stands in what was asked", async () => {
  const service = await startService()
  const as = await service.setUp()
  const paths = async (path: string, how: Asked = {}) => {
    const { json, status } = await service.ask(path, { as, ...how })
    return [status, (json.errors ?? []).map((error: { readonly path: ReadonlyArray<string> }) => error.path.join("."))]
  }
  expect(await paths("/api/v1/tasks?limit=x")).toEqual([400, ["query.limit"]])
  expect(await paths("/api/v1/files?path=/etc/hostname")).toEqual([403, ["query.path"]])
  expect(await paths("/api/v1/files?path=/etc/new", { method: "PUT", raw: "x" })).toEqual([403, ["query.path"]])
  expect(await paths("/api/v1/snapshots/files?repository=/etc&snapshot=latest&file=/")).toEqual([
    403,
    ["query.repository"]
  ])
  const request = { source: "/etc", destination: service.home }
  expect(await paths("/api/v1/tasks", { body: { kind: "copy", request } })).toEqual([403, ["payload.request.source"]])
  const options = { dir: "/etc" }
  expect(await paths("/api/v1/storage/remotes", { body: { name: "photos", type: "local", options } })).toEqual([
    403,
    ["payload.options.dir"]
  ])
})

test("each route is for those that may, and for nobody else", async () => {
  const service = await startService()
  const admin = await service.setUp()
  const wrong: Array<string> = []
  for (const role of ["viewer", "operator", "admin"] as const) {
    const token = await tokenOf(service, admin, `${role}1`, role)
    for (const { method, name, needs, path } of routes) {
      // Asked for something that is not there or makes no sense, so that nothing comes of it.
      if (needs === "nobody" || name === "tasks.events" || name === "query.kinds") continue
      const { json, status } = await service.ask(path, { method, as: token, ...(method === "GET" ? {} : { body: {} }) })
      const may = (scopesOf[role] as ReadonlyArray<string>).includes(needs)
      const isRefused = status === 403 && json?.code === "Forbidden"
      if (isRefused === may || status === 401 || status >= 500) wrong.push(`${name} as ${role}: ${status}`)
    }
  }
  expect(wrong).toEqual([])
})

test("who may what is as it was decided, and a route that says nothing is the admin's", () => {
  const needing = (needs: string) => routes.filter((route) => route.needs === needs).map(({ name }) => name)
  expect(Context.get(Context.empty(), Needs)).toBe("admin")
  expect(needing("nobody")).toEqual(["door.setUpState", "door.setUp", "door.signIn"])
  expect(needing("admin")).toEqual([
    ...["account.users", "account.invite", "account.changeUser", "account.removeUser"],
    ...["notifications", "putNotification", "removeNotification", "testNotification"].map(
      (name) => `notifications.${name}`
    ),
    ...["settings.changeSettings", "settings.changeRates", "settings.audit"]
  ])
  expect(needing("storage")).toEqual(
    ["addRemote", "testNewRemote", "changeRemote", "removeRemote"].map((name) => `storage.${name}`)
  )
  expect(needing("backup")).toEqual(
    ["nameRepository", "replacePassword", "forgetRepository"].map((name) => `repository.${name}`)
  )
  // Who may only look changes nothing but what is their own, and reads no file.
  const changing = routes.filter(({ method, needs }) => needs === "read" && method !== "GET").map(({ name }) => name)
  expect(changing).toEqual([
    ...["signOut", "signOutEverywhere", "changePassword", "makeToken", "removeToken"].map((name) => `account.${name}`),
    ...["query.rows", "query.allRows", "schedules.due"]
  ])
  for (const name of ["file.download", "file.dump", "local.folders"]) expect(needing("run")).toContain(name)
})

test("a token may less than its owner, and never more than its owner may today", async () => {
  const service = await startService()
  const admin = await service.setUp()
  const { json } = await service.ask("/api/v1/tokens", {
    as: admin,
    body: { name: "look", scopes: ["read"], endsAt: null }
  })
  expect((await service.ask("/api/v1/tasks", { as: json.secret })).status).toBe(200)
  expect((await service.ask("/api/v1/users", { as: json.secret })).status).toBe(403)
  const bob = await tokenOf(service, admin, "bob", "admin")
  expect((await service.ask("/api/v1/users", { as: bob })).status).toBe(200)
  await service.ask("/api/v1/users/bob", { method: "PATCH", as: admin, body: { role: "viewer" } })
  expect((await service.ask("/api/v1/users", { as: bob })).status).toBe(403)
  await service.ask("/api/v1/users/bob", { method: "DELETE", as: admin })
  expect((await service.ask("/api/v1/tasks", { as: bob })).status).toBe(401)
})

test("the document, its page and the figures are for those who signed in", async () => {
  const service = await startService({ addresses: ["0.0.0.0"], allowHttp: true })
  const admin = await service.setUp()
  for (const name of ["/api/openapi.json", "/api/docs", "/metrics"]) {
    expect([name, (await service.ask(name)).status]).toEqual([name, 401])
    expect([name, (await service.ask(name, { as: admin })).status]).toEqual([name, 200])
  }
  expect((await service.ask("/debug/pprof/")).headers["content-type"]).toContain("text/html")
  expect((await service.ask("/health")).text).toBe('{"status":"ok"}')
})

test("figures are open to this machine alone: not where a proxy stands in front", async () => {
  const alone = await startService()
  expect((await alone.ask("/metrics")).status).toBe(200)
  for (const name of ["x-forwarded-for", "forwarded", "via"]) {
    expect([name, (await alone.ask("/metrics", { headers: { [name]: "192.0.2.1" } })).status]).toEqual([name, 401])
  }
  for (const options of [{ allowedHosts: ["backup.example.com"] }, { trustedProxies: ["127.0.0.1"] }]) {
    const behind = await startService(options)
    const as = await behind.setUp()
    expect((await behind.ask("/metrics")).status).toBe(401)
    expect((await behind.ask("/metrics", { as })).status).toBe(200)
  }
})

test("what is answered beside the routes of the API is known, and nothing else is", () => {
  const { routes } = App.make({
    context: Context.empty(),
    service: {} as ServiceShape,
    api: { handle: () => Promise.reject(), dispose: () => Promise.resolve() },
    page: { answer: () => undefined, isBuilt: false },
    allowedHosts: [],
    hasOpenMetrics: false,
    isReady: () => true,
    say: () => {}
  })
  expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual([
    // In front of all.
    "ALL /*",
    "GET /health",
    "GET /ready",
    // For those who signed in, as the test above says.
    "GET /metrics",
    "GET /api/openapi.json",
    "GET /api/docs",
    // The routes of the API, which the first test asks one by one.
    "ALL /api/v1/*",
    // No route, and the page's own files.
    "ALL /api/*",
    "ALL /*"
  ])
})

test("who may open the socket needs nothing else, and nobody but its owner may", async () => {
  const fs = await import("node:fs")
  const service = await startService()
  expect((await request({ socket: service.socket }, "/api/v1/users")).status).toBe(200)
  expect(fs.statSync(service.socket).mode & 0o777).toBe(0o600)
})
