/**
 * Connections to servers, each for one request at a time.
 *
 * As many are made as there are requests at once, which others bound. The one that was used last is used first, so that the
 * rest grow old and are closed. undici's own pool looks through all of them for each request.
 */
import type { buildConnector, Dispatcher } from "undici"
import Client from "undici/lib/dispatcher/client.js"
import type { Patience } from "./HttpMessage.ts"

/** Who hears of a reply, and says once that its connection may have another request: after undici is done with it. */
export interface Borrower extends Dispatcher.DispatchHandler {
  giveBack: () => void
}

export class Connections {
  readonly #all = new Set<Client>()
  readonly #open = new Set<Client>()
  readonly #free = new Map<string, Array<Client>>()
  #isDestroyed = false
  readonly #connect: buildConnector.connector
  readonly #patience: Patience

  constructor(connect: buildConnector.connector, patience: Patience) {
    this.#connect = connect
    this.#patience = patience
  }

  dispatch(origin: string, options: Dispatcher.DispatchOptions, handler: Borrower): void {
    const client = this.#free.get(origin)?.pop() ?? this.#make(origin)
    handler.giveBack = () => this.#giveBack(origin, client)
    client.dispatch(options, handler)
  }

  /** Ends what is under way too; what is asked for from now on fails. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true
    const all = [...this.#all]
    this.#all.clear()
    this.#free.clear()
    await Promise.all(all.map((client) => client.destroy()))
  }

  #make(origin: string): Client {
    const { idle, keepAlive } = this.#patience
    const client = new Client(origin, {
      pipelining: 1,
      allowH2: false,
      headersTimeout: idle,
      bodyTimeout: idle,
      keepAliveTimeout: keepAlive,
      connect: this.#connect
    })
    client.on("connect", () => this.#open.add(client))
    client.on("disconnect", () => {
      this.#open.delete(client)
      const free = this.#free.get(origin)
      const at = free?.indexOf(client) ?? -1
      if (free === undefined || at < 0) return
      free.splice(at, 1)
      if (free.length === 0) this.#free.delete(origin)
      this.#drop(client)
    })
    this.#all.add(client)
    if (this.#isDestroyed) this.#drop(client)
    return client
  }

  #giveBack(origin: string, client: Client): void {
    if (!this.#all.has(client)) return
    const free = this.#free.get(origin)
    if (!this.#open.has(client)) this.#drop(client)
    else if (free === undefined) this.#free.set(origin, [client])
    else free.push(client)
  }

  #drop(client: Client): void {
    this.#all.delete(client)
    void client.destroy()
  }
}
