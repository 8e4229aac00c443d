/** A hold on a run: what is on its way is finished, and nothing else is taken up until it is let go. */
import type * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

export interface Pausing {
  readonly pause: () => void
  readonly resume: () => void
  /** Waits while the run is held up; told at each change. */
  readonly open: Effect.Effect<void>
}

export const make = (): Pausing => {
  const latch = Latch.makeUnsafe(true)
  return {
    pause: () => void latch.closeUnsafe(),
    resume: () => void latch.openUnsafe(),
    open: latch.await
  }
}
