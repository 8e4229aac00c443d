/** One request to a service, for which nobody waits once the machine of the service is gone. */
import type { IncomingMessage } from "node:http"
import type { Service, ServiceFailed } from "@ourclone/client/Service"
import type * as Effect from "effect/Effect"

/** Without a word for so long nobody answers any more: to what only reads, and to what is looked into before it is done. */
const [readMillis, actMillis] = [40_000, 300_000]

/** `path` is that of the API, without its version. */
export const ask = (
  service: Service,
  method: string,
  path: string,
  body?: unknown
): Effect.Effect<IncomingMessage, ServiceFailed> =>
  service.ask(method, `/api/v1/${path}`, {
    idleMillis: method === "GET" ? readMillis : actMillis,
    ...(body === undefined ? {} : { body })
  })
