/** A provider whose bytes go no faster than limits allow, which may change while it runs. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ByteSource } from "../contract/ByteSource.ts"
import type { Provider } from "../contract/Provider.ts"
import type { Bandwidth } from "./Bandwidth.ts"

export interface Directions {
  readonly up: Bandwidth
  readonly down: Bandwidth
}

const slowed = (source: ByteSource, up: Bandwidth): ByteSource => ({
  ...source,
  bytes: Effect.tap(source.bytes, (bytes) => up.take(bytes.length)),
  read: (range) => Stream.tap(source.read(range), (piece) => up.take(piece.length))
})

/**
 * Bytes sent count as up and bytes read as down; what a copy inside the service moves counts nowhere. What begins while
 * there is no limit ends without one, so that none costs nothing.
 */
export const throttled = (provider: Provider, { down, up }: Directions): Provider => {
  const { largeFile, putIfAbsent, putIfSame } = provider
  const sent = (source: ByteSource): ByteSource => (up.isLimited() ? slowed(source, up) : source)
  return {
    ...provider,
    read: (file, range) =>
      Stream.suspend(() => {
        const read = provider.read(file, range)
        return down.isLimited() ? Stream.tap(read, (piece) => down.take(piece.length)) : read
      }),
    readAll: (file) => {
      const read = provider.readAll(file)
      return down.isLimited() ? Effect.tap(read, (bytes) => down.take(bytes.length)) : read
    },
    put: (path, source, options) => provider.put(path, sent(source), options),
    putIfAbsent: putIfAbsent && ((path, source, options) => putIfAbsent(path, sent(source), options)),
    putIfSame: putIfSame && ((file, source, options) => putIfSame(file, sent(source), options)),
    largeFile: largeFile && {
      ...largeFile,
      uploadPart: (file, number, source, options) => largeFile.uploadPart(file, number, sent(source), options)
    }
  }
}
