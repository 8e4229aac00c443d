/** What runs that were cut off have left in a storage, where that are files which listings pass over. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { StorageError } from "./StorageError.ts"

export interface Leftover {
  /** As it is stored. */
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** Milliseconds since 1970 UTC: when something was last done with it. */
  readonly changedAt: number
  /** Whether the run that made it is known to have ended; one of another machine never is. */
  readonly isAbandoned: boolean
  /** Whether a run that stores the same file goes on with it. */
  readonly isResumable: boolean
}

export interface Leftovers {
  /** Those below the root, in no order. What other programs have left is none. */
  readonly list: Stream.Stream<Leftover, StorageError>
  /** Succeeds when it is gone. */
  readonly remove: (leftover: Leftover) => Effect.Effect<void, StorageError>
}
