/**
 * Calls of S3, by one door: each is an effect that fails once, can be interrupted and has limits of time. What is asked for
 * every file goes by requests of our own, the rest through the library of AWS.
 */
import type { S3Client } from "@aws-sdk/client-s3"
import { type Reason, StorageError } from "@ourclone/core/contract/StorageError"
import { inTurn } from "@ourclone/core/layers/RunPace"
import { ConnectionFailure, type Headers, type HttpReply } from "@ourclone/http/HttpMessage"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as S3Errors from "./S3Errors.ts"
import { type OpenedAnswer, type Refused, refusedOf, type S3Request, type S3Requests } from "./S3Requests.ts"

/** What each call of the library is given. */
export interface SendOptions {
  readonly abortSignal: AbortSignal
}

export type Send<A> = (client: S3Client, options: SendOptions) => Promise<A>

export interface CallOf {
  readonly operation: string
  readonly bucket: string
  /** As people know it; `undefined` when the call is about the bucket or the account. */
  readonly path?: string | undefined
}

/** A call that failed, before it is an error of the contract. */
export interface Failed {
  readonly error: StorageError
  readonly failure: S3Errors.S3Failure
}

export interface OpenedReply {
  readonly headers: Headers
  readonly pieces: Pull.Pull<readonly [Uint8Array, ...Array<Uint8Array>], StorageError>
}

export interface S3Calls {
  /** Fails with what `reasonOf` makes of it. */
  readonly call: <A>(of: CallOf, send: Send<A>) => Effect.Effect<A, StorageError>
  /** The same, for those who look at what the service said first. */
  readonly attempt: <A>(of: CallOf, send: Send<A>) => Effect.Effect<A, Failed>
  /** The whole answer to a request of our own; fails as `call` does. */
  readonly exchange: (of: CallOf, request: S3Request) => Effect.Effect<HttpReply, StorageError>
  /** The head of one, and its body in pieces until the scope closes. */
  readonly open: (of: CallOf, request: S3Request) => Effect.Effect<OpenedReply, StorageError, Scope.Scope>
  readonly fail: (operation: string, path: string | undefined, reason: Reason) => StorageError
  readonly server: () => string
}

/** The client, what sends requests beside it, and the region that it signs for, which a service may correct. */
export interface Connected {
  readonly client: S3Client
  readonly requests: S3Requests
  readonly setRegion: (region: string) => boolean
  readonly onRequest: ((line: string) => void) | undefined
  /** What the server calls itself, as far as it was heard. */
  readonly server: () => string
}

export const make = (provider: string, { client, onRequest, requests, server, setRegion }: Connected): S3Calls => {
  const fail: S3Calls["fail"] = (operation, path, reason) =>
    new StorageError({ provider, operation, ...(path === undefined ? {} : { path }), reason })

  const log = (of: CallOf, startedAt: number, outcome: string) => {
    const place = of.path === undefined ? of.bucket : `${of.bucket}/${of.path}`
    onRequest?.(`${of.operation} ${place} ${outcome} ${Math.round(performance.now() - startedAt)} ms`)
  }

  const explained = (of: CallOf, { error, failure, reason }: Refused): Failed => {
    if (error !== undefined) return { error, failure }
    const isOfBucket = of.path === undefined || of.path === ""
    const said = reason ?? S3Errors.reasonOf(failure, { operation: of.operation, bucket: of.bucket, isOfBucket })
    return { error: fail(of.operation, of.path, said), failure }
  }

  /** `work` once, or twice where the service says that the bucket is in another region. */
  const once = <A>(of: CallOf, work: Effect.Effect<A, Refused>): Effect.Effect<A, Failed> => {
    const attempt = Effect.suspend(() => {
      const startedAt = onRequest === undefined ? 0 : performance.now()
      return Effect.mapBoth(work, {
        onSuccess: (answer) => {
          log(of, startedAt, "ok")
          return answer
        },
        onFailure: (refused) => {
          const { code, status } = refused.failure
          log(of, startedAt, `${status ?? ""} ${code}`.trim())
          return explained(of, refused)
        }
      })
    })
    return Effect.catch(attempt, (failed) => {
      const region = S3Errors.otherRegion(failed.failure)
      return region !== undefined && setRegion(region) ? attempt : Effect.fail(failed)
    })
  }

  const attempt: S3Calls["attempt"] = (of, send) =>
    once(
      of,
      inTurn(
        Effect.tryPromise({
          try: (abortSignal) => send(client, { abortSignal }),
          catch: (thrown): Refused => ({ failure: S3Errors.failureOf(thrown) })
        }),
        () => ({ ...of })
      )
    )

  const errorOf = ({ error }: Failed): StorageError => error

  return {
    attempt,
    fail,
    server,
    call: (of, send) => Effect.mapError(attempt(of, send), errorOf),
    exchange: (of, request) => Effect.mapError(once(of, requests.exchange(request)), errorOf),
    open: (of, request) => {
      const opened = Effect.acquireRelease(
        Effect.mapError(once(of, requests.open(request)), errorOf),
        ({ body }: OpenedAnswer) => Effect.sync(() => body.close()),
        { interruptible: true }
      )
      return Effect.map(
        opened,
        ({ body, headers }): OpenedReply => ({
          headers,
          pieces: Effect.mapError(body.pull, (failure) =>
            failure instanceof ConnectionFailure ? explained(of, refusedOf(failure)).error : failure
          )
        })
      )
    }
  }
}
