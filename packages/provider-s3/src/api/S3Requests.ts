/**
 * Requests that are made for every file, signed here and sent over the connections of `@ourclone/http`: the library takes
 * some five times the CPU. Endpoints, keys and the clock are still its own.
 */
import type { S3Client } from "@aws-sdk/client-s3"
import { isStorageError, type Reason, type StorageError } from "@ourclone/core/contract/StorageError"
import * as ConnectionReason from "@ourclone/http/ConnectionReason"
import type { HttpClient } from "@ourclone/http/HttpClient"
import { tracedRequest } from "@ourclone/http/HttpClient"
import { ConnectionFailure, type Headers, type HttpReply, type HttpRequest, header } from "@ourclone/http/HttpMessage"
import { ResponseBody } from "@ourclone/http/ResponseBody"
import * as Effect from "effect/Effect"
import { framedPayload } from "./FramedBody.ts"
import { addresses, hostOf } from "./S3Address.ts"
import * as S3Errors from "./S3Errors.ts"
import * as Signature from "./Signature.ts"

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT"
  readonly bucket: string
  /** `undefined` for what is about the bucket, whose answer is a document. */
  readonly key?: string | undefined
  readonly query?: Readonly<Record<string, string>>
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What is read while it is sent is made anew for each attempt, and `content-length` names its length. */
  readonly body?: Uint8Array | (() => AsyncIterable<Uint8Array>)
  /** The most bytes of a good answer; what small documents have unless given. */
  readonly most?: number
}

/** Why there is no good answer: one that says no, or what went wrong on the way. */
export interface Refused {
  readonly failure: S3Errors.S3Failure
  /** Where no service has said anything: what that means. */
  readonly reason?: Reason | undefined
  /** What the body failed with. */
  readonly error?: StorageError | undefined
}

export interface S3Requests {
  /** The whole answer. Interruption closes the connection. */
  readonly exchange: (request: S3Request) => Effect.Effect<HttpReply, Refused>
  /** The head of an answer whose body is read in pieces of up to 1 MiB; who is done with it closes it. */
  readonly open: (request: S3Request) => Effect.Effect<OpenedAnswer, Refused>
}

export interface OpenedAnswer {
  readonly headers: Headers
  readonly body: ResponseBody<S3Errors.S3Failure>
}

/** A clock that is off by less is right, in milliseconds. */
const fineClock = 300_000

const ofConnection = (failure: ConnectionFailure): Refused => {
  const { error } = failure
  return isStorageError(error)
    ? { failure: S3Errors.failureOf(error), error: error as StorageError }
    : { failure: S3Errors.failureOf(error), reason: ConnectionReason.reasonOf(failure) }
}

export const refusedOf = (failure: S3Errors.S3Failure | ConnectionFailure): Refused =>
  failure instanceof ConnectionFailure ? ofConnection(failure) : { failure }

/** A document that says no, although its status does not. */
const isError = (body: Buffer): boolean =>
  /^[\s\uFEFF]*(?:<\?[^>]*\?>\s*)?<Error[\s>]/.test(body.toString("utf8", 0, 300))

/** What may not be in a header: it would be two, or other bytes than are signed. */
const forbidden = /[^\t\u0020-\u007e\u0080-\u00ff]/

const assertHeaders = (headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) {
    if (forbidden.test(value)) {
      const message = `the header ${name} can not hold what it is to hold`
      throw Object.assign(new TypeError(message), { code: "ERR_INVALID_CHAR" })
    }
  }
}

export const make = (client: S3Client, http: HttpClient, userAgent: string): S3Requests => {
  const addressOf = addresses(client)
  const scopeOf = Signature.scopes()

  const build = async (request: S3Request): Promise<HttpRequest> => {
    const { body, bucket, headers, key = "", method, most, query = {} } = request
    assertHeaders(headers)
    const address = await addressOf(bucket, await client.config.region())
    const keys = await client.config.credentials()
    const host = hostOf(address)
    const path = address.path + Signature.encodedKey(key)
    const text = Signature.queryOf(query)
    const isStream = typeof body === "function"
    const unsigned = "x-amz-trailer" in headers ? framedPayload : Signature.unsignedPayload
    const payload = isStream ? unsigned : Signature.payloadOf(body)
    const now = Date.now() + client.config.systemClockOffset
    const signing = { ...keys, region: address.region, service: address.service, now }
    const all =
      keys.accessKeyId === ""
        ? headers
        : Signature.signed({ method, host, path, query: text, headers, payload }, signing, scopeOf(signing))
    return {
      method,
      origin: `${address.protocol}//${host}`,
      path: text === "" ? path : `${path}?${text}`,
      headers: [...Object.entries(all).flat(), "user-agent", userAgent],
      body: isStream ? body() : body,
      most
    }
  }

  const built = (request: S3Request): Effect.Effect<HttpRequest, Refused> =>
    Effect.tryPromise({ try: () => build(request), catch: (error) => ({ failure: S3Errors.failureOf(error) }) })

  /** As the library does it with the answers to its own requests: whether the clock was off, and is right from now on. */
  const setClock = (headers: Headers): boolean => {
    const ahead = Date.parse(header(headers, "date") ?? "") - Date.now()
    const isOff = Math.abs(ahead - client.config.systemClockOffset) >= fineClock
    if (isOff) client.config.systemClockOffset = ahead
    return isOff
  }

  const refusalOf = (reply: HttpReply): S3Errors.S3Failure => {
    const failure = S3Errors.failureOfReply(reply)
    // The answer to a HEAD has no word for it.
    return setClock(reply.headers) && S3Errors.isBareDenial(failure) ? { ...failure, code: S3Errors.offClock } : failure
  }

  return {
    exchange: (request) =>
      Effect.flatMap(built(request), (built) =>
        Effect.mapError(
          http.exchange(built, (reply): Effect.Effect<HttpReply, S3Errors.S3Failure> => {
            if (reply.status < 200 || reply.status > 299) return Effect.fail(refusalOf(reply))
            if (request.key !== undefined || !isError(reply.body)) return Effect.succeed(reply)
            return Effect.fail(S3Errors.failureOfReply({ ...reply, status: 503 }))
          }),
          refusedOf
        )
      ),
    open: (request) =>
      Effect.flatMap(built(request), (built) => {
        const body = new ResponseBody(built.origin, refusalOf)
        return tracedRequest(
          built,
          body.opened((handler) => http.download(built, handler))
        ).pipe(
          Effect.map(({ headers }) => ({ headers, body })),
          Effect.mapError(refusedOf)
        )
      })
  }
}
