/** What is known of a request before it is read, and what is found out about it for the audit log and the metrics. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Caller } from "../api/Callers.ts"

export interface ConnectionShape {
  /** Of the client, as far as the proxies between are believed; `unix` for the socket. */
  readonly address: string
  /** The client speaks TLS, to this service or to a proxy that is believed. */
  readonly isSecure: boolean
  /** Came over the socket that only this user may open. */
  readonly isUnix: boolean
  /** `tasks.start`; "" until a route was found. */
  route: string
  /** The route changes nothing, whatever its method. */
  onlyLooks: boolean
  caller: Caller | undefined
  /** The object of the request, such as a task's id. */
  object: string
}

export const unknown = (): ConnectionShape => ({
  address: "",
  isSecure: false,
  isUnix: false,
  route: "",
  onlyLooks: false,
  caller: undefined,
  object: ""
})

/** Given with each request; without one nobody is known. */
export const Connection = Context.Reference<ConnectionShape>("@ourclone/server/Connection", { defaultValue: unknown })

/** Says what the request is about, for the audit log. */
export const about = (object: string): Effect.Effect<void> =>
  Effect.map(Connection, (connection) => {
    connection.object = object
  })
