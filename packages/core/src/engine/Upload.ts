/** Storing one file: in one request when it fits, in parts when it does not, going on where an earlier run was cut off. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ByteSource from "../contract/ByteSource.ts"
import type { DatedFile } from "../contract/Entry.ts"
import * as LargeFile from "../contract/LargeFile.ts"
import type { Provider, PutOptions } from "../contract/Provider.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import { InvalidRequest, StorageError, wronglyNoted } from "../contract/StorageError.ts"
import { RetryListener, retrying, retryingFinish } from "../layers/Retry.ts"
import { traced } from "../machine/Traced.ts"
import { type CutOff, rightParts } from "./CutOff.ts"
import { findEarlier } from "./EarlierUpload.ts"
import { inParts, refusal, type Segment } from "./Segment.ts"
import { mostAtRisk, UnderWay } from "./UnderWay.ts"

export interface UploadOptions extends PutOptions {
  /** How many parts of one file are sent at once. */
  readonly partConcurrency: number
  /**
   * The finished file in order and without gaps, each but the last at least `limits.minPartSize` bytes. Where the
   * provider copies no parts, or the file is small, all of the source is sent. Such an upload begins anew after a break,
   * unless there is a `cutOff`.
   */
  readonly segments?: ReadonlyArray<Segment> | undefined
  readonly cutOff?: CutOff | undefined
  /** Called with bytes as they are read from the source; with a negative number when a retry begins again. */
  readonly onAdvance?: ((bytes: number) => void) | undefined
  /** Called with bytes as they are hashed, before any is sent. */
  readonly onHashed?: ((bytes: number) => void) | undefined
  /** Shared by all uploads of a run, so that stopping it costs little. */
  readonly underWay?: UnderWay | undefined
}

type Uploading = UploadOptions & { readonly underWay: UnderWay }

const hasUnderWay = (options: UploadOptions): options is Uploading => options.underWay !== undefined

/** In bytes: of the parts of files that are not too large for them. Four of them are as much as may be at risk. */
const finePartSize = mostAtRisk / 4
/** In bytes: a larger file is stored in parts, so that a break does not lose all of it. */
const largestWhole = 2 * finePartSize

/**
 * The size of the parts that a file of `size` bytes is stored in, in bytes: 16 MB, or as little as `maxParts` allow, so
 * that a break loses little. `undefined` when the file is larger than `largestFile`.
 */
export const plannedPartSize = (size: number, limits: LargeFile.Limits): number | undefined =>
  LargeFile.partSize(size, { ...limits, recommendedPartSize: Math.min(limits.recommendedPartSize, finePartSize) })

/** Counts the bytes that are read, and takes them back when they are read again. */
const counted = (source: ByteSource.ByteSource, { onAdvance }: UploadOptions): ByteSource.ByteSource => {
  if (onAdvance === undefined) return source
  let advanced = 0
  const advance = (bytes: number) => {
    advanced += bytes
    onAdvance(bytes)
  }
  const begin = () => {
    if (advanced > 0) onAdvance(-advanced)
    advanced = 0
  }
  return {
    ...source,
    bytes: Effect.map(source.bytes, (bytes) => {
      begin()
      advance(bytes.length)
      return bytes
    }),
    read: (range) =>
      Stream.suspend(() => {
        begin()
        return Stream.map(source.read(range), (piece) => {
          advance(piece.length)
          return piece
        })
      })
  }
}

/** Bytes that are others than somebody noted once will be so again: that is no fault of the transfer. */
const noted = <A>(
  source: ByteSource.ByteSource,
  store: Effect.Effect<A, StorageError>
): Effect.Effect<A, StorageError> =>
  source.isSha1Noted === true
    ? Effect.mapError(store, (error) => {
        const { reason } = error
        if (reason._tag !== "ChecksumMismatch" || reason.expected !== source.sha1) return error
        const { operation, path, provider } = error
        const wrong = wronglyNoted(source.sha1 ?? "", reason.actual)
        return new StorageError({ provider, operation, ...(path === undefined ? {} : { path }), reason: wrong })
      })
    : store

const putWhole = (provider: Provider, path: RemotePath, source: ByteSource.ByteSource, options: Uploading) =>
  options.underWay.piece(source.size, noted(source, provider.put(path, counted(source, options), options)))

