/** Reading that goes on where a connection broke. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ByteRange } from "../contract/ByteSource.ts"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import { ChecksumMismatch, StorageError, wronglyNoted } from "../contract/StorageError.ts"
import * as Pace from "../machine/Pace.ts"
import { again, none } from "./Retry.ts"

/**
 * `provider.read`, going on at its offset after a failure that may pass; 32 KiB that arrive begin the count of attempts
 * anew, a byte now and then does not. A whole file whose SHA-1 is known is held against it at the end, also when it came in several
 * pieces. Where it is not known, what came after a break is held against nothing but its length.
 */
export const read = (provider: Provider, file: File, range?: ByteRange): Stream.Stream<Uint8Array, StorageError> => {
  if (file.size === 0 || range?.length === 0) return provider.read(file, range)
  return Stream.suspend(() => {
    const expected = range === undefined ? file.checksums.sha1 : undefined
    const hash = expected === undefined ? undefined : createHash("sha1")
    let position = range?.offset ?? 0
    const end = position + (range?.length ?? file.size)
    let attempts = none

    const from = (start: number): Stream.Stream<Uint8Array, StorageError> => {
      const isWhole = range === undefined && start === 0 && expected === undefined
      const rest = isWhole ? provider.read(file) : provider.read(file, { offset: start, length: end - start })
      const counted = Stream.map(rest, (piece) => {
        position += piece.length
        hash?.update(piece)
        return piece
      })
      return Stream.catch(counted, (error) => {
        // What has been handed on can not be taken back.
        if (position > start && error.reason._tag === "ChecksumMismatch") return Stream.fail(error)
        // Nothing is missing any more, and what is told of a whole file's bytes is told below.
        if (position >= end) return error.isRetryable && !isWhole ? Stream.empty : Stream.fail(error)
        const next = again(position - start >= Pace.least ? none : attempts, error)
        return Stream.unwrap(
          Effect.map(next, (following) => {
            attempts = following
            return from(position)
          })
        )
      })
    }

    const verified = Stream.suspend(() => {
      const actual = hash?.digest("hex")
      if (actual === undefined || expected === undefined || actual === expected) return Stream.empty
      const reason =
        file.hasNotedChecksums === true
          ? wronglyNoted(expected, actual)
          : new ChecksumMismatch({ message: "other bytes arrived than are stored", expected, actual })
      return Stream.fail(new StorageError({ provider: provider.name, operation: "read", path: file.path, reason }))
    })
    return hash === undefined ? from(position) : Stream.concat(from(position), verified)
  })
}
