/** A provider with a bad line, by chance and the same in every run: calls fail, answers are lost, bytes turn over, all takes its time. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Random } from "./random.ts"

export interface TurbulenceOptions {
  /** Of a hundred calls, how many fail. */
  readonly percent: number
  /** A call is held up for less than so many milliseconds. */
  readonly delay: number
}

const passing = new Unavailable({ message: "the connection was reset; try again", retryAtOnce: true })

const turn = (bytes: Uint8Array, random: Random): Uint8Array => {
  if (bytes.length === 0) return bytes
  const turned = Uint8Array.from(bytes)
  turned[random.number(bytes.length)]! ^= 1 << random.number(8)
  return turned
}

export const make = (provider: Provider, random: Random, { delay, percent }: TurbulenceOptions): Provider => {
  const failure = (operation: string, path: string) =>
    new StorageError({ provider: provider.name, operation, path, reason: passing })
  const strikes = () => random.number(100) < percent
  const wait = Effect.suspend(() => {
    const pause = random.number(Math.max(1, 2 * delay)) - delay
    return pause > 0 ? Effect.sleep(pause) : Effect.void
  })

  const call = <A>(operation: string, path: string, work: Effect.Effect<A, StorageError>) =>
    Effect.gen(function* () {
      yield* wait
      if (strikes()) return yield* Effect.fail(failure(operation, path))
      const result = yield* work
      yield* wait
      return strikes() ? yield* Effect.fail(failure(operation, path)) : result
    })

  return {
    ...provider,
    list: (directory, options) =>
      Stream.suspend(() =>
        strikes()
          ? Stream.concat(provider.list(directory, options), Stream.fail(failure("list", directory)))
          : provider.list(directory, options)
      ),
    stat: (path) => call("stat", path, provider.stat(path)),
    readAll: (file) =>
      call("readAll", file.path, provider.readAll(file)).pipe(
        Effect.map((bytes) => (random.number(400) < percent ? turn(bytes, random) : bytes))
      ),
    read: (file, range) =>
      Stream.suspend(() => {
        if (strikes())
          return Stream.concat(Stream.take(provider.read(file, range), 1), Stream.fail(failure("read", file.path)))
        const isTurned = random.number(400) < percent
        return Stream.map(provider.read(file, range), (piece) => (isTurned ? turn(piece, random) : piece))
      }),
    put: (path, source, options) => call("put", path, provider.put(path, source, options)),
    remove: (path) => call("remove", path, provider.remove(path))
  }
}
