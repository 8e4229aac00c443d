/** A provider that dies: from a certain change on, nothing works any more, as when the process was killed. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { StorageError, Unauthenticated } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"

export interface MortalProvider extends Provider {
  /** Changes that have been made, the one it died of included when that was made. */
  readonly changes: () => number
  readonly isDead: () => boolean
}

/** Dies at the `nth` change, counted from 1: instead of it, or just after it was made. */
export const make = (provider: Provider, nth: number, when: "before" | "after"): MortalProvider => {
  let changes = 0
  let isDead = false
  const death = (operation: string) =>
    new StorageError({ provider: provider.name, operation, reason: new Unauthenticated({ message: "the end" }) })

  const living = <A>(operation: string, work: Effect.Effect<A, StorageError>): Effect.Effect<A, StorageError> =>
    Effect.suspend(() => (isDead ? Effect.fail(death(operation)) : work))

  const change = <A>(operation: string, work: Effect.Effect<A, StorageError>): Effect.Effect<A, StorageError> =>
    Effect.suspend(() => {
      if (isDead) return Effect.fail(death(operation))
      if (++changes < nth) return work
      isDead = true
      return when === "before" ? Effect.fail(death(operation)) : Effect.andThen(work, Effect.fail(death(operation)))
    })

  return {
    ...provider,
    changes: () => changes,
    isDead: () => isDead,
    stat: (path) => living("stat", provider.stat(path)),
    readAll: (file) => living("readAll", provider.readAll(file)),
    put: (path, source, options) => change("put", provider.put(path, source, options)),
    remove: (path) => change("remove", provider.remove(path))
  }
}
