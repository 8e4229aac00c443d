/** What clients asked for: counts by operation, and the latest requests one by one. */
import type { Exchange } from "./Exchange.ts"

export interface OperationCount {
  /** Requests, whatever their outcome. */
  requests: number
  /** How many of them ended in each status; 0 is a broken connection. */
  statuses: Record<string, number>
  /** Bytes of request bodies received. */
  bytesIn: number
  /** Bytes of reply bodies sent. */
  bytesOut: number
}

export interface LoggedRequest {
  readonly time: string
  readonly method: string
  readonly target: string
  readonly operation: string
  readonly status: number
  readonly fault: string | null
  readonly bytesIn: number
  readonly bytesOut: number
  readonly milliseconds: number
  readonly headers: Readonly<Record<string, string>>
}

const keptRequests = 10_000

const secret = /^(authorization|cookie|x-bz-server-side-encryption-customer-key)$/

const shownHeaders = (exchange: Exchange): Record<string, string> => {
  const shown: Record<string, string> = {}
  for (const [name, value] of exchange.request.head.headers) {
    shown[name] = secret.test(name) ? "xxx" : value
  }
  return shown
}

export class RequestLog {
  #counts = new Map<string, OperationCount>()
  #requests: LoggedRequest[] = []

  /** `started` is a `performance.now()`. Called once, when the exchange is over. */
  add(exchange: Exchange, started: number): void {
    let count = this.#counts.get(exchange.operation)
    if (count === undefined) {
      count = { requests: 0, statuses: {}, bytesIn: 0, bytesOut: 0 }
      this.#counts.set(exchange.operation, count)
    }
    count.requests++
    count.statuses[exchange.status] = (count.statuses[exchange.status] ?? 0) + 1
    count.bytesIn += exchange.bytesIn
    count.bytesOut += exchange.bytesOut
    if (this.#requests.length >= keptRequests * 2) this.#requests = this.#requests.slice(-keptRequests)
    this.#requests.push({
      time: new Date().toISOString(),
      method: exchange.method,
      target: exchange.path,
      operation: exchange.operation,
      status: exchange.status,
      fault: exchange.fault ?? null,
      bytesIn: exchange.bytesIn,
      bytesOut: exchange.bytesOut,
      milliseconds: Math.round((performance.now() - started) * 1000) / 1000,
      headers: shownHeaders(exchange)
    })
  }

  counts(): Record<string, OperationCount> {
    return Object.fromEntries([...this.#counts].sort(([left], [right]) => (left < right ? -1 : 1)))
  }

  /** The latest requests, oldest first; only those of `operation` when it is given. */
  requests(operation?: string): readonly LoggedRequest[] {
    const kept = this.#requests.slice(-keptRequests)
    return operation === undefined ? kept : kept.filter((request) => request.operation === operation)
  }

  reset(): void {
    this.#counts = new Map()
    this.#requests = []
  }
}
