/** The connections of large downloads: kept for the next one, as setting one up takes several round trips. */
import type { Authorities } from "./Authorities.ts"
import { DownloadConnection, type ReplyHandler } from "./DownloadConnection.ts"
import type { HttpRequest, Patience } from "./HttpMessage.ts"

export class DownloadConnections {
  readonly #all = new Set<DownloadConnection>()
  readonly #idle = new Map<string, Array<DownloadConnection>>()
  readonly #patience: Patience | undefined

  readonly #ca: Authorities

  constructor(patience?: Patience, ca?: Authorities) {
    this.#patience = patience
    this.#ca = ca
  }

  send(request: HttpRequest, handler: ReplyHandler): void {
    const { origin } = request
    const idle = this.#idle.get(origin) ?? []
    this.#idle.set(origin, idle)
    const onGone = (gone: DownloadConnection, unanswered: ReplyHandler | undefined) => {
      this.#all.delete(gone)
      const at = idle.indexOf(gone)
      if (at >= 0) idle.splice(at, 1)
      // A kept connection was closed before the request reached the server: another one is as good.
      if (unanswered !== undefined) this.send(request, unanswered)
    }
    const kept = idle.pop()
    const connection = kept ?? new DownloadConnection(origin, (free) => idle.push(free), this.#patience, this.#ca)
    this.#all.add(connection)
    connection.send(request, handler, onGone)
  }

  close(): void {
    for (const connection of this.#all) connection.destroy()
  }
}
