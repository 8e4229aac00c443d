/** Streams made by synchronous work, in slices of a few milliseconds with other work of the thread between them. */
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { attempt, toStorageError } from "./LocalErrors.ts"
import type { Place } from "./LocalPlace.ts"

/** In milliseconds. */
const length = 4
/** Steps between two looks at the clock. */
const stride = 16

/** Answers whether a slice that begins now is over. To be asked at every step. */
export const clock = (): (() => boolean) => {
  const end = performance.now() + length
  let steps = 0
  return () => ++steps % stride === 0 && performance.now() > end
}

const breathe = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

const isNonEmpty = <A>(items: ReadonlyArray<A>): items is NonEmptyReadonlyArray<A> => items.length > 0

/** `start` gives a function that does one slice; it gives `undefined` at the end. Both may throw what `attempt` allows. */
export const stream = <A>(
  place: Place,
  operation: string,
  path: RemotePath,
  start: () => () => ReadonlyArray<A> | undefined
): Stream.Stream<A, StorageError> => {
  type Step = Pull.Pull<NonEmptyReadonlyArray<A>, StorageError>
  const pull = (take: () => ReadonlyArray<A> | undefined): Step => {
    const step: Step = Effect.andThen(
      breathe,
      Effect.suspend((): Step => {
        try {
          const items = take()
          if (items === undefined) return Cause.done()
          return isNonEmpty(items) ? Effect.succeed(items) : step
        } catch (error) {
          return Effect.fail(toStorageError(place, operation, path, error))
        }
      })
    )
    return step
  }
  return Stream.fromPull(Effect.map(attempt(place, operation, path, start), pull))
}
