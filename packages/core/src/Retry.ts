/** The only retry policy in OurClone. Providers fail once and say whether the failure may pass. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { StorageError } from "./StorageError.ts"

/** Attempts that need no pause, because the provider will try elsewhere: B2 advises five upload URLs before backing off. */
const attemptsAtOnce = 5
/** Pauses of 0.5 s, doubling up to 64 s: about eleven minutes in all, so that a short outage is sat out. */
const pauses = 16
const longestPauseMillis = 64_000
/** Bytes that arrive wrong this often are wrong where they come from. */
const mismatches = 5

interface Attempts {
  readonly atOnce: number
  readonly paused: number
  readonly mismatched: number
}

const none: Attempts = { atOnce: 0, paused: 0, mismatched: 0 }

/** 80–120 % of the pause, and never sooner than the service asked for. */
const pause = (paused: number, error: StorageError) =>
  Effect.flatMap(Random.next, (random) => {
    const backOff = Math.min(500 * 2 ** paused, longestPauseMillis) * (0.8 + 0.4 * random)
    return Effect.sleep(Duration.max(Duration.millis(backOff), error.retryAfter))
  })

const next = (attempts: Attempts, error: StorageError): Attempts | undefined => {
  if (!error.isRetryable) return undefined
  const { reason } = error
  const mismatched = attempts.mismatched + (reason._tag === "ChecksumMismatch" ? 1 : 0)
  if (mismatched >= mismatches || attempts.paused >= pauses) return undefined
  const isAtOnce = reason._tag === "Unavailable" && reason.retryAtOnce === true && attempts.atOnce < attemptsAtOnce
  return isAtOnce
    ? { ...attempts, mismatched, atOnce: attempts.atOnce + 1 }
    : { atOnce: 0, paused: attempts.paused + 1, mismatched }
}

/**
 * Runs `effect` until it succeeds, fails with an error that cannot pass, or has
 * been tried often enough. `onRetry` is called before each further attempt.
 */
export const retrying = <A, R>(
  effect: Effect.Effect<A, StorageError, R>,
  onRetry?: (error: StorageError) => void
): Effect.Effect<A, StorageError, R> => {
  const attempt = (attempts: Attempts): Effect.Effect<A, StorageError, R> =>
    Effect.catch(effect, (error) => {
      const following = next(attempts, error)
      if (following === undefined) return Effect.fail(error)
      onRetry?.(error)
      const again = Effect.suspend(() => attempt(following))
      return following.paused === attempts.paused ? again : Effect.andThen(pause(attempts.paused, error), again)
    })
  return attempt(none)
}
