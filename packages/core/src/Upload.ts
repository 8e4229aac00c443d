/** Storing one file: in one request when it fits, in parts when it does not, going on where an earlier run was cut off. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ByteSource from "./ByteSource.ts"
import type { File } from "./Entry.ts"
import * as LargeFile from "./LargeFile.ts"
import type { Provider, PutOptions } from "./Provider.ts"
import type { RemotePath } from "./RemotePath.ts"
import { retrying } from "./Retry.ts"
import { InvalidRequest, StorageError } from "./StorageError.ts"

export interface UploadOptions extends PutOptions {
  /** How many parts of one file are sent at once. */
  readonly partConcurrency: number
  /** Called with bytes as they are read from the source; with a negative number when a retry begins again. */
  readonly onAdvance?: ((bytes: number) => void) | undefined
  readonly onRetry?: ((error: StorageError) => void) | undefined
}

/** A piece of the finished file and where its bytes come from. */
type Segment =
  | { readonly _tag: "Send"; readonly offset: number; readonly length: number }
  | { readonly _tag: "Copy"; readonly from: File; readonly range: ByteSource.ByteRange }

/** Sends everything. */
const plan = (size: number, partSize: number): ReadonlyArray<Segment> =>
  Array.from({ length: Math.ceil(size / partSize) }, (_, index): Segment => {
    const offset = index * partSize
    return { _tag: "Send", offset, length: Math.min(partSize, size - offset) }
  })

const segmentSize = (segment: Segment) => (segment._tag === "Send" ? segment.length : segment.range.length)

/** Counts the bytes of one attempt, and takes them back when the attempt has to be repeated. */
const counted = (source: ByteSource.ByteSource, options: UploadOptions) => {
  const { onAdvance, onRetry } = options
  if (onAdvance === undefined) return { source, onRetry }
  let advanced = 0
  const advance = (bytes: number) => {
    advanced += bytes
    onAdvance(bytes)
  }
  const counting: ByteSource.ByteSource = {
    ...source,
    bytes: Effect.tap(source.bytes, (bytes) => Effect.sync(() => advance(bytes.length))),
    read: (range) =>
      Stream.map(source.read(range), (piece) => {
        advance(piece.length)
        return piece
      })
  }
  return {
    source: counting,
    onRetry: (error: StorageError) => {
      onAdvance(-advanced)
      advanced = 0
      onRetry?.(error)
    }
  }
}

const putWhole = (provider: Provider, path: RemotePath, source: ByteSource.ByteSource, options: UploadOptions) => {
  const attempt = counted(source, options)
  return retrying(provider.put(path, attempt.source, options), attempt.onRetry)
}

/** The large file of an earlier run that was storing the same bytes, with the parts of it that are right. */
const findUnfinished = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  wanted: LargeFile.StartOptions,
  segments: ReadonlyArray<Segment>,
  partSums: ReadonlyArray<string> | undefined
) {
  const candidates = yield* retrying(Stream.runCollect(largeFile.unfinished(path))).pipe(
    Effect.catchReason("StorageError", "NotFound", () => Effect.succeed<ReadonlyArray<LargeFile.Unfinished>>([]))
  )
  const found = candidates
    .filter(
      (candidate) =>
        candidate.path === path &&
        candidate.size === wanted.size &&
        candidate.modifiedAt === wanted.modifiedAt &&
        candidate.partSize === wanted.partSize &&
        (candidate.sha1 === undefined || wanted.sha1 === undefined || candidate.sha1 === wanted.sha1)
    )
    .sort((left, right) => right.startedAt - left.startedAt)[0]
  if (found === undefined) return undefined
  const parts = yield* retrying(Stream.runCollect(largeFile.parts(found)))
  const isRight = (part: LargeFile.Part) => {
    const segment = segments[part.number - 1]
    if (segment === undefined || segmentSize(segment) !== part.size) return false
    return !largeFile.limits.checksumIsSha1 || partSums?.[part.number - 1] === part.checksum
  }
  return { file: found, parts: parts.filter(isRight) }
})

const putParts = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  partSize: number,
  options: UploadOptions
): Effect.fn.Return<File, StorageError> {
  const segments = plan(source.size, partSize)
  const digest =
    largeFile.limits.checksumIsSha1 && source.digest !== undefined ? yield* source.digest(partSize) : undefined
  const wanted: LargeFile.StartOptions = {
    modifiedAt: options.modifiedAt,
    contentType: options.contentType,
    size: source.size,
    partSize,
    sha1: digest?.sha1 ?? source.sha1
  }
  const earlier = yield* findUnfinished(largeFile, path, wanted, segments, digest?.parts)
  const file = earlier?.file ?? (yield* retrying(largeFile.start(path, wanted), options.onRetry))
  const present = new Map(earlier?.parts.map((part) => [part.number, part]))
  for (const part of present.values()) options.onAdvance?.(part.size)

  const store = (segment: Segment, index: number): Effect.Effect<LargeFile.Part, StorageError> => {
    const number = index + 1
    const stored = present.get(number)
    if (stored !== undefined) return Effect.succeed(stored)
    if (segment._tag === "Copy" && largeFile.copyPart !== undefined) {
      return retrying(largeFile.copyPart(file, number, segment.from, segment.range), options.onRetry)
    }
    const range = segment._tag === "Send" ? segment : segment.range
    const attempt = counted(ByteSource.slice(source, range), options)
    const part = { offset: index * partSize, sha1: digest?.parts[index] }
    return retrying(largeFile.uploadPart(file, number, attempt.source, part), attempt.onRetry)
  }
  const parts = Effect.forEach(segments, store, { concurrency: options.partConcurrency })
  return yield* parts.pipe(
    Effect.flatMap((stored) => retrying(largeFile.finish(file, stored), options.onRetry)),
    Effect.catch((error) =>
      error.reason._tag === "SourceChanged" || error.reason._tag === "ChecksumMismatch"
        ? Effect.andThen(Effect.ignore(largeFile.cancel(file)), Effect.fail(error))
        : Effect.fail(error)
    )
  )
})

const tooLarge = (provider: Provider, path: RemotePath, message: string) =>
  Effect.fail(
    new StorageError({ provider: provider.name, operation: "put", path, reason: new InvalidRequest({ message }) })
  )

/**
 * Stores `source` at `path`, replacing what was there, retrying what may pass.
 *
 * An upload in parts that fails or is interrupted leaves its parts, and the next
 * upload of the same path, size, `modifiedAt` and part size goes on with them.
 * When the source changed meanwhile the parts are dropped. Fails with
 * `InvalidRequest` for a file larger than the provider takes.
 */
export const upload = (
  provider: Provider,
  path: RemotePath,
  source: ByteSource.ByteSource,
  options: UploadOptions
): Effect.Effect<File, StorageError> => {
  const { largeFile } = provider
  const { maxPutSize } = provider.capabilities
  if (source.size <= (largeFile?.limits.cutoff ?? maxPutSize)) return putWhole(provider, path, source, options)
  if (largeFile === undefined) {
    return tooLarge(
      provider,
      path,
      `the file has ${source.size} bytes and ${provider.name} takes ${maxPutSize} at most`
    )
  }
  const partSize = LargeFile.partSize(source.size, largeFile.limits)
  if (partSize === undefined) {
    const most = largeFile.limits.maxPartSize * largeFile.limits.maxParts
    return tooLarge(provider, path, `the file has ${source.size} bytes and ${provider.name} takes ${most} at most`)
  }
  return partSize >= source.size
    ? putWhole(provider, path, source, options)
    : putParts(largeFile, path, source, partSize, options)
}
