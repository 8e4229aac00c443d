/** How a call is made and how its failure is named. What the calls are is in `B2Client.ts`. */
import { isStorageError, StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import * as ConnectionReason from "@ourclone/http/ConnectionReason"
import type { HttpClient } from "@ourclone/http/HttpClient"
import { type HttpReply, type HttpRequest, header } from "@ourclone/http/HttpMessage"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as B2Authorization from "./B2Authorization.ts"
import { type KeyScope, reasonOf } from "./B2Errors.ts"
import { type B2Refusal, fromReply } from "./B2Refusal.ts"
import * as B2Replies from "./B2Replies.ts"
import * as ForeignAnswer from "./ForeignAnswer.ts"

export interface B2CallsOptions {
  readonly http: HttpClient
  /** `Provider.name`, for messages. */
  readonly provider: string
  /** `https://api.backblazeb2.com` */
  readonly endpoint: string
  /** What files are fetched from; else what B2 says. */
  readonly downloadUrl?: string | undefined
  readonly keyId: string
  readonly applicationKey: Redacted.Redacted
  readonly userAgent: string
}

type Failure = B2Authorization.Failure

/** Where the usual ones are too tight for a call; see `HttpRequest`. */
export type CallBounds = Pick<HttpRequest, "timeout" | "most">

export interface B2Calls {
  readonly http: HttpClient
  readonly endpoint: string
  readonly provider: string
  readonly userAgent: string
  readonly authorization: B2Authorization.B2Authorization
  /** The same sign-in and connections, with another `Provider.name` in messages; `onBucketGone` is told when B2 knows a bucket's id no more. */
  readonly named: (provider: string, onBucketGone?: () => void) => B2Calls
  /** One call of the API. `decode` may throw: then the answer was not one that B2 documents. */
  readonly call: <A>(
    name: string,
    payload: (authorization: B2Authorization.Authorization) => object,
    decode: (json: unknown) => A,
    bounds?: CallBounds
  ) => Effect.Effect<A, Failure>
  /** Names what went wrong with `path`. `isUpload` when an upload URL was asked; `fields` as in `Circumstances`. */
  readonly explain: (
    name: string,
    path: string | undefined,
    isUpload?: boolean,
    fields?: ReadonlyArray<string>
  ) => (failure: Failure) => StorageError
  /** The decoded body of a good answer; a failure for any other. */
  readonly decoded: <A>(
    reply: HttpReply,
    name: string,
    path: string | undefined,
    decode: (json: unknown) => A
  ) => Effect.Effect<A, B2Refusal | StorageError>
}

const unexpected = (provider: string, operation: string, path: string | undefined, what: string) =>
  new StorageError({
    provider,
    operation,
    ...(path === undefined ? {} : { path }),
    reason: new UnexpectedResponse({
      message: `the answer to ${operation} ${what || "is not one of B2's"}; check that the endpoint is a B2 native API`
    })
  })

const goneBucket = new Set(["bad_bucket_id", "invalid_bucket_id"])

const explainWith =
  (provider: string, key: () => KeyScope, onBucketGone?: () => void) =>
  (operation: string, path: string | undefined, isUpload = false, fields?: ReadonlyArray<string>) =>
  (failure: Failure): StorageError => {
    if (failure._tag === "StorageError") return failure
    if (failure._tag === "ConnectionFailure" && isStorageError(failure.error)) return failure.error
    if (failure._tag === "B2Refusal" && goneBucket.has(failure.code)) onBucketGone?.()
    const reason =
      failure._tag === "ConnectionFailure"
        ? ConnectionReason.reasonOf(failure, isUpload)
        : reasonOf(failure, { call: operation, isUpload, fields, key: key() })
    return new StorageError({ provider, operation, ...(path === undefined ? {} : { path }), reason })
  }

const decodedWith =
  (provider: string): B2Calls["decoded"] =>
  (reply, name, path, decode) => {
    if (reply.status !== 200) return Effect.fail(fromReply(reply))
    try {
      return Effect.succeed(decode(JSON.parse(reply.body.toString())))
    } catch (error) {
      const what = error instanceof B2Replies.UnknownShape ? error.message : ForeignAnswer.describe(reply)
      return Effect.fail(unexpected(provider, name, path, what ?? ""))
    }
  }

/** Whether a token may go to `address`, which came from `endpoint`: never from https to http. */
export const isAsSafe = (endpoint: string, address: string): boolean =>
  URL.canParse(address) &&
  (address.startsWith("https://") || (endpoint.startsWith("http://") && address.startsWith("http://")))

/** A server that does not know version 4 answers with one of these. */
const knowsVersion = (failure: Failure): boolean =>
  failure._tag !== "B2Refusal" ||
  !(failure.status === 404 || (failure.status === 400 && failure.code !== "bad_auth_token"))

const clockAhead = ({ headers }: HttpReply): { readonly clockAheadMillis?: number } => {
  const said = Date.parse(header(headers, "date") ?? "")
  // The service tells whole seconds.
  return Number.isNaN(said) ? {} : { clockAheadMillis: Math.trunc((said - Date.now()) / 1000) * 1000 }
}

const authorizeWith = (options: B2CallsOptions): Effect.Effect<B2Authorization.Authorization, StorageError> => {
  const { applicationKey, endpoint, http, keyId, provider, userAgent } = options
  const name = "b2_authorize_account"
  const unknownKey: KeyScope = { keyId, capabilities: [], namePrefix: "" }
  const explain = explainWith(provider, () => unknownKey)(name, undefined)
  const decoded = decodedWith(provider)

  const authorize = (version: string): Effect.Effect<B2Authorization.Authorization, Failure> =>
    Effect.suspend(() => {
      const apiPath = `/b2api/${version}/`
      const credentials = Buffer.from(`${keyId}:${Redacted.value(applicationKey)}`).toString("base64")
      const request: HttpRequest = {
        method: "GET",
        origin: endpoint,
        path: apiPath + name,
        headers: ["authorization", `Basic ${credentials}`, "user-agent", userAgent]
      }
      return http.exchange(request, (reply) =>
        decoded(reply, name, undefined, (json): B2Authorization.Authorization => {
          const { buckets, capabilities, namePrefix, token, ...rest } = B2Replies.authorized(json)
          if (!isAsSafe(endpoint, rest.apiUrl) || !isAsSafe(endpoint, rest.downloadUrl))
            throw new B2Replies.UnknownShape()
          const key = { keyId, capabilities, buckets, namePrefix }
          const downloadUrl = options.downloadUrl ?? rest.downloadUrl
          return { ...rest, downloadUrl, token: Redacted.make(token), apiPath, key, ...clockAhead(reply) }
        })
      )
    })
  return ["v3", "v2"]
    .reduce(
      (attempt, version) =>
        Effect.catch(attempt, (failure) => (knowsVersion(failure) ? Effect.fail(failure) : authorize(version))),
      authorize("v4")
    )
    .pipe(Effect.mapError(explain))
}

const callsOf =
  (options: B2CallsOptions, authorization: B2Authorization.B2Authorization) =>
  (provider: string, onBucketGone?: () => void): B2Calls => {
    const { endpoint, http, userAgent } = options
    const decoded = decodedWith(provider)
    return {
      http,
      endpoint,
      provider,
      userAgent,
      authorization,
      decoded,
      named: callsOf(options, authorization),
      explain: explainWith(provider, () => authorization.current().key, onBucketGone),
      call: (name, payload, decode, bounds) =>
        authorization.use((current) =>
          http.exchange(
            {
              method: "POST",
              origin: current.apiUrl,
              path: current.apiPath + name,
              headers: [
                "authorization",
                Redacted.value(current.token),
                "user-agent",
                userAgent,
                "content-type",
                "application/json"
              ],
              body: JSON.stringify(payload(current)),
              ...bounds
            },
            (reply) => decoded(reply, name, undefined, decode)
          )
        )
    }
  }

/** Authorises, once. */
export const make = (options: B2CallsOptions): Effect.Effect<B2Calls, StorageError> =>
  Effect.map(B2Authorization.make(authorizeWith(options)), (authorization) =>
    callsOf(options, authorization)(options.provider)
  )
