/** Bytes in other pieces than they came in. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Stream from "effect/Stream"

/** Pieces of `size` bytes, the last one shorter; the first of `first` bytes where that is given. */
export const rechunk = (
  bytes: Stream.Stream<Uint8Array, StorageError>,
  size: number,
  first = size
): Stream.Stream<Buffer, StorageError> =>
  Stream.suspend(() => {
    let held: Array<Uint8Array> = []
    let length = 0
    let wanted = first
    const cut = (piece: Uint8Array | undefined): Array<Buffer> => {
      if (piece !== undefined && piece.length > 0) {
        held.push(piece)
        length += piece.length
      }
      const ready: Array<Buffer> = []
      if (length >= wanted) {
        let all = Buffer.concat(held)
        while (all.length >= wanted) {
          ready.push(all.subarray(0, wanted))
          all = all.subarray(wanted)
          wanted = size
        }
        held = all.length === 0 ? [] : [all]
        length = all.length
      }
      if (piece === undefined && length > 0) ready.push(Buffer.concat(held))
      return ready
    }
    const ended: Stream.Stream<Uint8Array | undefined> = Stream.succeed(undefined)
    return Stream.flatMap(Stream.concat(bytes, ended), (piece) => Stream.fromArray(cut(piece)))
  })
