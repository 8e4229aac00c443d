/** Storing one file: in one request when it fits, in parts when it does not, going on where an earlier run was cut off. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ByteSource from "../contract/ByteSource.ts"
import type { DatedFile, File } from "../contract/Entry.ts"
import * as LargeFile from "../contract/LargeFile.ts"
import type { Provider, PutOptions } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, StorageError } from "../contract/StorageError.ts"
import { RetryListener, retrying, retryingFinish } from "../layers/Retry.ts"

/** A piece of the finished file: bytes of the source, or the same bytes where the service has them already. */
export interface Segment {
  /** Where it begins in the finished file, in bytes. */
  readonly offset: number
  readonly length: number
  /** Where the service has these bytes. `file` lies in the same account, with its `versionId` where there are versions. */
  readonly copyOf?: { readonly file: File; readonly offset: number } | undefined
}

export interface UploadOptions extends PutOptions {
  /** How many parts of one file are sent at once. */
  readonly partConcurrency: number
  /**
   * The finished file in order and without gaps, each but the last at least `limits.minPartSize` bytes. Where the
   * provider copies no parts, or the file is small, all of the source is sent. Such an upload begins anew after a break.
   */
  readonly segments?: ReadonlyArray<Segment> | undefined
  /** Called with bytes as they are read from the source; with a negative number when a retry begins again. */
  readonly onAdvance?: ((bytes: number) => void) | undefined
  /** Called with bytes as they are hashed, before any is sent. */
  readonly onHashed?: ((bytes: number) => void) | undefined
}

/** Sends everything. */
const inParts = (size: number, partSize: number): ReadonlyArray<Segment> =>
  Array.from({ length: Math.ceil(size / partSize) }, (_, index): Segment => {
    const offset = index * partSize
    return { offset, length: Math.min(partSize, size - offset) }
  })

/** Why `segments` are not all of a file of `size` bytes. */
const refusal = (segments: ReadonlyArray<Segment>, size: number, limits: LargeFile.Limits): string | undefined => {
  let end = 0
  for (const [index, { copyOf, length, offset }] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (offset !== end) return `segment ${index + 1} begins at byte ${offset} and the one before ends at ${end}`
    if (length < 1 || length > limits.maxPartSize || (!isLast && length < limits.minPartSize)) {
      return `segment ${index + 1} has ${length} bytes, and parts have ${limits.minPartSize} to ${limits.maxPartSize}`
    }
    if (copyOf !== undefined && copyOf.offset + length > copyOf.file.size) {
      return `segment ${index + 1} lies outside the file that it is copied from`
    }
    end += length
  }
  if (end !== size) return `the segments have ${end} bytes and the source ${size}`
  return segments.length > limits.maxParts ? `there are more than ${limits.maxParts} segments` : undefined
}

/** Counts the bytes that are read, and takes them back when they are read again. */
const counted = (source: ByteSource.ByteSource, { onAdvance }: UploadOptions): ByteSource.ByteSource => {
  if (onAdvance === undefined) return source
  let advanced = 0
  const advance = (bytes: number) => {
    advanced += bytes
    onAdvance(bytes)
  }
  const begin = Effect.sync(() => {
    if (advanced > 0) onAdvance(-advanced)
    advanced = 0
  })
  return {
    ...source,
    bytes: Effect.andThen(
      begin,
      Effect.tap(source.bytes, (bytes) => Effect.sync(() => advance(bytes.length)))
    ),
    read: (range) =>
      Stream.unwrap(
        Effect.as(
          begin,
          Stream.map(source.read(range), (piece) => {
            advance(piece.length)
            return piece
          })
        )
      )
  }
}

const putWhole = (provider: Provider, path: RemotePath, source: ByteSource.ByteSource, options: UploadOptions) => {
  return retrying(provider.put(path, counted(source, options), options))
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
  const partsTell = largeFile.limits.partChecksum !== undefined
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
    if (segment === undefined || segment.length !== part.size) return false
    return !partsTell || partSums?.[part.number - 1] === part.checksum
  }
  return { file: found, parts: parts.filter(isRight) }
})

/** What is left of an earlier run may be damaged, or gone: then nothing of it is any use. */
const isStale = ({ reason }: StorageError): boolean =>
  reason._tag === "NotFound" || reason._tag === "InvalidRequest" || reason._tag === "ChecksumMismatch"

/** What the digests of the parts are of: of nothing where the parts are not told by digests. */
const digestOf = (
  { limits: { partChecksum } }: LargeFile.LargeFile,
  source: ByteSource.ByteSource,
  partSize: number,
  onHashed: UploadOptions["onHashed"]
): Effect.Effect<ByteSource.Digest | undefined, StorageError> =>
  partChecksum === undefined || source.digest === undefined
    ? Effect.succeed(undefined)
    : source.digest(partSize, partChecksum, onHashed)

const putSegments = (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  segments: ReadonlyArray<Segment>,
  options: UploadOptions
): Effect.Effect<DatedFile, StorageError> => {
  const { contentType, metadata, modifiedAt } = options
  const partSize = segments.reduce((most, { length }) => Math.max(most, length), 0)
  const wanted = { modifiedAt, contentType, metadata, size: source.size, partSize, sha1: source.sha1 }
  return Effect.flatMap(retrying(largeFile.start(path, wanted)), (file) =>
    Effect.onError(fill({ largeFile, source, segments, digest: undefined, file, present: [] }, options), () =>
      Effect.ignore(largeFile.cancel(file))
    )
  )
}

