/** The body of an answer, held against what was asked for: how many bytes come, which ones, and that they come at all. */
import { createHash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { ByteRange } from "../contract/ByteSource.ts"
import type { ChecksumAlgorithm, File } from "../contract/Entry.ts"
import {
  InvalidRequest,
  type Reason,
  type StorageError,
  Unavailable,
  UnexpectedResponse
} from "../contract/StorageError.ts"
import * as Pace from "../machine/Pace.ts"

export interface Expected {
  /** Bytes that are to come. */
  readonly size: number
  /** Why so many, which are more or in the end fewer, are not what was asked for. */
  readonly wrongSize: (arrived: number) => Reason
  /** The digest that tells whether they are the right ones, and why another is wrong. */
  readonly digest?:
    | { readonly algorithm: ChecksumAlgorithm; readonly wrong: (actual: string) => Reason | undefined }
    | undefined
  readonly fail: (reason: Reason) => StorageError
}

type Pieces = ReadonlyArray<Uint8Array>

/**
 * Passes on what `pull` gives, and fails as soon as more comes than was asked for, or with `Unavailable` where it comes too
 * slowly; after the last piece, where fewer came or their digest is another. For one reading.
 */
export const held = <P extends Pieces>(
  pull: Pull.Pull<P, StorageError>,
  { digest, fail, size, wrongSize }: Expected
): Pull.Pull<P, StorageError> => {
  const hash = digest && createHash(digest.algorithm)
  const pace = new Pace.Pace()
  let arrived = 0
  const check = (pieces: P, waited: number): Pull.Pull<P, StorageError> => {
    const before = arrived
    for (const piece of pieces) {
      arrived += piece.length
      hash?.update(piece)
    }
    if (arrived > size) return Effect.fail(fail(wrongSize(arrived)))
    return pace.isTooSlow(arrived - before, waited)
      ? Effect.fail(fail(new Unavailable({ message: Pace.message })))
      : Effect.succeed(pieces)
  }
  const passing = Clock.clockWith((clock) => {
    const asked = clock.currentTimeMillisUnsafe()
    return Effect.flatMap(pull, (pieces) => check(pieces, clock.currentTimeMillisUnsafe() - asked))
  })
  return Effect.catch(passing, (failure): Pull.Pull<never, StorageError> => {
    if (failure._tag === "StorageError") return Effect.fail(failure)
    const wrong = arrived === size ? hash && digest?.wrong(hash.digest("hex")) : wrongSize(arrived)
    return Effect.fail(wrong === undefined ? failure : fail(wrong))
  })
}

/** `held`, of a stream. */
export const holding = (
  pieces: Stream.Stream<Uint8Array, StorageError>,
  expected: Expected
): Stream.Stream<Uint8Array, StorageError> =>
  Stream.transformPull(pieces, (pull) => Effect.sync(() => held(pull, expected)))

/**
 * `work`, failing with `Unavailable` as `held` does where what it waits for may never be answered. `arrived` says how many
 * bytes have come so far.
 */
export const whileComing = <A, R>(
  work: Effect.Effect<A, StorageError, R>,
  arrived: () => number,
  fail: Expected["fail"]
): Effect.Effect<A, StorageError, R> => {
  const watch = (before: number): Effect.Effect<never, StorageError> =>
    Effect.flatMap(Effect.sleep(Pace.mostWaiting), () => {
      const now = arrived()
      return now - before < Pace.least ? Effect.fail(fail(new Unavailable({ message: Pace.message }))) : watch(now)
    })
  return Effect.raceFirst(
    work,
    Effect.suspend(() => watch(arrived()))
  )
}

/** For `Expected.wrongSize`, of bytes that can not have been replaced by another file's. */
export const wrongCount =
  (expected: number) =>
  (arrived: number): Reason =>
    arrived > expected
      ? new UnexpectedResponse({ message: `more arrives than the ${expected} bytes that were asked for` })
      : new Unavailable({ message: `${arrived} of ${expected} bytes arrived` })

/** Why `range` can not be read of `file`. */
export const refusal = (file: File, { length, offset }: ByteRange): Reason | undefined =>
  offset >= 0 && length >= 0 && offset + length <= file.size
    ? undefined
    : new InvalidRequest({
        message: `bytes ${offset} to ${offset + length} lie outside the file of ${file.size} bytes`
      })

/** For the header `Range`. */
export const rangeHeader = ({ length, offset }: ByteRange): string => `bytes=${offset}-${offset + length - 1}`

/** What the header `Content-Range` says: whether exactly `range` comes, and of how large a file, where that is told. */
export const saysRange = (header: string | undefined, { length, offset }: ByteRange) => {
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? "") ?? []
  return {
    isRight: Number(first) === offset && Number(last) === offset + length - 1,
    total: total === undefined || total === "*" ? undefined : Number(total)
  }
}
