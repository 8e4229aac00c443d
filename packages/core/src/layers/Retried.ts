/**
 * A provider whose calls are made again while that may help; put around each where it is opened, so that nobody else
 * repeats anything.
 *
 * A listing is begun again only as long as nothing of it has been handed on; a provider that lists in pages asks for
 * one page again itself. Reading goes on where it broke.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { type Around, wrap } from "./ProviderCalls.ts"
import * as Reading from "./Reading.ts"
import { again, MostRetries, none, retrying, retryingFinish } from "./Retry.ts"

const begunAgain = <A>(work: Stream.Stream<A, StorageError>): Stream.Stream<A, StorageError> =>
  Stream.suspend(() => {
    let hasBegun = false
    let attempts = none
    const begin = (): Stream.Stream<A, StorageError> => {
      const noted = Stream.mapArray(work, (entries) => {
        hasBegun = true
        return entries
      })
      return Stream.catch(noted, (error) =>
        hasBegun
          ? Stream.fail(error)
          : Stream.unwrap(
              Effect.map(again(attempts, error), (following) => {
                attempts = following
                return begin()
              })
            )
      )
    }
    return begin()
  })

const repeated: Around["effect"] = (work, { method }) =>
  method === "largeFile.finish" ? retryingFinish(work) : retrying(work)

const usually: Around = { effect: repeated, stream: begunAgain }

/** `most` retries of each call at most; as many as usual without it. */
export const retried = (provider: Provider, most?: number): Provider => {
  const around: Around =
    most === undefined
      ? usually
      : {
          effect: (work, call) => Effect.provideService(repeated(work, call), MostRetries, most),
          stream: (work) => Stream.provideService(begunAgain(work), MostRetries, most)
        }
  const wrapped = wrap(provider, around)
  const read: Provider["read"] = (file, range) => Reading.read(provider, file, range)
  return {
    ...wrapped,
    read: most === undefined ? read : (file, range) => Stream.provideService(read(file, range), MostRetries, most)
  }
}
