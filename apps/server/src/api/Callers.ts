/** Who may call a route: written at the route, held by one middleware in front of all that need a caller. */
import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as Schema from "effect/Schema"
import { Forbidden, Unauthenticated, Unavailable } from "./Problem.ts"

/** What a session or token may do. `admin` holds all others. */
export const Scope = Schema.Literals(["read", "run", "storage", "backup", "mount", "admin"]).annotate({
  identifier: "Scope",
  description:
    "read: look. run: start, pause and cancel tasks, and load files up and down. storage: change remotes. backup: change repositories. mount: mount. admin: all, with users, tokens of others and settings"
})
export type Scope = typeof Scope.Type

export const Role = Schema.Literals(["admin", "operator", "viewer"]).annotate({ identifier: "Role" })
export type Role = typeof Role.Type

export const scopesOf: { readonly [role in Role]: ReadonlyArray<Scope> } = {
  admin: ["read", "run", "storage", "backup", "mount", "admin"],
  operator: ["read", "run", "backup", "mount"],
  viewer: ["read"]
}

export interface Caller {
  /** The user, also where a token of theirs was shown. */
  readonly name: string
  readonly role: Role
  readonly scopes: ReadonlyArray<Scope>
  /** The id of the token, or null for a session. */
  readonly token: string | null
  /** The hash of the session's cookie; null for a token. */
  readonly session: string | null
  /** When the session or token ends by itself, in milliseconds since 1970 UTC. */
  readonly endsAt: number | null
}

export class CurrentCaller extends Context.Service<CurrentCaller, Caller>()("@ourclone/server/CurrentCaller") {}

/** What a caller must be allowed to; a route that says nothing is the admin's. */
export const Needs = Context.Reference<Scope>("@ourclone/server/Needs", { defaultValue: () => "admin" })

/** Whether a route that is no GET only looks, so that the audit log does not tell of it unless it is refused. */
export const OnlyLooks = Context.Reference<boolean>("@ourclone/server/OnlyLooks", { defaultValue: () => false })

/** The name of the cookie where cookies can be `Secure`; a browser on loopback without TLS may have it under `plainCookie`. */
export const cookie = "__Host-ourclone"
export const plainCookie = "ourclone"

export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: CurrentCaller }>()(
  "@ourclone/server/Authorization",
  {
    error: [Unauthenticated, Unavailable],
    security: {
      bearer: HttpApiSecurity.bearer,
      session: HttpApiSecurity.apiKey({ in: "cookie", key: cookie }),
      plainSession: HttpApiSecurity.apiKey({ in: "cookie", key: plainCookie })
    }
  }
) {}

/** Holds the caller against what the route needs. */
export class Permission extends HttpApiMiddleware.Service<Permission, { requires: CurrentCaller }>()(
  "@ourclone/server/Permission",
  { error: Forbidden }
) {}

/** Notes which route was found, and answers for what it gave that is no answer of its own. */
export class Noted extends HttpApiMiddleware.Service<Noted>()("@ourclone/server/Noted") {}
