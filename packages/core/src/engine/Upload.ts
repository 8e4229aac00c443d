/** Storing one file: in one request when it fits, in parts when it does not, going on where an earlier run was cut off. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ByteSource from "../contract/ByteSource.ts"
import type { File } from "../contract/Entry.ts"
import * as LargeFile from "../contract/LargeFile.ts"
import type { Provider, PutOptions } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, StorageError } from "../contract/StorageError.ts"
import { type OnRetry, retrying } from "../layers/Retry.ts"

export interface UploadOptions extends PutOptions {
  /** How many parts of one file are sent at once. */
  readonly partConcurrency: number
  /** Called with bytes as they are read from the source; with a negative number when a retry begins again. */
  readonly onAdvance?: ((bytes: number) => void) | undefined
  /** Called with bytes as they are hashed, before any is sent. */
  readonly onHashed?: ((bytes: number) => void) | undefined
  readonly onRetry?: OnRetry | undefined
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
    onRetry: (error: StorageError, pauseMillis: number) => {
      onAdvance(-advanced)
      advanced = 0
      onRetry?.(error, pauseMillis)
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
  /** Where the parts do not say what they are, the SHA-1 of the whole must, as long as there is one. */
  const partsTell = largeFile.limits.checksumIsSha1
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
        (candidate.sha1 === wanted.sha1 || (partsTell && (candidate.sha1 === undefined || wanted.sha1 === undefined)))
    )
    .sort((left, right) => right.startedAt - left.startedAt)[0]
  if (found === undefined) return undefined
  const parts = yield* retrying(Stream.runCollect(largeFile.parts(found)))
  const isRight = (part: LargeFile.Part) => {
    const segment = segments[part.number - 1]
    if (segment === undefined || segmentSize(segment) !== part.size) return false
    return !partsTell || partSums?.[part.number - 1] === part.checksum
  }
  return { file: found, parts: parts.filter(isRight) }
})

/** What is left of an earlier run may be damaged, or gone: then nothing of it is any use. */
const isStale = ({ reason }: StorageError): boolean =>
  reason._tag === "NotFound" || reason._tag === "InvalidRequest" || reason._tag === "ChecksumMismatch"

const putParts = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  partSize: number,
  options: UploadOptions
): Effect.fn.Return<File, StorageError> {
  const segments = plan(source.size, partSize)
  const digest =
    largeFile.limits.checksumIsSha1 && source.digest !== undefined
      ? yield* source.digest(partSize, options.onHashed)
      : undefined
  const wanted: LargeFile.StartOptions = {
    modifiedAt: options.modifiedAt,
    contentType: options.contentType,
    size: source.size,
    partSize,
    sha1: digest?.sha1 ?? source.sha1
  }
  const earlier = yield* findUnfinished(largeFile, path, wanted, segments, digest?.parts)
  const anew = Effect.suspend(() =>
    Effect.flatMap(retrying(largeFile.start(path, wanted), options.onRetry), (file) =>
      fill({ largeFile, source, segments, partSize, digest, file, present: [] }, options)
    )
  )
  if (earlier === undefined) return yield* anew
  let advanced = 0
  const onAdvance = (bytes: number) => {
    advanced += bytes
    options.onAdvance?.(bytes)
  }
  const going = { largeFile, source, segments, partSize, digest, file: earlier.file, present: earlier.parts }
  return yield* Effect.catch(fill(going, { ...options, onAdvance }), (error) => {
    if (!isStale(error)) return Effect.fail(error)
    onAdvance(-advanced)
    options.onRetry?.(error, 0)
    return Effect.andThen(Effect.ignore(largeFile.cancel(earlier.file)), anew)
  })
})

interface Filling {
  readonly largeFile: LargeFile.LargeFile
  readonly source: ByteSource.ByteSource
  readonly segments: ReadonlyArray<Segment>
  readonly partSize: number
  readonly digest: ByteSource.Digest | undefined
  readonly file: LargeFile.Unfinished
  /** The parts that need not be stored again. */
  readonly present: ReadonlyArray<LargeFile.Part>
}

/** Joins the parts. A whole with other bytes stays so however often it is asked for. */
const join = (
  { file, largeFile }: Filling,
  parts: ReadonlyArray<LargeFile.Part>,
  options: UploadOptions
): Effect.Effect<File, StorageError> => {
  const attempt = Effect.matchEffect(largeFile.finish(file, parts, options), {
    onFailure: (error) =>
      error.reason._tag === "ChecksumMismatch" ? Effect.succeed(Effect.fail(error)) : Effect.fail(error),
    onSuccess: (stored) => Effect.succeed(Effect.succeed(stored))
  })
  return Effect.flatten(retrying(attempt, options.onRetry))
}

/** Stores the parts that are not there yet, and joins all. */
const fill = (filling: Filling, options: UploadOptions): Effect.Effect<File, StorageError> =>
  Effect.suspend(() => {
    const { digest, file, largeFile, partSize, segments, source } = filling
    const present = new Map(filling.present.map((part) => [part.number, part]))
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
    return parts.pipe(
      Effect.flatMap((stored) => join(filling, stored, options)),
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
    const most = LargeFile.largestFile(largeFile.limits)
    return tooLarge(provider, path, `the file has ${source.size} bytes and ${provider.name} takes ${most} at most`)
  }
  return partSize >= source.size
    ? putWhole(provider, path, source, options)
    : putParts(largeFile, path, source, partSize, options)
}
