/**
 * HTTP/1.1 over undici's dispatcher; large downloads have connections of their own.
 *
 * A small-file sync is bound by what one request costs this machine, so a
 * request is one hand-written handler inside one `Effect.callback`: no `fetch`,
 * no streams, no `URL`. Paths go out as they are given, because a file's name
 * may hold `/../` and a URL parser would resolve it.
 */

import { RequestPace } from "@ourclone/core/layers/RequestPace"
import { inTurn } from "@ourclone/core/layers/RunPace"
import * as Pace from "@ourclone/core/machine/Pace"
import * as Effect from "effect/Effect"
import type { Dispatcher } from "undici"
import type { Borrower } from "./Connections.ts"
import type { ReplyHandler } from "./DownloadConnection.ts"
import { DownloadConnections } from "./DownloadConnections.ts"
import {
  ConnectionFailure,
  type Headers,
  type HttpReply,
  type HttpRequest,
  mostOfAnswer,
  mostOfRefusal,
  tooLong,
  unreadable,
  usualPatience
} from "./HttpMessage.ts"
import { PiecedDownload } from "./PiecedDownload.ts"
import { RequestBudget, type RequestKind } from "./RequestBudget.ts"
import * as Route from "./Route.ts"

export interface HttpClient {
  /** Sends a request and hands the whole reply to `interpret`. Interruption closes the connection. */
  readonly exchange: <A, E>(
    request: HttpRequest,
    interpret: (reply: HttpReply) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E | ConnectionFailure>
  /** Sends a request without a body, whose reply `handler` takes in pieces of 1 MiB. Gives what takes it back before it was sent. */
  readonly download: (request: HttpRequest, handler: ReplyHandler) => () => void
  /**
   * For a request that is made in another way: succeeds when it is its turn. What comes of it is to be called when the request
   * is over. Rejects as `signal` is aborted.
   */
  readonly turn: (origin: string, kind: RequestKind, signal?: AbortSignal) => Promise<() => void>
  /** From now on at most so many requests at once to one server, as `RequestBudget` counts them; those beyond wait. */
  readonly limit: (most: number) => void
  /** From now on at most so many requests a second, to all servers together. */
  readonly pace: (perSecond: number | undefined) => void
  /** Closes every connection. */
  readonly close: () => Promise<void>
}

/** `effect` when it is the turn of its run. Traced without the query, which may hold what nobody else may know. */
export const tracedRequest = <A, E>(
  { method, origin, path }: { readonly method: string; readonly origin: string; readonly path: string },
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E> => inTurn(effect, () => ({ method, origin, path: path.replace(/\?.*/s, "") }))

const interrupted = new Error("interrupted")
const empty = Buffer.alloc(0)
/** Interim replies before the one that counts. */
const mostInterim = 16

const endlessInterim = Object.assign(new Error("interim replies without end"), { code: unreadable })
const dripping = Object.assign(new Error(Pace.message), { code: unreadable })
const overrun = (most: number) => Object.assign(new Error(`an answer of more than ${most} bytes`), { code: tooLong })

class Exchange implements Borrower {
  giveBack = (): void => {}
  #controller: Dispatcher.DispatchController | undefined
  #isInterrupted = false
  #status = 0
  #headers: Headers = {}
  #first: Buffer = empty
  #rest: Array<Buffer> | undefined
  #length = 0
  #interim = 0
  #isAnswered = false
  readonly #pace = new Pace.Pace()
  /** When waiting for the next byte of the answer began. */
  #waitingSince = 0
  readonly #request: HttpRequest
  readonly #onReply: (reply: HttpReply) => void
  readonly #onError: (error: Error, hasBegun: boolean) => void

  constructor(
    request: HttpRequest,
    onReply: (reply: HttpReply) => void,
    onError: (error: Error, hasBegun: boolean) => void
  ) {
    this.#request = request
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

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status
    this.#headers = headers
    this.#waitingSince = performance.now()
    if (status < 200 && ++this.#interim > mostInterim) controller.abort(endlessInterim)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isAnswered) return
    const now = performance.now()
    if (this.#pace.isTooSlow(chunk.length, now - this.#waitingSince)) {
      controller.abort(dripping)
      return
    }
    this.#waitingSince = now
    this.#length += chunk.length
    const isRefusal = this.#status >= 300
    const most = isRefusal ? mostOfRefusal : (this.#request.most ?? mostOfAnswer)
    if (this.#length > most) {
      if (isRefusal) this.#answer()
      controller.abort(overrun(most))
      return
    }
    if (this.#first === empty) this.#first = chunk
    else if (this.#rest === undefined) this.#rest = [this.#first, chunk]
    else this.#rest.push(chunk)
  }

  // The parser is still on the stack here: the fiber goes on once the connection is free for its next request.
  onResponseEnd(): void {
    this.#answer()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isAnswered) return
    queueMicrotask(() => {
      this.giveBack()
      this.#onError(error, this.#status >= 200)
    })
  }

  #answer(): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    const body = this.#rest === undefined ? this.#first : Buffer.concat(this.#rest)
    const { origin } = this.#request
    const reply: HttpReply = { origin, status: this.#status, headers: this.#headers, body }
    queueMicrotask(() => {
      this.giveBack()
      this.#onReply(reply)
    })
  }
}

export interface HttpClientOptions extends Route.Way {
  readonly maxConcurrency: number
  /** Where others ask the same servers in another way; one of its own unless given. */
  readonly pace?: RequestPace | undefined
  /** Told every request when its answer is in: method, address, status and time; never a credential. */
  readonly onRequest?: ((line: string) => void) | undefined
}

const kindOf = ({ body }: HttpRequest): RequestKind =>
  typeof body === "object" && !(body instanceof Uint8Array) ? "upload" : "short"

const turnIn = (
  requests: RequestBudget,
  origin: string,
  kind: RequestKind,
  signal: AbortSignal | undefined
): Promise<() => void> =>
  new Promise((resolve, reject) => {
    let isMyTurn = false
    const giveUp = (): void => {
      leave()
      reject(signal?.reason)
    }
    const begin = (): void => {
      isMyTurn = true
      signal?.removeEventListener("abort", giveUp)
      // `leave` is there once `enter` is done.
      queueMicrotask(() => resolve(leave))
    }
    const leave = requests.enter(origin, begin, kind)
    if (isMyTurn) return
    if (signal?.aborted === true) giveUp()
    else signal?.addEventListener("abort", giveUp, { once: true })
  })

export const make = (options: HttpClientOptions): HttpClient => {
  const { ca, maxConcurrency, onRequest, pace = new RequestPace(), patience = usualPatience } = options
  const ways = Route.make(options)
  const requests = new RequestBudget(maxConcurrency)

  const dispatch = (request: HttpRequest, handler: Borrower): void => {
    const { connections, headers, prefix } = ways.to(request.origin)
    connections.dispatch(
      request.origin,
      {
        path: prefix + request.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: (headers.length === 0 ? request.headers : [...request.headers, ...headers]) as Array<string>,
        body: (request.body ?? null) as Exclude<Dispatcher.DispatchOptions["body"], undefined>,
        headersTimeout: request.timeout === undefined ? null : Math.max(request.timeout, patience.idle),
        // Otherwise undici closes the connection after every HEAD.
        reset: false
      },
      handler
    )
  }

  const exchange: HttpClient["exchange"] = (request, interpret) =>
    tracedRequest(
      request,
      Effect.callback((resume) => {
        const startedAt = onRequest === undefined ? 0 : performance.now()
        let unpaced = (): void => {}
        const log = (outcome: string | number) =>
          onRequest?.(
            `${request.method} ${request.origin}${request.path} ${outcome} ${Math.round(performance.now() - startedAt)}ms`
          )
        const handler = new Exchange(
          request,
          (reply) => {
            leave()
            if (onRequest !== undefined) log(reply.status)
            resume(interpret(reply))
          },
          (error, hasBegun) => {
            leave()
            if (onRequest !== undefined) log(error.message)
            resume(Effect.fail(new ConnectionFailure(request.origin, error, hasBegun)))
          }
        )
        const begin = (): void => {
          unpaced = pace.enter(() => dispatch(request, handler))
        }
        const leave = requests.enter(request.origin, begin, kindOf(request))
        return Effect.sync(() => {
          handler.interrupt()
          unpaced()
          leave()
        })
      })
    )

  const downloading = new DownloadConnections(patience, ca)
  const send = (request: HttpRequest, handler: ReplyHandler): void => {
    if (ways.to(request.origin).isDirect) downloading.send(request, handler)
    else dispatch(request, new PiecedDownload(handler))
  }
  const download: HttpClient["download"] = (request, handler) => {
    const counted: ReplyHandler = {
      onStart: (connection) => handler.onStart(connection),
      onHead: (status, headers) => {
        onRequest?.(`${request.method} ${request.origin}${request.path} ${status}`)
        handler.onHead(status, headers)
      },
      onPiece: (piece) => handler.onPiece(piece),
      onEnd: () => {
        leave()
        handler.onEnd()
      },
      onError: (error) => {
        leave()
        onRequest?.(`${request.method} ${request.origin}${request.path} ${error.message}`)
        handler.onError(error)
      }
    }
    let unpaced = (): void => {}
    const begin = (): void => {
      unpaced = pace.enter(() => send(request, counted))
    }
    const leave = requests.enter(request.origin, begin, "download")
    return () => {
      unpaced()
      leave()
    }
  }

  return {
    exchange,
    download,
    turn: (origin, kind, signal) => turnIn(requests, origin, kind, signal),
    limit: (most) => {
      requests.most = most
    },
    pace: (perSecond) => pace.limit(perSecond),
    close: async () => {
      downloading.close()
      await ways.close()
    }
  }
}
