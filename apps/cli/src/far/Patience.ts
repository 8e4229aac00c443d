/** A service that stops while somebody follows what it does is waited for: it may only be started again. */
import type { ServiceFailed } from "@ourclone/client/Service"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const patienceMillis = 60_000
const pauseMillis = 500

/** Said once, where a service that did answer does not for now. */
export const waitingForService = "waiting for the service"

export type Patiently = <A>(work: Effect.Effect<A, ServiceFailed>) => Effect.Effect<A, ServiceFailed>

/**
 * Asks again until it is answered, for a minute at most, where what failed may pass. `work` may be done twice.
 * `onWaiting` is called once in all, however often the service goes away.
 */
export const make = (onWaiting: () => void): Patiently => {
  let isTold = false
  return (work) =>
    Effect.gen(function* () {
      const until = (yield* Clock.currentTimeMillis) + patienceMillis
      const attempt: typeof work = Effect.catchTag(work, "ServiceFailed", (error) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          if (!error.failure.isRetryable || now >= until) return yield* error
          if (!isTold) onWaiting()
          isTold = true
          yield* Effect.sleep(pauseMillis)
          return yield* attempt
        })
      )
      return yield* attempt
    })
}
