/** The AWS library, by one door: each call is an effect that fails once, can be interrupted and has limits of time. */
import { Readable } from "node:stream"
import type { S3Client } from "@aws-sdk/client-s3"
import { isStorageError, type Reason, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as S3Errors from "./S3Errors.ts"

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

export interface S3Calls {
  /** Fails with what `reasonOf` makes of it. */
  readonly call: <A>(of: CallOf, send: Send<A>) => Effect.Effect<A, StorageError>
  /** The same, for those who look at what the service said first. */
  readonly attempt: <A>(of: CallOf, send: Send<A>) => Effect.Effect<A, Failed>
  readonly fail: (operation: string, path: string | undefined, reason: Reason) => StorageError
}

/** The client, and the region that it signs for, which a service may correct. */
export interface Connected {
  readonly client: S3Client
  readonly setRegion: (region: string) => boolean
  readonly onRequest: ((line: string) => void) | undefined
}

export const make = (provider: string, { client, onRequest, setRegion }: Connected): S3Calls => {
  const fail: S3Calls["fail"] = (operation, path, reason) =>
    new StorageError({ provider, operation, ...(path === undefined ? {} : { path }), reason })

  const log = (of: CallOf, startedAt: number, outcome: string) => {
    const place = of.path === undefined ? of.bucket : `${of.bucket}/${of.path}`
    onRequest?.(`${of.operation} ${place} ${outcome} ${Math.round(performance.now() - startedAt)} ms`)
  }

  const once = <A>(of: CallOf, send: Send<A>): Effect.Effect<A, Failed> =>
    Effect.suspend(() => {
      const startedAt = performance.now()
      return Effect.tryPromise({
        try: async (abortSignal) => {
          const answer = await send(client, { abortSignal })
          log(of, startedAt, "ok")
          return answer
        },
        catch: (thrown): Failed => {
          const failure = S3Errors.failureOf(thrown)
          log(of, startedAt, `${failure.status ?? ""} ${failure.code}`.trim())
          if (isStorageError(thrown)) return { error: thrown as StorageError, failure }
          const isOfBucket = of.path === undefined || of.path === ""
          const reason = S3Errors.reasonOf(failure, { operation: of.operation, bucket: of.bucket, isOfBucket })
          return { error: fail(of.operation, of.path, reason), failure }
        }
      })
    })

  const attempt: S3Calls["attempt"] = (of, send) =>
    Effect.catch(once(of, send), (failed) => {
      const region = S3Errors.otherRegion(failed.failure)
      return region !== undefined && setRegion(region) ? once(of, send) : Effect.fail(failed)
    })

  return { attempt, fail, call: (of, send) => Effect.mapError(attempt(of, send), ({ error }) => error) }
}

/**
 * Sends a body of `length` bytes that is read while it is sent. The library would wait for ever for bytes that do not
 * come, and end the process when the body fails: `send` is broken off instead, and fails with what was wrong.
 */
export const sendGuarded = async <A>(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  send: (body: Readable, signal: AbortSignal) => Promise<A>
): Promise<A> => {
  const abort = new AbortController()
  const give = () => abort.abort(signal.reason)
  signal.addEventListener("abort", give, { once: true })
  let why: unknown
  const guarded = async function* () {
    try {
      yield* pieces
    } catch (error) {
      why = error
      abort.abort(error)
      throw error
    }
  }
  const body = Readable.from(guarded(), { objectMode: false, highWaterMark: 1024 * 1024 })
  body.on("error", () => {})
  try {
    return await send(body, abort.signal)
  } catch (error) {
    throw why ?? error
  } finally {
    signal.removeEventListener("abort", give)
    body.destroy()
  }
}
