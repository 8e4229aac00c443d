/**
 * HTTP/1.1: over connections of our own where these will do, and undici's dispatcher where not.
 *
 * A small-file sync is bound by what one request costs this machine, so a
 * request is one hand-written handler inside one `Effect.callback`: no `fetch`,
 * no streams, no `URL`. Paths go out as they are given, because a file's name
 * may hold `/../` and a URL parser would resolve it.
 */

import { RequestPace } from "@ourclone/core/layers/RequestPace"
import { inTurn } from "@ourclone/core/layers/RunPace"
import * as Effect from "effect/Effect"
import type { Borrower } from "./Connections.ts"
import type { Dispatching } from "./Dispatching.ts"
import { DirectExchange, Exchange } from "./Exchange.ts"
import type { ReplyHandler } from "./HttpConnection.ts"
import { HttpConnections } from "./HttpConnections.ts"
import { ConnectionFailure, type HttpReply, type HttpRequest, usualPatience } from "./HttpMessage.ts"
import { PiecedDownload } from "./PiecedDownload.ts"
import { RequestBudget, type RequestKind } from "./RequestBudget.ts"
import * as Route from "./Route.ts"
import type { Outcome } from "./WholeReply.ts"

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
  const routeTo = Route.make(options)
  const requests = new RequestBudget(maxConcurrency)

  const own = new HttpConnections(patience, ca)
  /** The others are streamed, without a body in the answer, or for a proxy. */
  const isOwn = (request: HttpRequest): boolean =>
    request.method !== "HEAD" && kindOf(request) === "short" && routeTo(request.origin).by === "straight"

  let isClosed = false
  let dispatching: Promise<Dispatching> | undefined
  const load = async (): Promise<Dispatching> => {
    const { make } = await import("./Dispatching.ts")
    const made = make(options)
    // What is asked for from now on fails there.
    if (isClosed) await made.close()
    return made
  }
  /** Gives what takes it back, as long as it has not begun. */
  const dispatch = (request: HttpRequest, handler: Borrower): (() => void) => {
    let isWanted = true
    dispatching ??= load()
    void dispatching.then((made) => {
      if (isWanted) made.dispatch(request, routeTo(request.origin), handler)
    })
    return () => {
      isWanted = false
    }
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
        const outcome: Outcome = {
          onReply: (reply) => {
            leave()
            if (onRequest !== undefined) log(reply.status)
            resume(interpret(reply))
          },
          onError: (error, hasBegun) => {
            leave()
            if (onRequest !== undefined) log(error.message)
            resume(Effect.fail(new ConnectionFailure(request.origin, error, hasBegun)))
          }
        }
        let interrupt = (): void => {}
        const start = (): void => {
          if (isOwn(request)) {
            const handler = new DirectExchange(request, outcome)
            interrupt = () => handler.interrupt()
            own.send(request, handler)
          } else {
            const handler = new Exchange(request, outcome)
            const takeBack = dispatch(request, handler)
            interrupt = () => {
              takeBack()
              handler.interrupt()
            }
          }
        }
        const begin = (): void => {
          unpaced = pace.enter(start)
        }
        const leave = requests.enter(request.origin, begin, kindOf(request))
        return Effect.sync(() => {
          interrupt()
          unpaced()
          leave()
        })
      })
    )

  const send = (request: HttpRequest, handler: ReplyHandler): (() => void) => {
    if (routeTo(request.origin).by !== "straight") return dispatch(request, new PiecedDownload(handler))
    own.send(request, handler)
    return () => {}
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
    let takeBack = (): void => {}
    const begin = (): void => {
      unpaced = pace.enter(() => {
        takeBack = send(request, counted)
      })
    }
    const leave = requests.enter(request.origin, begin, "download")
    return () => {
      takeBack()
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
      isClosed = true
      own.close()
      await (await dispatching)?.close()
    }
  }
}
