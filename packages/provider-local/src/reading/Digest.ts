/**
 * Digests of a whole file and of each of its parts.
 *
 * Every byte counts twice, once for the whole and once for its part, so a large
 * file keeps two threads busy: one hashes the whole and, on its way, part 1,
 * the other the remaining parts.
 */
import { hash } from "node:crypto"
import type { ByteSource, Digest } from "@ourclone/core/contract/ByteSource"
import type { ChecksumAlgorithm, File } from "@ourclone/core/contract/Entry"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { type HashJob, type HashResult, hashFile, type OnHashed } from "../hashing/HashFile.ts"
import * as HashThreads from "../hashing/HashThreads.ts"
import { attempt, toStorageError } from "../place/LocalErrors.ts"
import * as LocalFiles from "../place/LocalFiles.ts"
import type { Place } from "../place/LocalPlace.ts"
import * as UnsureFile from "./UnsureFile.ts"

/** Up to this many bytes are hashed sooner than a thread starts. */
const atOnceSize = 4 * 1024 * 1024
/** From here on a second thread pays. */
const twoThreadsSize = 64 * 1024 * 1024

const inThread = (
  place: Place,
  file: File,
  job: HashJob,
  onHashed?: OnHashed
): Effect.Effect<HashResult, StorageError> =>
  Effect.mapError(HashThreads.run(job, onHashed), (error) => toStorageError(place, "digest", file.path, error))

/** Of what is shorter than any part, such as the target of a link. */
const ofTarget = (target: Uint8Array, algorithm: ChecksumAlgorithm): Digest => {
  const whole = hash(algorithm, target)
  return { algorithm, whole, parts: [whole] }
}

/** Fails with `SourceChanged` when `file` is not as it was listed. */
export const digest =
  (place: Place, file: File): NonNullable<ByteSource["digest"]> =>
  (partSize, algorithm, onHashed) => {
    const toDigest = ({ parts, whole }: HashResult, rest: ReadonlyArray<string>): Digest => ({
      algorithm,
      whole: whole ?? "",
      parts: partSize === undefined ? [] : [...parts, ...rest]
    })
    return Effect.flatMap(
      attempt(place, "digest", file.path, () => LocalFiles.locate(place, file.path)),
      ({ absolute, isLink }): Effect.Effect<Digest, StorageError> => {
        const job = (wants: HashJob["wants"]): HashJob => ({
          path: absolute,
          size: file.size,
          modifiedAt: file.modifiedAt,
          followsLinks: place.copyLinks,
          partSize: partSize ?? Math.max(1, file.size),
          algorithm,
          wants
        })
        if (isLink)
          return attempt(place, "digest", file.path, () => ofTarget(LocalFiles.linkTarget(absolute, file), algorithm))
        if (file.isSizeUnsure === true) {
          return attempt(place, "digest", file.path, () =>
            ofTarget(UnsureFile.readToEnd(absolute, place.copyLinks), algorithm)
          )
        }
        if (file.size <= atOnceSize) {
          return attempt(place, "digest", file.path, () => toDigest(hashFile(job("all")), []))
        }
        if (partSize === undefined || file.size < twoThreadsSize || file.size <= partSize) {
          return Effect.map(inThread(place, file, job("all"), onHashed), (all) => toDigest(all, []))
        }
        const both = [inThread(place, file, job("whole"), onHashed), inThread(place, file, job("rest"))] as const
        return Effect.map(Effect.all(both, { concurrency: 2 }), ([whole, rest]) => toDigest(whole, rest.parts))
      }
    )
  }
