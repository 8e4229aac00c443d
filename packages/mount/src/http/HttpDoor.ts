/** What stands before every answer: who asks, whether they may, and what becomes of a mistake. Knows no socket. */
import { Hono } from "hono"
import * as Access from "./Access.ts"

export interface DoorOptions {
  /** `undefined`: whoever reaches the server is let in. */
  readonly access: Access.AccessOptions | undefined
  /** Whether a page of another site may lead here by a link. Only where no request changes anything. */
  readonly allowsLinks?: boolean | undefined
  /** For the log: what a request was answered with a 500 for. */
  readonly onFault: (fault: { readonly operation: string; readonly error: unknown }) => void
}

export interface Asked {
  readonly method: string
  /** The path as the client wrote it, without its query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
  /** Who signed in. */
  readonly user: string
  /** Breaks the connection: the one way to say that a body is not whole once its status was sent. */
  readonly breakOff: () => void
}

/** What Node's own objects add: the target as the client wrote it, and the connection. */
export type Bindings = {
  readonly incoming?: { readonly url?: string }
  readonly outgoing?: { readonly destroy: () => void }
}

export const plain = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(`${message}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers } })

/** Who has come in, or the answer to who may not. */
export const admitted = (entry: Access.Entry): Response | { readonly user: string } => {
  if (entry._tag === "Astray") return plain(403, entry.message)
  if (entry._tag === "Unknown")
    return plain(401, "sign in first", { "WWW-Authenticate": 'Basic realm="OurClone", charset="UTF-8"' })
  return entry
}

export const targetOf = (env: Bindings | undefined, url: string): string =>
  (env?.incoming?.url ?? url).replace(/^[a-z]+:\/\/[^/?#]*/i, "")

export const make = (
  answer: (asked: Asked) => Promise<Response>,
  options: DoorOptions
): Hono<{ Bindings: Bindings }> => {
  const enter = Access.make(options.access, options.allowsLinks)
  const app = new Hono<{ Bindings: Bindings }>()

  app.all("*", async ({ req, env }) => {
    const { body, headers } = req.raw
    const caller = admitted(enter(headers))
    if (caller instanceof Response) return caller
    const [path = "", query] = targetOf(env, req.raw.url).split("?", 2)
    const { method } = req
    return answer({
      method,
      path,
      query: new URLSearchParams(query),
      headers,
      body,
      user: caller.user,
      breakOff: () => env?.outgoing?.destroy()
    })
  })

  app.onError((error) => {
    options.onFault({ operation: "request", error })
    return plain(500, "the server failed; its log says why")
  })
  return app
}
