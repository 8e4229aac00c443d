/** Connections straight to servers: kept for the next request, as setting one up takes several round trips. */
import type { Authorities } from "./Authorities.ts"
import { HttpConnection, type ReplyHandler } from "./HttpConnection.ts"
import type { HttpRequest, Patience } from "./HttpMessage.ts"
import * as RequestHead from "./RequestHead.ts"

export class HttpConnections {
  readonly #all = new Set<HttpConnection>()
  readonly #idle = new Map<string, Array<HttpConnection>>()
  readonly #patience: Patience | undefined

  readonly #ca: Authorities
  #isClosed = false

  constructor(patience?: Patience, ca?: Authorities) {
    this.#patience = patience
    this.#ca = ca
  }

  /** What can not be sent fails in a microtask. */
  send(request: HttpRequest, handler: ReplyHandler): void {
    let head: string
    try {
      if (this.#isClosed) throw new Error("the connections are closed")
      head = RequestHead.of(request)
    } catch (error) {
      queueMicrotask(() => handler.onError(error as Error))
      return
    }
    const { origin } = request
    const idle = this.#idle.get(origin) ?? []
    this.#idle.set(origin, idle)
    const onGone = (gone: HttpConnection, unanswered: ReplyHandler | undefined) => {
      this.#all.delete(gone)
      const at = idle.indexOf(gone)
      if (at >= 0) idle.splice(at, 1)
      // A kept connection was closed before the request reached the server: another one is as good.
      if (unanswered !== undefined) this.send(request, unanswered)
    }
    let kept = idle.pop()
    while (kept?.isGood() === false) {
      kept.destroy()
      kept = idle.pop()
    }
    const connection = kept ?? new HttpConnection(origin, (free) => idle.push(free), this.#patience, this.#ca)
    this.#all.add(connection)
    connection.send(request, head, handler, onGone)
  }

  /** Ends what is under way too; what is asked for from now on fails. */
  close(): void {
    this.#isClosed = true
    for (const connection of this.#all) connection.close()
  }
}