/** Nothing of what was stored is any use, to anybody. */
const isDropped = ({ reason }: StorageError): boolean =>
  reason._tag === "SourceChanged" || reason._tag === "ChecksumMismatch"

/** What is left of an earlier run may be damaged, or gone: then nothing of it is any use. */
const isStale = ({ reason }: StorageError): boolean =>
  reason._tag === "NotFound" || reason._tag === "InvalidRequest" || reason._tag === "ChecksumMismatch"

/** Goes on with what an earlier run left, and begins anew where that is of no use any more. */
const goOn = (
  going: (options: Uploading) => Effect.Effect<DatedFile, StorageError>,
  anew: Effect.Effect<DatedFile, StorageError>,
  options: Uploading
): Effect.Effect<DatedFile, StorageError> => {
  let advanced = 0
  const onAdvance = (bytes: number) => {
    advanced += bytes
    options.onAdvance?.(bytes)
  }
  return Effect.catch(going({ ...options, onAdvance }), (error) => {
    if (!isStale(error)) return Effect.fail(error)
    onAdvance(-advanced)
    return Effect.flatMap(RetryListener, (told) => {
      told({ error, attempt: 1, pauseMillis: 0 })
      return anew
    })
  })
}

/** Whether the parts are of use to the next upload of the very same. */
const isCutOff = (cause: Cause.Cause<StorageError>): boolean =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => Cause.hasInterrupts(cause),
    onSome: (error) => !isDropped(error) && !isStale(error)
  })

const putSegments = (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  segments: ReadonlyArray<Segment>,
  options: Uploading
): Effect.Effect<DatedFile, StorageError> => {
  const { contentType, cutOff, metadata, modifiedAt } = options
  const partSize = segments.reduce((most, { length }) => Math.max(most, length), 0)
  const { isSha1Noted, sha1, size } = source
  const wanted = { modifiedAt, contentType, metadata, size, partSize, sha1, isSha1Noted }
  const filling = (file: LargeFile.Unfinished, present: ReadonlyArray<LargeFile.Part>): Filling => ({
    largeFile,
    source,
    segments,
    partSums: undefined,
    file,
    present
  })
  /** Leaves `file` where it is of use, and nothing of it elsewhere. */
  const leaving = (file: LargeFile.Unfinished, work: Effect.Effect<DatedFile, StorageError>) =>
    Effect.onExit(work, (exit) => {
      if (cutOff !== undefined && Exit.isFailure(exit) && isCutOff(exit.cause)) return Effect.void
      const gone = Exit.isFailure(exit) ? Effect.ignore(largeFile.cancel(file)) : Effect.void
      return Effect.andThen(
        gone,
        Effect.sync(() => cutOff?.note(undefined))
      )
    })
  const anew = Effect.flatMap(retrying(largeFile.start(path, wanted)), (file) => {
    cutOff?.note(file)
    return leaving(file, fill(filling(file, []), options))
  })
  const earlier = cutOff?.earlier
  if (earlier === undefined) return anew
  const going = (counting: Uploading) =>
    leaving(
      earlier,
      Effect.flatMap(rightParts(largeFile, earlier, source, segments), (parts) =>
        fill(filling(earlier, parts), counting)
      )
    )
  return goOn(going, anew, options)
}

const putParts = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  partSize: number,
  options: Uploading
): Effect.fn.Return<DatedFile, StorageError> {
  const { digest, earlier, whole } = yield* findEarlier(largeFile, path, source, options)
  const wanted: LargeFile.StartOptions = {
    modifiedAt: options.modifiedAt,
    contentType: options.contentType,
    metadata: options.metadata,
    size: source.size,
    partSize,
    ...whole
  }
  const anew = Effect.suspend(() =>
    Effect.flatMap(retrying(largeFile.start(path, wanted)), (file) => {
      const segments = inParts(source.size, partSize)
      return fill({ largeFile, source, segments, partSums: undefined, file, present: [] }, options)
    })
  )
  if (earlier === undefined) return yield* anew
  const { file, parts, segments } = earlier
  const filling = { largeFile, source, segments, partSums: digest, file, present: parts }
  const going = (counting: Uploading) =>
    Effect.tapError(fill(filling, counting), (error) =>
      isStale(error) ? Effect.ignore(largeFile.cancel(file)) : Effect.void
    )
  return yield* goOn(going, anew, options)
})

