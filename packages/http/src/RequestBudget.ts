/**
 * At most so many requests at once to one server. Those beyond wait in the order they came; one request costs a map look-up.
 *
 * A request may wait for another of this process: bytes that are sent on for the download that brings them, a download for
 * whoever takes its bytes and asks something meanwhile. So a download, and a short request, begins in any case where there is
 * none of its kind.
 */

/** `upload`: bytes are read while they are sent. `download`: they are taken one after another. `short`: it ends by itself. */
export type RequestKind = "short" | "upload" | "download"

interface Waiting {
  readonly since: number
  readonly begin: () => void
}

interface Server {
  readonly active: Record<RequestKind, number>
  readonly waiting: Readonly<Record<RequestKind, Array<Waiting>>>
}

const kinds: ReadonlyArray<RequestKind> = ["short", "upload", "download"]

const all = ({ active }: Server): number => active.short + active.upload + active.download

const mayBegin = (server: Server, kind: RequestKind, most: number): boolean =>
  all(server) < most || (kind !== "upload" && server.active[kind] === 0)

export class RequestBudget {
  #most: number
  #count = 0
  readonly #servers = new Map<string, Server>()

  constructor(most: number) {
    this.#most = most
  }

  /** From now on; what has begun goes on. */
  set most(most: number) {
    this.#most = most
    for (const server of this.#servers.values()) this.#startWaiting(server)
  }

  /** Calls `start` when it is this request's turn. Gives what is to be called when the request is over, or not wanted any more; twice is fine. */
  enter(origin: string, start: () => void, kind: RequestKind = "short"): () => void {
    let server = this.#servers.get(origin)
    if (server === undefined) {
      server = { active: { short: 0, upload: 0, download: 0 }, waiting: { short: [], upload: [], download: [] } }
      this.#servers.set(origin, server)
    }
    const mine = server
    const waiting = mine.waiting[kind]
    let state: "waiting" | "active" | "over" = "waiting"
    const begin = () => {
      state = "active"
      mine.active[kind]++
      start()
    }
    const place: Waiting = { since: this.#count++, begin }
    if (mayBegin(mine, kind, this.#most)) begin()
    else waiting.push(place)
    return () => {
      if (state === "waiting") waiting.splice(waiting.indexOf(place), 1)
      if (state === "active") {
        mine.active[kind]--
        this.#startWaiting(mine)
      }
      state = "over"
    }
  }

  #startWaiting(server: Server): void {
    for (;;) {
      let next: RequestKind | undefined
      for (const kind of kinds) {
        const first = server.waiting[kind][0]
        if (first === undefined || !mayBegin(server, kind, this.#most)) continue
        if (next === undefined || first.since < (server.waiting[next][0]?.since ?? 0)) next = kind
      }
      if (next === undefined) return
      server.waiting[next].shift()?.begin()
    }
  }
}
