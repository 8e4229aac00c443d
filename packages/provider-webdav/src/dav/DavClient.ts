/** Requests of WebDAV, as effects that fail once, can be interrupted and have limits of time. */
import {
  isStorageError,
  type Reason,
  StorageError,
  Unavailable,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import { RequestPace } from "@ourclone/core/layers/RequestPace"
import * as Pace from "@ourclone/core/machine/Pace"
import * as Authorities from "@ourclone/http/Authorities"
import * as Connectors from "@ourclone/http/Connectors"
import * as HttpClient from "@ourclone/http/HttpClient"
import { ConnectionFailure, type HttpRequest, usualPatience } from "@ourclone/http/HttpMessage"
import type { HttpProxy } from "@ourclone/http/HttpProxy"
import { ResponseBody } from "@ourclone/http/ResponseBody"
import type { Way } from "@ourclone/http/Route"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import { type Dispatcher, Pool } from "undici"
import { type Answer, reasonOf, reasonOfFailure } from "./DavErrors.ts"
import { makeReader, NoMultistatus, type PropertyName, propfind, proppatch, type Row } from "./Multistatus.ts"

export interface Connecting {
  /** Scheme, host and port. */
  readonly origin: string
  /** The value of the header `Authorization`. */
  readonly authorization: string | undefined
  readonly connectTimeout: number
  readonly idleTimeout: number
  readonly maxConcurrency: number
  readonly caFile: string | undefined
  readonly proxy: HttpProxy | undefined
  readonly noProxy: string
  readonly userAgent: string
  readonly onRequest: ((line: string) => void) | undefined
}

export interface DavConnection extends Connecting {
  readonly pool: Pool
  /** For bytes of files, which come in large pieces there. */
  readonly http: HttpClient.HttpClient
  readonly pace: RequestPace
  readonly close: () => Promise<void>
}

/** Throws when the file of certificates can not be used. */
export const connect = (options: Connecting): DavConnection => {
  const { caFile, connectTimeout, idleTimeout, maxConcurrency, noProxy, origin, proxy } = options
  const ca = caFile === undefined ? undefined : Authorities.withFile(caFile)
  const patience = { ...usualPatience, connect: connectTimeout, idle: idleTimeout }
  const way: Way = { ca, noProxy, patience, proxy }
  const pool = new Pool(origin, {
    connections: null,
    headersTimeout: idleTimeout,
    bodyTimeout: idleTimeout,
    connect: Connectors.connectorTo(way, origin)
  })
  const pace = new RequestPace()
  const http = HttpClient.make({ ...way, maxConcurrency, pace })
  const close = async (): Promise<void> => {
    await Promise.all([pool.destroy(), http.close()])
  }
  return { ...options, pool, http, pace, close }
}

export interface Sending {
  readonly method: string
  /** Of the URL, in percent-coding. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
}

type Response = Dispatcher.ResponseData

export interface DavClient {
  /** Runs `use` with the answer, whatever its status; what it does not read of the body is thrown away. */
  readonly exchange: <A>(
    at: string,
    sending: Sending,
    use: (answer: Answer, body: Response["body"]) => Promise<A> | A
  ) => Effect.Effect<A, StorageError>
  /** Its status, which must be below 300 or one of `allowed`. */
  readonly send: (at: string, sending: Sending, allowed?: ReadonlyArray<number>) => Effect.Effect<Answer, StorageError>
  /** Rows of a PROPFIND. Fails with `UnexpectedResponse` when the answer is none. */
  readonly find: (
    at: string,
    path: string,
    depth: 0 | 1,
    names: ReadonlyArray<PropertyName>
  ) => Effect.Effect<ReadonlyArray<Row>, StorageError>
  /** Whether all of them were kept. */
  readonly patch: (
    at: string,
    path: string,
    values: Readonly<Record<PropertyName, string>>
  ) => Effect.Effect<boolean, StorageError>
  /** A GET whose answer is good, with its body in pieces of up to 1 MiB until the scope closes. */
  readonly open: (
    at: string,
    path: string,
    headers: Readonly<Record<string, string>>
  ) => Effect.Effect<
    { readonly answer: Answer; readonly pieces: Pull.Pull<readonly [Uint8Array, ...Array<Uint8Array>], StorageError> },
    StorageError,
    Scope.Scope
  >
  readonly fail: (operation: string, at: string, reason: Reason) => StorageError
  readonly origin: string
}

/** What an answer may have at most: bytes, as memory holds what they say, and rows. */
interface Most {
  readonly bytes: number
  readonly rows: number
}

/** Of one folder. */
const mostOfListing: Most = { bytes: 256 * 1024 * 1024, rows: 500_000 }
const mostOfOne: Most = { bytes: 1024 * 1024, rows: 100 }

const readRows = async (body: Response["body"], most: Most): Promise<ReadonlyArray<Row>> => {
  const rows: Array<Row> = []
  const reader = makeReader((row) => {
    if (rows.push(row) > most.rows) throw new NoMultistatus(`the answer has more than ${most.rows} rows`)
  })
  const decoder = new TextDecoder()
  const pace = new Pace.Pace()
  let since = performance.now()
  let bytes = 0
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    const now = performance.now()
    if (pace.isTooSlow(piece.length, now - since)) throw new Error(Pace.message)
    since = now
    bytes += piece.length
    if (bytes > most.bytes) throw new NoMultistatus(`the answer has more than ${most.bytes} bytes`)
    reader.write(decoder.decode(piece, { stream: true }))
  }
  reader.write(decoder.decode())
  reader.end()
  return rows
}

