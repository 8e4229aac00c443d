/** One HTTP request and its reply: reading, replying, and misbehaving when a fault asks for it. */
import { ApiError } from "./Errors.ts"
import type { FaultKind } from "./Faults.ts"
import type { HttpRequest } from "./HttpRequest.ts"
import type { Network } from "./Network.ts"

/** How long the second half of a slow body waits, in milliseconds. */
export const slowPause = 500

/** More than any JSON request of B2 has, in bytes. */
const jsonBodyLimit = 16 * 1024 * 1024

export class Exchange {
  readonly request: HttpRequest
  readonly network: Network
  /** Without the query. */
  readonly path: string
  /** Without its question mark. */
  readonly query: string
  operation = "unknown"
  bytesIn = 0
  bytesOut = 0
  status = 0
  fault: FaultKind | undefined
  /** An error closes the connection, and does not wait for a body that has yet to come. */
  readonly #abruptErrors: boolean

  constructor(request: HttpRequest, network: Network, abruptErrors = false) {
    this.request = request
    this.network = network
    this.#abruptErrors = abruptErrors
    let { target } = request.head
    if (target.charCodeAt(0) !== 47) target = withoutAuthority(target)
    const mark = target.indexOf("?")
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.query = mark < 0 ? "" : target.slice(mark + 1)
  }

  get method(): string {
    return this.request.head.method
  }

  /** By lower-case name. */
  header(name: string): string | undefined {
    return this.request.head.headers.get(name)
  }

  /** Collects the body of a JSON call. `done` is not called when the client goes away. */
  readBody(done: (body: Buffer) => void): void {
    const chunks: Buffer[] = []
    this.request.consume({
      data: (chunk) => {
        this.bytesIn += chunk.length
        if (this.bytesIn <= jsonBodyLimit) chunks.push(chunk)
      },
      end: () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
      gone: () => {}
    })
  }

  /** Reads the rest of the request and throws it away, so that the client sees the reply. */
  drain(done: () => void): void {
    this.request.consume({
      data: (chunk) => {
        this.bytesIn += chunk.length
      },
      end: done,
      gone: () => {}
    })
  }

  /** Runs `answer`, which replies with an error, when the client can take it. */
  refuse(answer: () => void): void {
    if (this.#abruptErrors) answer()
    else this.drain(answer)
  }

  sendJson(text: string | Buffer, status = 200): void {
    this.#send(status, text, [
      "Content-Type",
      "application/json;charset=UTF-8",
      "Cache-Control",
      "max-age=0, no-cache, no-store"
    ])
  }

  sendText(status: number, text: string, headers: readonly string[]): void {
    this.#send(status, text, [...headers])
  }

  sendError(error: ApiError): void {
    if (this.#abruptErrors) this.request.closeAfterReply = true
    this.#send(error.status, error.toText(), [
      "Content-Type",
      error.contentType,
      "Cache-Control",
      "max-age=0, no-cache, no-store",
      ...error.headers
    ])
  }

  /** Answers whatever was thrown: an ApiError as itself, anything else as 500. */
  sendFailure(failure: unknown): void {
    if (this.request.replyStarted) this.reset()
    else if (failure instanceof ApiError) this.sendError(failure)
    else {
      process.stderr.write(`b2-emulator: ${this.operation}: ${failure instanceof Error ? failure.stack : failure}\n`)
      this.sendError(new ApiError(500, "internal_error", "The emulator failed; its error output says how"))
    }
  }

  /** Drops the connection with a TCP reset. */
  reset(): void {
    this.request.reset()
  }

  /** Runs `send` when the network's latency and the time for `bytes` have passed. */
  later(bytes: number, send: () => void): void {
    const delay = this.network.latency + this.network.down.reserve(bytes)
    if (delay < 1) send()
    else setTimeout(send, delay)
  }

  #send(status: number, text: string | Buffer, headers: string[]): void {
    this.status = status
    if (this.fault === "lost" || (this.fault === "reset" && status < 400)) {
      this.reset()
      return
    }
    const length = typeof text === "string" ? Buffer.byteLength(text) : text.length
    headers.push("Content-Length", String(length))
    const { request } = this
    this.later(length, () => {
      if (this.method === "HEAD") request.reply(status, headers, "")
      else {
        this.bytesOut += length
        if (this.fault === "slow") this.#sendSlowly(status, headers, text)
        else request.reply(status, headers, text)
      }
    })
  }

  #sendSlowly(status: number, headers: readonly string[], text: string | Buffer): void {
    this.request.startReply(status, headers)
    this.request.write(text.slice(0, 1))
    setTimeout(() => {
      this.request.write(text.slice(1))
      this.request.endReply()
    }, slowPause)
  }
}

/** `http://host/path` as a proxy is asked, to `/path`. */
const withoutAuthority = (target: string): string => {
  const authority = target.indexOf("://")
  const slash = authority < 0 ? -1 : target.indexOf("/", authority + 3)
  return slash < 0 ? "/" : target.slice(slash)
}

/** Query values are UTF-8, percent-coded, with `+` for a space. */
export const parseQuery = (query: string): Record<string, string> => {
  const values: Record<string, string> = {}
  if (query !== "") for (const [name, value] of new URLSearchParams(query)) values[name] = value
  return values
}
