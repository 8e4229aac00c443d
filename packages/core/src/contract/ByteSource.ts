/** Bytes that can be read again. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ChecksumAlgorithm } from "./Entry.ts"
import type { StorageError } from "./StorageError.ts"

/** Bytes `[offset, offset + length)`. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Lower-case hex digests of the whole and, where they were asked for, of each part, in order. */
export interface Digest {
  readonly algorithm: ChecksumAlgorithm
  readonly whole: string
  readonly parts: ReadonlyArray<string>
}

/** Up to this many bytes a source is read at once rather than streamed. */
export const smallSize = 8 * 1024 * 1024

/**
 * The body of an upload.
 *
 * Every retry reads the source afresh, so `read` and `bytes` must give the same
 * bytes each time. A source that no longer can, because the file behind it
 * changed or vanished, fails with `SourceChanged`. A pipe is not a `ByteSource`
 * until it has been spooled.
 */
export interface ByteSource {
  readonly size: number
  /** SHA-1 of the whole, where it is known without reading. */
  readonly sha1?: string | undefined
  /** `sha1` is what somebody noted beside the bytes, and nobody has compared with them: others are failed with `wronglyNoted`. */
  readonly isSha1Noted?: boolean | undefined
  /** Everything at once, in one buffer of its own. For sources of up to `smallSize` bytes. */
  readonly bytes: Effect.Effect<Uint8Array, StorageError>
  /** Pieces of about 1 MiB. Each piece belongs to the reader; the next read does not overwrite it. */
  readonly read: (range?: ByteRange) => Stream.Stream<Uint8Array, StorageError>
  /**
   * Present when reading twice is cheap: hashes the whole, and each part of `partSize` bytes where that is given, in one
   * reading.
   * `onHashed` is told now and then of so many bytes more, where that takes a while.
   */
  readonly digest?:
    | ((
        partSize: number | undefined,
        algorithm: ChecksumAlgorithm,
        onHashed?: (bytes: number) => void
      ) => Effect.Effect<Digest, StorageError>)
    | undefined
}

export const fromBytes = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  bytes: Effect.succeed(bytes),
  read: (range) => Stream.succeed(range ? bytes.subarray(range.offset, range.offset + range.length) : bytes)
})

/** The bytes of `source` in `part`, as a source of their own. */
export const slice = (source: ByteSource, part: ByteRange): ByteSource => ({
  size: part.length,
  bytes: Effect.map(Stream.runCollect(source.read(part)), (pieces) => Buffer.concat(pieces)),
  read: (range) => source.read(range ? { offset: part.offset + range.offset, length: range.length } : part)
})
