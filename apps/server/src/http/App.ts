/** Every request, from its first header to the audit log. Holds no rules of its own. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { Hono } from "hono"
import { type Caller, cookie, plainCookie } from "../api/Callers.ts"
import type { ApiHandler } from "./ApiHandler.ts"
import * as Authenticate from "./Authenticate.ts"
import type { ConnectionShape } from "./Connection.ts"
import * as Document from "./Document.ts"
import * as Guards from "./Guards.ts"
import * as Metrics from "./Metrics.ts"
import * as Mistake from "./Mistake.ts"
import * as RequestSpan from "./RequestSpan.ts"
import { rowAt } from "./RouteTable.ts"
import type { ServiceShape } from "./Service.ts"
import type { StaticPage } from "./StaticPage.ts"

export interface AppOptions {
  /** Of the program that serves. */
  readonly context: Context.Context<never>
  readonly service: ServiceShape
  readonly api: ApiHandler
  readonly page: StaticPage
  readonly allowedHosts: ReadonlyArray<string>
  /** Figures may be read without a token, as only this machine can ask for them. */
  readonly hasOpenMetrics: boolean
  readonly isReady: () => boolean
  /** Takes lines for the log. */
  readonly say: (line: string) => void
}

/** The server gives one with each request. */
export interface Bindings {
  readonly connection: ConnectionShape
}

const noRoute: Guards.Refusal = { status: 404, code: "NoRoute", title: "Not there", detail: "there is no such route" }

const noMethod = (methods: ReadonlyArray<string>): Guards.Refusal => ({
  status: 405,
  code: "NoMethod",
  title: "No such method",
  detail: `this takes ${methods.join(", ")}`,
  headers: { allow: methods.join(", ") }
})

const changing = new Set(["POST", "PUT", "PATCH", "DELETE"])
const uploads = "/api/v1/files"

const cookieOf = (request: Request, name: string): string => {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [key = "", ...value] = part.trim().split("=")
    if (key === name) return value.join("=")
  }
  return ""
}

/** A proxy has passed it on: who asked may be anybody. */
const isPassedOn = ({ headers }: Request): boolean =>
  ["x-forwarded-for", "forwarded", "via"].some((name) => headers.has(name))

const bearerOf = (request: Request): string =>
  /^bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? ""

export const make = ({ allowedHosts, api, context, hasOpenMetrics, isReady, page, say, service }: AppOptions) => {
  const app = new Hono<{ Bindings: Bindings }>()
  const run = Effect.runPromiseWith(context)
  const tracer = Context.get(context, Tracer.Tracer)
  const wrongHost = Guards.hostCheck(allowedHosts)

  const callerOf = (request: Request, connection: ConnectionShape): Caller | undefined => {
    const { people } = service
    const ticket = cookieOf(request, connection.isSecure ? cookie : plainCookie)
    connection.caller =
      Authenticate.bySocket(connection) ??
      Authenticate.byToken(people, bearerOf(request)) ??
      Authenticate.bySession(people, ticket)
    return connection.caller
  }
  const isKnown = (request: Request, connection: ConnectionShape): boolean =>
    callerOf(request, connection)?.scopes.includes("read") === true
  /** Where nobody can say, the route itself says that. */
  const isStranger = (request: Request, connection: ConnectionShape): boolean => {
    try {
      return callerOf(request, connection) === undefined
    } catch {
      return false
    }
  }
  const unknown = () =>
    Guards.problem({
      status: 401,
      code: "Unauthenticated",
      title: "Sign in first",
      detail: "sign in, or show a token that holds"
    })

  const note = (request: Request, connection: ConnectionShape, response: Response, seconds: number): void => {
    const { address, caller, object } = connection
    const route = connection.route || "none"
    void run(Metrics.noteRequest(route, response.status, seconds))
    RequestSpan.tell(tracer, { method: request.method, route, status: response.status, seconds })
    const isRefused = response.status === 401 || response.status === 403 || response.status === 429
    if ((!changing.has(request.method) || connection.onlyLooks) && !isRefused) return
    // A stranger can ask as often as they like; what they asked for in vain is told by the figures alone.
    if (caller === undefined && !connection.route.startsWith("door.")) return
    try {
      service.audit.add({
        who: caller?.name ?? "",
        token: caller?.token ?? null,
        from: address,
        what: route,
        on: object,
        status: response.status
      })
    } catch {
      // The answer is given already; that the database can not be written is told by whatever needs it next.
    }
  }

  const answer = async (request: Request, connection: ConnectionShape): Promise<Response> => {
    if (new URL(request.url).pathname === uploads) return api.handle(request, connection)
    const bounded = Guards.bounded(request, service.patienceMillis)
    if (!("request" in bounded)) return Guards.problem(bounded)
    const response = await api.handle(bounded.request, connection)
    const broken = bounded.broken()
    if (broken !== undefined) return Guards.problem(broken)
    // The router takes no parameter of more than a hundred characters.
    return response.status === 404 && connection.route === "" ? Guards.problem(noRoute) : response
  }

  app.use(async (c, next) => {
    const { connection } = c.env
    const refused = wrongHost(c.req.raw, connection) ?? Guards.crossSite(c.req.raw, connection)
    if (refused === undefined) await next()
    else c.res = Guards.problem(refused)
    c.res = Guards.secured(c.res, connection.isSecure)
  })
  app.get("/health", (c) => c.json({ status: "ok" }))
  app.get("/ready", (c) => (isReady() ? c.json({ status: "ready" }) : c.json({ status: "stopping" }, 503)))
  app.get("/metrics", async (c) => {
    const isOpen = hasOpenMetrics && !isPassedOn(c.req.raw)
    if (!isOpen && !isKnown(c.req.raw, c.env.connection)) return unknown()
    return c.body(await run(Metrics.text(service.tasks)), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8"
    })
  })
  app.get("/api/openapi.json", (c) => (isKnown(c.req.raw, c.env.connection) ? Document.json() : unknown()))
  app.get(Document.path, (c) => (isKnown(c.req.raw, c.env.connection) ? Document.view(c.req.raw) : unknown()))
  app.all("/api/v1/*", async (c) => {
    const { connection } = c.env
    const row = rowAt(c.req.path)
    const began = performance.now()
    // What there is, and how it is asked for, is told to those who are known.
    if (row?.isPublic !== true && isStranger(c.req.raw, connection)) {
      connection.route = row?.methods.get(c.req.method) ?? ""
      const refused = unknown()
      note(c.req.raw, connection, refused, (performance.now() - began) / 1000)
      return refused
    }
    if (row === undefined) return Guards.problem(noRoute)
    const methods = [...row.methods.keys()]
    if (!methods.includes(c.req.method)) return Guards.problem(noMethod(methods))
    const response = await answer(c.req.raw, connection)
    note(c.req.raw, connection, response, (performance.now() - began) / 1000)
    return response
  })
  app.all("/api/*", (c) => (isStranger(c.req.raw, c.env.connection) ? unknown() : Guards.problem(noRoute)))
  app.all("*", (c) => page.answer(c.req.raw) ?? c.notFound())
  app.onError((error) => Guards.problem(Mistake.told(error, say)))
  return app
}
