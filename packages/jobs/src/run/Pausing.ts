/** A hold on a run: what is on its way is finished, and nothing else is taken up until it is let go. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"

export interface Pausing {
  readonly pause: () => void
  readonly resume: () => void
  readonly isHeld: () => boolean
  /** Waits while the run is held up. */
  readonly open: Effect.Effect<void>
  /** Calls `take` where the run is held up already, and with each change until the scope closes. */
  readonly heed: (take: (isHeld: boolean) => void) => Effect.Effect<void, never, Scope.Scope>
}

export const make = (): Pausing => {
  const latch = Latch.makeUnsafe(true)
  const listeners = new Set<(isHeld: boolean) => void>()
  let isHeld = false
  const hold = (isWanted: boolean): void => {
    if (isHeld === isWanted) return
    isHeld = isWanted
    if (isHeld) latch.closeUnsafe()
    else latch.openUnsafe()
    for (const take of listeners) take(isHeld)
  }
  return {
    pause: () => hold(true),
    resume: () => hold(false),
    isHeld: () => isHeld,
    open: latch.await,
    heed: (take) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => {
            listeners.add(take)
            if (isHeld) take(true)
          }),
          () => Effect.sync(() => listeners.delete(take))
        )
      )
  }
}