interface Filling {
  readonly largeFile: LargeFile.LargeFile
  readonly source: ByteSource.ByteSource
  readonly segments: ReadonlyArray<Segment>
  /** Digests of the segments, where they are known. */
  readonly partSums: ByteSource.Digest | undefined
  readonly file: LargeFile.Unfinished
  /** The parts that need not be stored again. */
  readonly present: ReadonlyArray<LargeFile.Part>
}

/** Joins the parts. */
const join = (
  { file, largeFile, source }: Filling,
  parts: ReadonlyArray<LargeFile.Part>,
  options: UploadOptions
): Effect.Effect<DatedFile, StorageError> => {
  return retryingFinish(noted(source, largeFile.finish(file, parts, options)))
}

/** Stores the parts that are not there yet, and joins all. */
const fill = (filling: Filling, options: Uploading): Effect.Effect<DatedFile, StorageError> =>
  Effect.suspend(() => {
    const { file, largeFile, partSums, segments, source } = filling
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
      const sum = partSums?.parts[index]
      const part =
        partSums === undefined || sum === undefined ? { offset } : { offset, checksums: { [partSums.algorithm]: sum } }
      const sent = retrying(largeFile.uploadPart(file, number, bytes, part))
      return options.underWay.piece(length, sent)
    }
    const storeTraced = (segment: Segment, index: number) =>
      present.has(index + 1)
        ? store(segment, index)
        : traced(store(segment, index), "part", () => ({ path: file.path, number: index + 1, bytes: segment.length }))
    const parts = Effect.forEach(segments, storeTraced, { concurrency: options.partConcurrency })
    return parts.pipe(
      Effect.flatMap((stored) => join(filling, stored, options)),
      Effect.catch((error) =>
        isDropped(error)
          ? Effect.andThen(Effect.ignore(largeFile.cancel(file)), Effect.fail(error))
          : Effect.fail(error)
      )
    )
  })

/** In bytes: up to this size a file is stored in one request, where it has no segments that are copied. */
export const mostAtOnce = ({ capabilities, largeFile }: Provider): number =>
  largeFile === undefined ? capabilities.maxPutSize : Math.min(largeFile.limits.cutoff, largestWhole)

const invalid = (provider: Provider, path: RemotePath, message: string) =>
  Effect.fail(
    new StorageError({ provider: provider.name, operation: "put", path, reason: new InvalidRequest({ message }) })
  )

/**
 * Stores `source` at `path`, replacing what was there. What may pass is made again in parts, and by `provider` as its
 * layer `Retried` does.
 *
 * An upload in parts that fails or is interrupted leaves its parts, and the next
 * upload of the same path, size and `modifiedAt` goes on with them.
 * When the source changed meanwhile the parts are dropped. Fails with
 * `InvalidRequest` for a file larger than the provider takes, or segments that do not make up the file.
 */
export const upload = (
  provider: Provider,
  path: RemotePath,
  source: ByteSource.ByteSource,
  uploadOptions: UploadOptions
): Effect.Effect<DatedFile, StorageError> => {
  const { segments } = uploadOptions
  const options = hasUnderWay(uploadOptions) ? uploadOptions : { ...uploadOptions, underWay: new UnderWay() }
  const { largeFile } = provider
  if (segments?.some(({ copyOf }) => copyOf !== undefined) === true && largeFile?.copyPart !== undefined) {
    const refused = refusal(segments, source.size, largeFile.limits)
    return refused === undefined
      ? putSegments(largeFile, path, source, segments, options)
      : invalid(provider, path, refused)
  }
  if (source.size <= mostAtOnce(provider)) return putWhole(provider, path, source, options)
  if (largeFile === undefined) {
    const { maxPutSize } = provider.capabilities
    return invalid(provider, path, `the file has ${source.size} bytes and ${provider.name} takes ${maxPutSize} at most`)
  }
  const partSize = plannedPartSize(source.size, largeFile.limits)
  if (partSize === undefined) {
    const most = LargeFile.largestFile(largeFile.limits)
    return invalid(provider, path, `the file has ${source.size} bytes and ${provider.name} takes ${most} at most`)
  }
  return partSize >= source.size
    ? putWhole(provider, path, source, options)
    : putParts(largeFile, path, source, partSize, options)
}
