/** A provider whose bytes go no faster than limits allow, which may change while it runs. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Provider } from "../contract/Provider.ts"
import type { Bandwidth } from "./Bandwidth.ts"
import { wrap } from "./ProviderCalls.ts"

export interface Directions {
  readonly up: Bandwidth
  readonly down: Bandwidth
}

/** Bytes sent count as up and bytes read as down; what a copy inside the service moves counts nowhere. */
export const throttled = (provider: Provider, { down, up }: Directions): Provider => {
  const wrapped = wrap(provider, {
    effect: (work) => work,
    stream: (work) => work,
    source: (source) => ({
      ...source,
      bytes: Effect.tap(source.bytes, (bytes) => up.take(bytes.length)),
      read: (range) => Stream.tap(source.read(range), (piece) => up.take(piece.length))
    })
  })
  return {
    ...wrapped,
    read: (file, range) => Stream.tap(provider.read(file, range), (piece) => down.take(piece.length)),
    readAll: (file) => Effect.tap(provider.readAll(file), (bytes) => down.take(bytes.length))
  }
}
