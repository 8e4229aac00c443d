/** At most so many requests at once to one server. Those beyond wait in the order they came; one request costs a map look-up. */

interface Server {
  active: number
  readonly waiting: Array<() => void>
}

export class RequestBudget {
  #most: number
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
  enter(origin: string, start: () => void): () => void {
    let server = this.#servers.get(origin)
    if (server === undefined) {
      server = { active: 0, waiting: [] }
      this.#servers.set(origin, server)
    }
    const { waiting } = server
    const mine = server
    let state: "waiting" | "active" | "over" = "waiting"
    const begin = () => {
      state = "active"
      mine.active++
      start()
    }
    if (server.active < this.#most) begin()
    else waiting.push(begin)
    return () => {
      if (state === "waiting") waiting.splice(waiting.indexOf(begin), 1)
      if (state === "active") {
        mine.active--
        this.#startWaiting(mine)
      }
      state = "over"
    }
  }

  #startWaiting(server: Server): void {
    while (server.active < this.#most) {
      const next = server.waiting.shift()
      if (next === undefined) return
      next()
    }
  }
}
