/** Changes the bandwidth of a run while it runs, where its kind takes `bwlimit`. What its request says holds until then. */
import type { Rates } from "@ourclone/core/layers/Bandwidth"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Limits {
  /** Holds from now on, for what waits too; without rates, what the request says holds again. Called again, the last one holds. */
  readonly change: (rates: Rates | undefined) => Effect.Effect<void>
  /** Calls `take` for what was changed already, and with each change until the scope closes. */
  readonly heed: (take: (rates: Rates | undefined) => Effect.Effect<void>) => Effect.Effect<void, never, Scope.Scope>
}

export const make = (): Limits => {
  const listeners = new Set<(rates: Rates | undefined) => Effect.Effect<void>>()
  let changed: Rates | undefined
  return {
    change: (rates) =>
      Effect.suspend(() => {
        changed = rates
        return Effect.forEach([...listeners], (take) => take(rates), { discard: true })
      }),
    heed: (take) =>
      Effect.andThen(
        Effect.acquireRelease(
          Effect.sync(() => listeners.add(take)),
          () => Effect.sync(() => listeners.delete(take))
        ),
        Effect.suspend(() => (changed === undefined ? Effect.void : take(changed)))
      )
  }
}
