/**
 * Storing a file in parts.
 *
 * `start`, then `uploadPart` and `copyPart` in any order and in parallel, then
 * `finish`. An unfinished large file is invisible to `list` and `read`, may be
 * resumed with `unfinished` and `parts`, and takes up storage until `cancel`.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { ByteRange, ByteSource } from "./ByteSource.ts"
import type { ChecksumAlgorithm, Checksums, DatedFile, File } from "./Entry.ts"
import type { PutOptions } from "./Provider.ts"
import { RemotePath } from "./RemotePath.ts"
import type { StorageError } from "./StorageError.ts"

export const Part = Schema.Struct({
  /** Counted from 1. */
  number: Schema.Int,
  size: Schema.Int,
  /** The receipt `finish` hands back: a SHA-1 for B2, an ETag for S3. */
  checksum: Schema.String
})
export type Part = typeof Part.Type

/** What `start` was told is kept with the large file, so that a later run knows whether it may go on with it. */
export const Unfinished = Schema.Struct({
  id: Schema.String,
  path: RemotePath,
  /** Milliseconds since 1970 UTC. */
  startedAt: Schema.Int,
  size: Schema.optionalKey(Schema.Int),
  modifiedAt: Schema.optionalKey(Schema.Int),
  partSize: Schema.optionalKey(Schema.Int),
  sha1: Schema.optionalKey(Schema.String)
})
export type Unfinished = typeof Unfinished.Type

export interface StartOptions extends PutOptions {
  /** Of the finished file, in bytes. */
  readonly size: number
  /** Of every part but the last, in bytes. */
  readonly partSize: number
  /** SHA-1 of the finished file, where it is known. Kept with the file; B2 can not add it later. */
  readonly sha1?: string | undefined
  /**
   * `sha1` is what somebody noted, and nobody has compared with the bytes. It is kept only by a provider that compares it
   * itself, and fails `finish` with `ChecksumMismatch` where they are others: no wrong note is carried on.
   */
  readonly isSha1Noted?: boolean | undefined
}

export interface PartOptions {
  /** Where the part begins in the finished file, in bytes. */
  readonly offset: number
  /** Digests of the part, where they are known; the provider hashes while sending otherwise. */
  readonly checksums?: Checksums | undefined
}

export interface Limits {
  /** Files above this many bytes are better stored in parts. */
  readonly cutoff: number
  /** Smallest part other than the last, in bytes. */
  readonly minPartSize: number
  readonly maxPartSize: number
  readonly maxParts: number
  /** Of the finished file, in bytes, where it is less than that many of the largest parts. */
  readonly maxFileSize?: number
  /** The size the service says is fastest. */
  readonly recommendedPartSize: number
  /** Of which kind a part's checksum is, so that parts can be compared before going on with them; `undefined` when it says nothing of the bytes. */
  readonly partChecksum: ChecksumAlgorithm | undefined
  /** Whether whoever stores a file is to read it beforehand for `StartOptions.sha1`, where parts have checksums of another kind. */
  readonly wantsSha1?: boolean
}

export type FinishOptions = Pick<PutOptions, "durable" | "nanoseconds" | "metadata">

export interface LargeFile {
  readonly limits: Limits
  /** Starting twice gives two large files. */
  readonly start: (path: RemotePath, options: StartOptions) => Effect.Effect<Unfinished, StorageError>
  /** Stores one part. Sending the same number again replaces the part. Fails with `ChecksumMismatch` when other bytes arrived. */
  readonly uploadPart: (
    file: Unfinished,
    number: number,
    source: ByteSource,
    options: PartOptions
  ) => Effect.Effect<Part, StorageError>
  /** Makes a part of bytes that the service already has. `from` lies in the same account. */
  readonly copyPart?: (
    file: Unfinished,
    number: number,
    from: File,
    range: ByteRange
  ) => Effect.Effect<Part, StorageError>
  /**
   * Joins parts `1…n` into the file. Fails with `InvalidRequest` when a number
   * is missing. Finishing twice gives the same file, so a lost answer can be retried.
   * `durable` is that of `PutOptions`; `metadata` is what the upload was started with.
   */
  readonly finish: (
    file: Unfinished,
    parts: ReadonlyArray<Part>,
    options?: FinishOptions
  ) => Effect.Effect<DatedFile, StorageError>
  /** Deletes the parts. Succeeds when the large file is already gone. */
  readonly cancel: (file: Unfinished) => Effect.Effect<void, StorageError>
  /** The unfinished large files at `path` and below it. */
  readonly unfinished: (path: RemotePath) => Stream.Stream<Unfinished, StorageError>
  /** The parts that have arrived, in order of number. */
  readonly parts: (file: Unfinished) => Stream.Stream<Part, StorageError>
}

const mebibyte = 1024 * 1024

/** The most bytes that one file may have. */
export const largestFile = ({ maxFileSize = Number.MAX_SAFE_INTEGER, maxPartSize, maxParts }: Limits): number =>
  Math.min(maxFileSize, maxPartSize * maxParts)

/**
 * The part size for a file of `size` bytes: the recommended one, or the least
 * whole number of MiB that keeps within `maxParts`. `undefined` when the file is larger than `largestFile`.
 */
export const partSize = (size: number, limits: Limits): number | undefined => {
  if (size > largestFile(limits)) return undefined
  const needed = Math.ceil(size / limits.maxParts)
  const least = Math.max(limits.recommendedPartSize, limits.minPartSize)
  if (needed <= least) return least
  const grown = Math.min(Math.ceil(needed / mebibyte) * mebibyte, limits.maxPartSize)
  return grown >= needed ? grown : undefined
}
