/** Whether two files hold the same bytes, by digests that are known or cheap to know. */
import * as Effect from "effect/Effect"
import type { ChecksumAlgorithm, File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import type { StorageError } from "../contract/StorageError.ts"

export interface Held {
  readonly provider: Provider
  readonly file: File
}

const algorithms: ReadonlyArray<ChecksumAlgorithm> = ["sha1", "sha256", "md5"]

const mayKnow = ({ file, provider }: Held, algorithm: ChecksumAlgorithm): boolean =>
  file.checksums[algorithm] !== undefined || provider.digest !== undefined

const digestOf = ({ file, provider }: Held, algorithm: ChecksumAlgorithm): Effect.Effect<string, StorageError> => {
  const known = file.checksums[algorithm]
  if (known !== undefined || provider.digest === undefined) return Effect.succeed(known ?? "")
  return Effect.map(provider.digest(file)(Math.max(1, file.size), algorithm), ({ whole }) => whole)
}

/** The algorithm that costs least: known on both sides, on one, or on none. */
const common = (left: Held, right: Held): ChecksumAlgorithm | undefined => {
  const known = (algorithm: ChecksumAlgorithm) =>
    Number(left.file.checksums[algorithm] !== undefined) + Number(right.file.checksums[algorithm] !== undefined)
  const possible = algorithms.filter((algorithm) => mayKnow(left, algorithm) && mayKnow(right, algorithm))
  return possible.sort((first, second) => known(second) - known(first))[0]
}

/** With the digests that `stat` knows and the listing left out, as it did the time. */
const looked = (held: Held): Effect.Effect<Held, StorageError> => {
  const { file, provider } = held
  if (file.modifiedAt !== undefined) return Effect.succeed(held)
  return Effect.map(provider.stat(file.path), ({ checksums, modifiedAt }) => ({
    provider,
    file: { ...file, modifiedAt, checksums: { ...checksums, ...file.checksums } }
  }))
}

const compared = (left: Held, right: Held, algorithm: ChecksumAlgorithm): Effect.Effect<boolean, StorageError> => {
  const digests = Effect.all([digestOf(left, algorithm), digestOf(right, algorithm)], { concurrency: 2 })
  return Effect.map(digests, ([ours, theirs]) => ours === theirs)
}

/**
 * `undefined` when no digest of one kind is to be had on both sides. Asks for a file, where its listing had no room for all
 * that is known, only when the listings leave it open.
 */
export const isSame = (left: Held, right: Held): Effect.Effect<boolean | undefined, StorageError> => {
  const listed = common(left, right)
  if (listed !== undefined) return compared(left, right, listed)
  return Effect.flatMap(
    Effect.all([looked(left), looked(right)], { concurrency: 2 }),
    ([ours, theirs]): Effect.Effect<boolean | undefined, StorageError> => {
      const algorithm = common(ours, theirs)
      return algorithm === undefined ? Effect.succeed(undefined) : compared(ours, theirs, algorithm)
    }
  )
}
