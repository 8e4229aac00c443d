/**
 * HTTP/1.1 for B2, over undici's dispatcher; large downloads have connections of their own.
 *
 * A small-file sync is bound by what one request costs this machine, so a
 * request is one hand-written handler inside one `Effect.callback`: no `fetch`,
 * no streams, no `URL`. Paths go out as they are given, because a file's name
 * may hold `/../` and a URL parser would resolve it.
 */
import * as Effect from "effect/Effect"
import type { Dispatcher } from "undici"
import Agent from "undici/lib/dispatcher/agent.js"
import type { ReplyHandler } from "./DownloadConnection.ts"
import { DownloadConnections } from "./DownloadConnections.ts"
import {
  ConnectionFailure,
  connectTimeout,
  type Headers,
  type HttpReply,
  type HttpRequest,
  idleTimeout,
  keepAliveTimeout
} from "./HttpMessage.ts"

export interface B2Http {
  /** Sends a request and hands the whole reply to `interpret`. Interruption closes the connection. */
  readonly exchange: <A, E>(
    request: HttpRequest,
    interpret: (reply: HttpReply) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E | ConnectionFailure>
  /** Sends a request without a body, whose reply `handler` takes in pieces of 1 MiB. */
  readonly download: (request: HttpRequest, handler: ReplyHandler) => void
  /** Closes every connection. */
  readonly close: () => Promise<void>
}

const interrupted = new Error("interrupted")
const empty = Buffer.alloc(0)

class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #isInterrupted = false
  #status = 0
  #headers: Headers = {}
  #first: Buffer = empty
  #rest: Array<Buffer> | undefined
  readonly #onReply: (reply: HttpReply) => void
  readonly #onError: (error: Error) => void

  constructor(onReply: (reply: HttpReply) => void, onError: (error: Error) => void) {
    this.#onReply = onReply
    this.#onError = onError
  }

  interrupt(): void {
    this.#isInterrupted = true
    this.#controller?.abort(interrupted)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isInterrupted) controller.abort(interrupted)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#first === empty) this.#first = chunk
    else if (this.#rest === undefined) this.#rest = [this.#first, chunk]
    else this.#rest.push(chunk)
  }

  // The parser is still on the stack here: the fiber goes on once the connection is free for its next request.
  onResponseEnd(): void {
    const body = this.#rest === undefined ? this.#first : Buffer.concat(this.#rest)
    const reply: HttpReply = { status: this.#status, headers: this.#headers, body }
    queueMicrotask(() => this.#onReply(reply))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    queueMicrotask(() => this.#onError(error))
  }
}

export const make = (options: {
  readonly maxConcurrency: number
  /** Told every request when its answer is in: method, address, status and time; never a credential. */
  readonly onRequest?: ((line: string) => void) | undefined
}): B2Http => {
  const agent = new Agent({
    connections: options.maxConcurrency,
    pipelining: 1,
    allowH2: false,
    connectTimeout,
    headersTimeout: idleTimeout,
    bodyTimeout: idleTimeout,
    keepAliveTimeout
  })
  const { onRequest } = options

  const dispatch = (request: HttpRequest, handler: Dispatcher.DispatchHandler): void => {
    agent.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: request.headers as Array<string>,
        body: (request.body ?? null) as Dispatcher.DispatchOptions["body"],
        headersTimeout: request.timeout ?? null,
        // Otherwise undici closes the connection after every HEAD.
        reset: false
      } as Agent.DispatchOptions,
      handler
    )
  }

  const exchange: B2Http["exchange"] = (request, interpret) =>
    Effect.callback((resume) => {
      const startedAt = onRequest === undefined ? 0 : performance.now()
      const log = (outcome: string | number) =>
        onRequest?.(
          `${request.method} ${request.origin}${request.path} ${outcome} ${Math.round(performance.now() - startedAt)}ms`
        )
      const handler = new Exchange(
        (reply) => {
          if (onRequest !== undefined) log(reply.status)
          resume(interpret(reply))
        },
        (error) => {
          if (onRequest !== undefined) log(error.message)
          resume(Effect.fail(new ConnectionFailure(request.origin, error)))
        }
      )
      dispatch(request, handler)
      return Effect.sync(() => handler.interrupt())
    })

  const downloads = new DownloadConnections()
  return {
    exchange,
    download: (request, handler) => downloads.send(request, handler),
    close: () => {
      downloads.close()
      return agent.destroy()
    }
  }
}
