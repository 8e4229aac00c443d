/**
 * The one authorisation that all requests share.
 *
 * A token lives for 24 hours at most and B2 may end it sooner. Whoever finds it
 * refused renews it for all: renewals never run twice at a time, and a fiber
 * that comes late is given what the others fetched.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { ConnectionFailure } from "@ourclone/http/HttpMessage"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { KeyScope } from "./B2Errors.ts"
import type { B2Refusal } from "./B2Refusal.ts"

export interface Authorization {
  readonly accountId: string
  readonly token: Redacted.Redacted
  readonly apiUrl: string
  readonly downloadUrl: string
  /** Of the S3-compatible side; absent where the server has none. */
  readonly s3ApiUrl?: string | undefined
  readonly recommendedPartSize: number
  readonly absoluteMinimumPartSize: number
  readonly key: KeyScope
  /** `Provider.clockAheadMillis` */
  readonly clockAheadMillis?: number | undefined
  /** `/b2api/v4/`; what the path of every call begins with. */
  readonly apiPath: string
}

export type Failure = B2Refusal | ConnectionFailure | StorageError

export interface B2Authorization {
  readonly current: () => Authorization
  /** Runs `request` with the shared authorisation; when B2 refuses the token, renews it and runs `request` once more. */
  readonly use: <A>(request: (authorization: Authorization) => Effect.Effect<A, Failure>) => Effect.Effect<A, Failure>
}

/** An hour less than B2 allows. */
const lifetime = 23 * 3_600_000

/** Authorises. `now` gives milliseconds since 1970. */
export const make = (
  authorize: Effect.Effect<Authorization, StorageError>,
  now: () => number = Date.now
): Effect.Effect<B2Authorization, StorageError> =>
  Effect.map(authorize, (first) => {
    let current = first
    let since = now()
    let renewing: Deferred.Deferred<Authorization, StorageError> | undefined

    const renew = (refused: Authorization): Effect.Effect<Authorization, StorageError> =>
      Effect.suspend(() => {
        if (current !== refused) return Effect.succeed(current)
        if (renewing !== undefined) return Deferred.await(renewing)
        const result = Deferred.makeUnsafe<Authorization, StorageError>()
        renewing = result
        const work = authorize.pipe(
          Effect.tap((authorization) =>
            Effect.sync(() => {
              current = authorization
              since = now()
            })
          ),
          Effect.onExit((exit) => {
            renewing = undefined
            return Deferred.done(result, exit)
          })
        )
        // Detached: others wait for it, even if the fiber that began it is interrupted.
        return Effect.andThen(Effect.forkDetach(work), Deferred.await(result))
      })

    return {
      current: () => current,
      use: (request) =>
        Effect.suspend(() => {
          const authorization = current
          if (now() - since > lifetime) return Effect.flatMap(renew(authorization), request)
          return Effect.catch(request(authorization), (failure) =>
            failure._tag === "B2Refusal" && failure.isTokenRefused
              ? Effect.flatMap(renew(authorization), request)
              : Effect.fail(failure)
          )
        })
    }
  })