const putParts = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  partSize: number,
  options: UploadOptions
): Effect.fn.Return<DatedFile, StorageError> {
  const segments = inParts(source.size, partSize)
  const digest = yield* digestOf(largeFile, source, partSize, options.onHashed)
  const wanted: LargeFile.StartOptions = {
    modifiedAt: options.modifiedAt,
    contentType: options.contentType,
    metadata: options.metadata,
    size: source.size,
    partSize,
    sha1: digest?.algorithm === "sha1" ? digest.whole : source.sha1
  }
  const earlier = yield* findUnfinished(largeFile, path, wanted, segments, digest?.parts)
  const anew = Effect.suspend(() =>
    Effect.flatMap(retrying(largeFile.start(path, wanted)), (file) =>
      fill({ largeFile, source, segments, digest, file, present: [] }, options)
    )
  )
  if (earlier === undefined) return yield* anew
  let advanced = 0
  const onAdvance = (bytes: number) => {
    advanced += bytes
    options.onAdvance?.(bytes)
  }
  const going = { largeFile, source, segments, digest, file: earlier.file, present: earlier.parts }
  return yield* Effect.catch(fill(going, { ...options, onAdvance }), (error) => {
    if (!isStale(error)) return Effect.fail(error)
    onAdvance(-advanced)
    return Effect.gen(function* () {
      const told = yield* RetryListener
      told({ error, attempt: 1, pauseMillis: 0 })
      yield* Effect.ignore(largeFile.cancel(earlier.file))
      return yield* anew
    })
  })
})

interface Filling {
  readonly largeFile: LargeFile.LargeFile
  readonly source: ByteSource.ByteSource
  readonly segments: ReadonlyArray<Segment>
  readonly digest: ByteSource.Digest | undefined
  readonly file: LargeFile.Unfinished
  /** The parts that need not be stored again. */
  readonly present: ReadonlyArray<LargeFile.Part>
}

/** Joins the parts. */
const join = (
  { file, largeFile }: Filling,
  parts: ReadonlyArray<LargeFile.Part>,
  options: UploadOptions
): Effect.Effect<DatedFile, StorageError> => {
  return retryingFinish(largeFile.finish(file, parts, options))
}

/** Stores the parts that are not there yet, and joins all. */
const fill = (filling: Filling, options: UploadOptions): Effect.Effect<DatedFile, StorageError> =>
  Effect.suspend(() => {
    const { digest, file, largeFile, segments, source } = filling
    const present = new Map(filling.present.map((part) => [part.number, part]))
    for (const part of present.values()) options.onAdvance?.(part.size)

    const store = (segment: Segment, index: number): Effect.Effect<LargeFile.Part, StorageError> => {
      const number = index + 1
      const stored = present.get(number)
      if (stored !== undefined) return Effect.succeed(stored)
      const { copyOf, length, offset } = segment
      if (copyOf !== undefined && largeFile.copyPart !== undefined) {
        const copied = largeFile.copyPart(file, number, copyOf.file, { offset: copyOf.offset, length })
        return Effect.tap(retrying(copied), () => Effect.sync(() => options.onAdvance?.(length)))
      }
      const bytes = counted(ByteSource.slice(source, { offset, length }), options)
      const sum = digest?.parts[index]
      const part =
        digest === undefined || sum === undefined ? { offset } : { offset, checksums: { [digest.algorithm]: sum } }
      return retrying(largeFile.uploadPart(file, number, bytes, part))
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

const invalid = (provider: Provider, path: RemotePath, message: string) =>
  Effect.fail(
    new StorageError({ provider: provider.name, operation: "put", path, reason: new InvalidRequest({ message }) })
  )

/**
 * Stores `source` at `path`, replacing what was there, retrying what may pass.
 *
 * An upload in parts that fails or is interrupted leaves its parts, and the next
 * upload of the same path, size, `modifiedAt` and part size goes on with them.
 * When the source changed meanwhile the parts are dropped. Fails with
 * `InvalidRequest` for a file larger than the provider takes, or segments that do not make up the file.
 */
export const upload = (
  provider: Provider,
  path: RemotePath,
  source: ByteSource.ByteSource,
  options: UploadOptions
): Effect.Effect<DatedFile, StorageError> => {
  const { largeFile } = provider
  const { maxPutSize } = provider.capabilities
  const { segments } = options
  if (segments?.some(({ copyOf }) => copyOf !== undefined) === true && largeFile?.copyPart !== undefined) {
    const refused = refusal(segments, source.size, largeFile.limits)
    return refused === undefined
      ? putSegments(largeFile, path, source, segments, options)
      : invalid(provider, path, refused)
  }
  if (source.size <= (largeFile?.limits.cutoff ?? maxPutSize)) return putWhole(provider, path, source, options)
  if (largeFile === undefined) {
    return invalid(provider, path, `the file has ${source.size} bytes and ${provider.name} takes ${maxPutSize} at most`)
  }
  const partSize = LargeFile.partSize(source.size, largeFile.limits)
  if (partSize === undefined) {
    const most = LargeFile.largestFile(largeFile.limits)
    return invalid(provider, path, `the file has ${source.size} bytes and ${provider.name} takes ${most} at most`)
  }
  return partSize >= source.size
    ? putWhole(provider, path, source, options)
    : putParts(largeFile, path, source, partSize, options)
}
