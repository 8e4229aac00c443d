/** What the storage is asked for while a program waits at a mount. */
import type { RepositoryError } from "@ourclone/backup/repository/RepositoryError"
import { isStorageError, type StorageError } from "@ourclone/core/contract/StorageError"
import { MostPauses } from "@ourclone/core/layers/Retry"
import { Refused } from "@ourclone/mount/contract/Refusal"
import { ofStorageError } from "@ourclone/mount/contract/StorageRefusal"
import { usualDeadline } from "@ourclone/mount/contract/Waiting"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

export interface Asking {
  /** Of the run that mounts: what is asked of the storage belongs to it. */
  readonly context: Context.Context<never>
  /** For the log: why somebody was refused. */
  readonly note: (code: string, message: string) => void
}

/** Few at a time, so that a storage that is back is noticed soon. */
const pausesAtATime = 1
const pauseMillis = 1_000

const isAway = (error: StorageError | RepositoryError): boolean =>
  isStorageError(error) && ofStorageError(error).refusal === "TimedOut"

/**
 * Asks again while the storage is away, until the deadline is over. What only comes slowly is waited for, as there may be
 * much that comes at once.
 */
export const ask = <A>(
  { context, note }: Asking,
  code: string,
  work: Effect.Effect<A, StorageError | RepositoryError>
): Promise<A | Refused> =>
  Effect.runPromiseWith(context)(
    Effect.flatMap(Clock.currentTimeMillis, (begun) =>
      Effect.retry(Effect.provideService(work, MostPauses, pausesAtATime), {
        schedule: Schedule.spaced(pauseMillis),
        while: (error) => Effect.map(Clock.currentTimeMillis, (now) => isAway(error) && now - begun < usualDeadline)
      })
    ).pipe(
      Effect.catch((error) =>
        Effect.sync(() => {
          note(code, error.message)
          return new Refused(isAway(error) ? "TimedOut" : "Failed", error.message)
        })
      )
    )
  )

export const after = ({ context }: Asking, millis: number, work: () => void): Promise<void> =>
  Effect.runPromiseWith(context)(Effect.andThen(Effect.sleep(millis), Effect.sync(work)))
