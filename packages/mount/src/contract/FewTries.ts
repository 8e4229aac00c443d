/** Asking the storage where somebody waits for a mount. */
import { MostPauses } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"

/** Some fifteen seconds of them. */
const mostPauses = 5

/**
 * Fails soon where the storage is away, so that whoever waits is told, and whoever has time begins anew: the pauses of a
 * call that tries on become so long that it would not see for a minute that the storage is back.
 */
export const fewTries = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(work, MostPauses, mostPauses)
