/** The only retry policy in OurClone. Providers fail once and say whether the failure may pass. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { StorageError } from "../contract/StorageError.ts"
import { traced } from "../machine/Traced.ts"

/** Attempts that need no pause, because the provider will try elsewhere: B2 advises five upload URLs before backing off. */
const attemptsAtOnce = 5
/** Pauses of 0.5 s, doubling up to 64 s: 11 to 16 minutes in all, so that an outage of ten is sat out by every call. */
const pauses = 19
/** Half a minute in all: before anything has worked, a wrong address is likelier than an outage. */
const pausesAtFirst = 6
const longestPauseMillis = 64_000
/** Bytes that arrive wrong this often are wrong where they come from. */
const mismatches = 5

/** Answers that break off this often break off where they come from. */
const tears = 10
/** So many of them are asked for again without a pause. */
const tearsAtOnce = 3

/** How often something has been tried, and how it went. */
export interface Attempts {
  readonly atOnce: number
  readonly paused: number
  readonly mismatched: number
  readonly torn: number
  readonly made: number
}

/** A call that failed and is made again after a pause. */
export interface Retry {
  readonly error: StorageError
  /** The number of the attempt that failed, counted from 1. */
  readonly attempt: number
  readonly pauseMillis: number
}

/**
 * Told of each retry before its pause, by whatever makes the call, `layers/Retried` included, in the fiber of the run
 * that caused it. A job sets it once around its work and makes `Waiting` facts of long pauses:
 * `Effect.provideService(work, RetryListener, ({ error, pauseMillis }) => …)`. It must not throw and should be quick.
 */
export const RetryListener = Context.Reference<(retry: Retry) => void>("@ourclone/core/layers/RetryListener", {
  defaultValue: () => () => {}
})

/** The most pauses of any call, where less is wanted than usual; 0 tries once. Attempts without a pause count too. */
export const MostRetries = Context.Reference<number>("@ourclone/core/layers/MostRetries", {
  defaultValue: () => Number.POSITIVE_INFINITY
})

/** The most pauses of any call, where somebody waits for it; attempts without a pause count for nothing. */
export const MostPauses = Context.Reference<number>("@ourclone/core/layers/MostPauses", {
  defaultValue: () => Number.POSITIVE_INFINITY
})

/** Errors that were not worth another attempt: whoever retries around a `retrying` does not begin anew. */
const spent = new WeakSet<StorageError>()

export const none: Attempts = { atOnce: 0, paused: 0, mismatched: 0, torn: 0, made: 0 }

/** 80–120 % of the pause, and never sooner than the service asked for. */
const pauseMillis = (paused: number, error: StorageError, random: number): number =>
  Math.max(Math.min(500 * 2 ** paused, longestPauseMillis) * (0.8 + 0.4 * random), Duration.toMillis(error.retryAfter))

/** Told of an error before the next attempt, and of the pause until then. */
export type OnRetry = (error: StorageError, pauseMillis: number) => void

const next = (attempts: Attempts, error: StorageError, most: number): Attempts | undefined => {
  if (!error.isRetryable || spent.has(error)) return undefined
  const { reason } = error
  const mismatched = attempts.mismatched + (reason._tag === "ChecksumMismatch" ? 1 : 0)
  const { isTorn = false, retryAtOnce = false } = reason._tag === "Unavailable" ? reason : {}
  const torn = attempts.torn + (isTorn ? 1 : 0)
  if (mismatched >= mismatches || torn >= tears || attempts.paused >= most) return undefined
  const made = attempts.made + 1
  const isAtOnce = (retryAtOnce && attempts.atOnce < attemptsAtOnce) || (isTorn && torn <= tearsAtOnce)
  return isAtOnce
    ? { ...attempts, mismatched, torn, made, atOnce: attempts.atOnce + 1 }
    : { atOnce: 0, paused: attempts.paused + 1, mismatched, torn, made }
}

/** Waits as long as it takes before the next attempt, and counts it. Fails with `error` where there is to be none. */
export const again = Effect.fnUntraced(function* (
  attempts: Attempts,
  error: StorageError,
  most = pauses
): Effect.fn.Return<Attempts, StorageError> {
  const allowed = yield* MostRetries
  const longest = Math.min(most, yield* MostPauses)
  const following = attempts.made < allowed ? next(attempts, error, longest) : undefined
  if (following === undefined) {
    spent.add(error)
    return yield* error
  }
  const isAtOnce = following.paused === attempts.paused
  const millis = isAtOnce ? 0 : pauseMillis(attempts.paused, error, yield* Random.next)
  const listener = yield* RetryListener
  listener({ error, attempt: following.made, pauseMillis: millis })
  const pause = isAtOnce ? Effect.void : Effect.sleep(millis)
  yield* traced(pause, "retry", () => ({ attempt: following.made, pauseMillis: millis, code: error.reason._tag }))
  return following
})

const within = <A, R>(
  effect: Effect.Effect<A, StorageError, R>,
  most: number,
  onRetry?: OnRetry
): Effect.Effect<A, StorageError, R> => {
  const attempt = (attempts: Attempts): Effect.Effect<A, StorageError, R> =>
    Effect.catch(effect, (error) => Effect.flatMap(again(attempts, error, most), attempt))
  if (onRetry === undefined) return attempt(none)
  return Effect.provideService(attempt(none), RetryListener, ({ error, pauseMillis }) => onRetry(error, pauseMillis))
}

/**
 * Runs `effect` until it succeeds, fails with an error that cannot pass, or has
 * been tried often enough. `onRetry` is called before each further attempt, also
 * those that a provider with `Retried` makes inside, instead of `RetryListener`. An
 * error that a `retrying` inside has given up on is not tried again.
 */
export const retrying = <A, R>(
  effect: Effect.Effect<A, StorageError, R>,
  onRetry?: OnRetry
): Effect.Effect<A, StorageError, R> => within(effect, pauses, onRetry)

/** `retrying` for the first call to a service: gives up after half a minute. */
export const retryingAtFirst = <A, R>(
  effect: Effect.Effect<A, StorageError, R>,
  onRetry?: OnRetry
): Effect.Effect<A, StorageError, R> => within(effect, pausesAtFirst, onRetry)

/** `retrying` for joining parts: a whole with other bytes than were sent stays so, however often it is asked for. */
export const retryingFinish = <A, R>(effect: Effect.Effect<A, StorageError, R>): Effect.Effect<A, StorageError, R> => {
  const attempt = Effect.matchEffect(effect, {
    onFailure: (error) =>
      error.reason._tag === "ChecksumMismatch" ? Effect.succeed(Effect.fail(error)) : Effect.fail(error),
    onSuccess: (stored) => Effect.succeed(Effect.succeed(stored))
  })
  return Effect.flatten(retrying(attempt))
}
