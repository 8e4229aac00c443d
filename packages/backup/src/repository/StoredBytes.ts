/** The bytes of a stored file, whole or a range of it; nothing is checked. */
import { type ByteRange, smallSize } from "@ourclone/core/contract/ByteSource"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { type OnRetry, retrying } from "@ourclone/core/layers/Retry"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { mostBytesAt } from "../format/RepositoryFile.ts"
import type { KnownFiles } from "./KnownFiles.ts"

/** What is stored is larger than such a file can be, and was not read. */
export class TooLarge extends Data.TaggedError("TooLarge")<{ readonly size: number }> {}

/** Fails with `NotFound`. The bytes are in `room` if it is given and large enough. */
export type ReadPath<E = TooLarge> = (
  path: RemotePath,
  range?: ByteRange,
  room?: Uint8Array
) => Effect.Effect<Uint8Array, StorageError | E>

const inPieces = (
  provider: Provider,
  file: File,
  range: ByteRange | undefined,
  room: Uint8Array | undefined
): Effect.Effect<Uint8Array, StorageError> => {
  const size = range?.length ?? file.size
  const bytes = room !== undefined && room.length >= size ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size)
  let position = 0
  const take = (piece: Uint8Array) => {
    bytes.set(piece, position)
    position += piece.length
    PiecePool.give(piece)
  }
  return Effect.as(
    Stream.runForEach(provider.read(file, range), (piece) => Effect.sync(() => take(piece))),
    bytes
  )
}

export const make = (provider: Provider, known: KnownFiles, onRetry: OnRetry | undefined): ReadPath => {
  const find = (path: RemotePath): Effect.Effect<File, StorageError> => {
    const file = known.get(path)
    return file === undefined
      ? Effect.tap(provider.stat(path), (found) => Effect.sync(() => known.remember(found)))
      : Effect.succeed(file)
  }
  const readOnce = (path: RemotePath, range?: ByteRange, room?: Uint8Array) =>
    Effect.flatMap(find(path), (file): Effect.Effect<Uint8Array | TooLarge, StorageError> => {
      if ((range?.length ?? file.size) > mostBytesAt(path)) return Effect.succeed(new TooLarge(file))
      return range === undefined && file.size <= smallSize
        ? provider.readAll(file)
        : Effect.suspend(() => inPieces(provider, file, range, room))
    })
  /** What is known may be of a file that was stored anew since: looks again, once. */
  return (path, range, room) => {
    const read = retrying(
      Effect.suspend(() => {
        const isKnown = known.get(path) !== undefined
        return Effect.catch(readOnce(path, range, room), (error) => {
          known.forget(path)
          const mayBeOld = error.reason._tag === "NotFound" || error.reason._tag === "SourceChanged"
          return isKnown && mayBeOld ? readOnce(path, range, room) : Effect.fail(error)
        })
      }),
      onRetry
    )
    return Effect.flatMap(read, (found) => (found instanceof TooLarge ? Effect.fail(found) : Effect.succeed(found)))
  }
}
