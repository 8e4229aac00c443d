/** Parts of a run that others may do, on other machines too, while the run waits for them. */
import type { InFlight } from "@ourclone/core/events/RunEvent"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

/** What can be asked for by itself. */
export interface Part {
  /** `JobKind.type`. */
  readonly kind: string
  readonly request: Schema.Json
}

/** What came of parts, as far as they told of it. */
export interface Shared {
  /** Items, and their bytes. */
  readonly files: number
  readonly bytes: number
  readonly stored: number
  readonly storedBytes: number
  readonly copied: number
  readonly touched: number
  readonly retries: number
}

export const nothing: Shared = { files: 0, bytes: 0, stored: 0, storedBytes: 0, copied: 0, touched: 0, retries: 0 }

/** What the parts are at. */
export interface UnderWay {
  readonly current: ReadonlyArray<InFlight>
  readonly more: number
  /** Of all items on their way. */
  readonly bytes: number
}

export interface Sharing {
  /** Whether somebody else is there to do parts, or has begun some for an earlier run of the same. */
  readonly isWanted: Effect.Effect<boolean>
  /**
   * Has all of `parts` done as they come, here and by whoever is free, after those of an earlier run, of which they are told
   * what came. Ends when each has ended, in whatever way: what failed in one is to be done by the run itself. What went
   * well is told as facts of the run. Takes no more of `parts` once one has failed as a whole. `onChange` hears how far
   * all is.
   */
  readonly run: <E>(
    parts: (before: Shared) => Stream.Stream<Part, E>,
    onChange: (shared: Shared, underWay: UnderWay) => void
  ) => Effect.Effect<Shared, E>
}