const kindOf = ({ body }: Sending) =>
  typeof body === "object" && !(body instanceof Uint8Array) ? ("upload" as const) : ("short" as const)

/** In milliseconds: how long the rest of an answer may come until its connection is given up. */
const thrownAwayFor = 1000

export const make = (provider: string, connection: DavConnection): DavClient => {
  const { authorization, http, onRequest, origin, pace, pool, userAgent } = connection
  const fail: DavClient["fail"] = (operation, at, reason) => new StorageError({ provider, operation, path: at, reason })

  const request = async ({ body, headers = {}, method, path }: Sending, signal: AbortSignal): Promise<Response> => {
    const startedAt = performance.now()
    try {
      const response = await pool.request({
        method: method as Dispatcher.HttpMethod,
        path,
        headers: { "user-agent": userAgent, ...(authorization === undefined ? {} : { authorization }), ...headers },
        signal,
        ...(body === undefined ? {} : { body: body as Dispatcher.DispatchOptions["body"] as string })
      })
      onRequest?.(`${method} ${path} ${response.statusCode} ${Math.round(performance.now() - startedAt)} ms`)
      return response
    } catch (error) {
      onRequest?.(`${method} ${path} failed ${error instanceof Error ? error.message : ""}`)
      throw error
    }
  }

  const explained = (at: string, method: string, error: unknown, hasBegun: boolean): StorageError => {
    if (isStorageError(error)) return error
    if (!(error instanceof NoMultistatus)) return fail(method, at, reasonOfFailure(error, hasBegun))
    const { isCutOff, message } = error
    return fail(method, at, isCutOff ? new Unavailable({ message, isTorn: true }) : new UnexpectedResponse({ message }))
  }

  const exchange: DavClient["exchange"] = (at, sending, use) =>
    Effect.suspend(() => {
      let hasBegun = false
      const exchanged = Effect.tryPromise({
        try: async (signal) => {
          const leave = await http.turn(origin, kindOf(sending), signal)
          try {
            await pace.turn(signal)
            const { body, headers, statusCode } = await request(sending, signal)
            hasBegun = true
            body.on("error", () => {})
            try {
              return await use({ status: statusCode, headers }, body)
            } finally {
              // What comes slower than this is not worth the connection.
              const enough = AbortSignal.any([signal, AbortSignal.timeout(thrownAwayFor)])
              await body.dump({ limit: 64 * 1024, signal: enough }).catch(() => {})
            }
          } finally {
            leave()
          }
        },
        catch: (error) => explained(at, sending.method, error, hasBegun)
      })
      return HttpClient.tracedRequest({ method: sending.method, origin, path: sending.path }, exchanged)
    })

  const send: DavClient["send"] = (at, sending, allowed = []) =>
    exchange(at, sending, (answer) => {
      if (answer.status < 300 || allowed.includes(answer.status)) return answer
      throw fail(sending.method, at, reasonOf(sending.method, answer))
    })

  const multistatus = (at: string, sending: Sending, most: Most) =>
    exchange(at, sending, (answer, body) => {
      if (answer.status !== 207) throw fail(sending.method, at, reasonOf(sending.method, answer))
      return readRows(body, most)
    })

  const xml = { "content-type": 'application/xml; charset="utf-8"' }
  return {
    origin,
    fail,
    exchange,
    send,
    find: (at, path, depth, names) =>
      multistatus(
        at,
        { method: "PROPFIND", path, headers: { depth: `${depth}`, ...xml }, body: propfind(names) },
        depth === 0 ? mostOfOne : mostOfListing
      ),
    patch: (at, path, values) =>
      Effect.map(
        multistatus(at, { method: "PROPPATCH", path, headers: xml, body: proppatch(values) }, mostOfOne),
        (rows) => rows.every(({ refused, status }) => refused.size === 0 && (status ?? 200) < 300)
      ),
    open: (at, path, headers) =>
      Effect.gen(function* () {
        const method = "GET"
        const body = new ResponseBody(origin, (answer) => fail(method, at, reasonOf(method, answer)))
        yield* Effect.addFinalizer(() => Effect.sync(() => body.close()))
        const own = authorization === undefined ? {} : { authorization }
        const request: HttpRequest = {
          method,
          origin,
          path,
          headers: Object.entries({ "user-agent": userAgent, ...own, ...headers }).flat()
        }
        const startedAt = performance.now()
        const broke = (failure: StorageError | ConnectionFailure): StorageError =>
          failure instanceof ConnectionFailure ? fail(method, at, reasonOfFailure(failure.error)) : failure
        const log = (outcome: string) =>
          onRequest?.(`${method} ${path} ${outcome} ${Math.round(performance.now() - startedAt)} ms`)
        const opened = HttpClient.tracedRequest(
          request,
          body.opened((handler) => http.download(request, handler))
        )
        const answer = yield* Effect.mapBoth(opened, {
          onSuccess: (head): Answer => {
            log(`${head.status}`)
            return head
          },
          onFailure: (failure) => {
            const error = broke(failure)
            log(`failed ${error.reason.message}`)
            return error
          }
        })
        return {
          answer,
          pieces: Effect.mapError(body.pull, (failure) =>
            failure instanceof ConnectionFailure ? broke(failure) : failure
          )
        }
      })
  }
}
