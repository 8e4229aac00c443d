/** What an upload that was cut off left behind, and whether it is of the same bytes. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as ByteSource from "../contract/ByteSource.ts"
import type * as LargeFile from "../contract/LargeFile.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import { inParts, type Segment } from "./Segment.ts"
import type { UploadOptions } from "./Upload.ts"

export interface Earlier {
  readonly file: LargeFile.Unfinished
  readonly segments: ReadonlyArray<Segment>
  readonly parts: ReadonlyArray<LargeFile.Part>
}

/** Unfinished large files that may be of the same source, the latest first. */
const candidates = (
  { limits, unfinished }: LargeFile.LargeFile,
  path: RemotePath,
  wanted: Pick<LargeFile.StartOptions, "size" | "modifiedAt">
) => {
  const isUsable = (partSize: number | undefined): partSize is number =>
    partSize !== undefined &&
    partSize >= limits.minPartSize &&
    partSize <= limits.maxPartSize &&
    Math.ceil(wanted.size / partSize) <= limits.maxParts
  return retrying(Stream.runCollect(unfinished(path))).pipe(
    Effect.catchReason("StorageError", "NotFound", () => Effect.succeed<ReadonlyArray<LargeFile.Unfinished>>([])),
    Effect.map((found) =>
      found
        .flatMap((file) =>
          file.path === path &&
          file.size === wanted.size &&
          file.modifiedAt === wanted.modifiedAt &&
          isUsable(file.partSize)
            ? [{ file, partSize: file.partSize }]
            : []
        )
        .sort((left, right) => right.file.startedAt - left.file.startedAt)
    )
  )
}

/** The parts of an earlier run that are right, as long as that run was storing the same bytes. */
const comparedParts = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  file: LargeFile.Unfinished,
  segments: ReadonlyArray<Segment>,
  sha1: string | undefined,
  partSums: ReadonlyArray<string> | undefined
) {
  /** Where the parts do not say what they are, the SHA-1 of the whole must, as long as there is one. */
  const partsTell = largeFile.limits.partChecksum !== undefined
  if (file.sha1 !== sha1 && !(partsTell && (file.sha1 === undefined || sha1 === undefined))) return undefined
  const parts = yield* retrying(Stream.runCollect(largeFile.parts(file)))
  return parts.filter((part) => {
    const segment = segments[part.number - 1]
    if (segment === undefined || segment.length !== part.size) return false
    return !partsTell || partSums?.[part.number - 1] === part.checksum
  })
})

/** Digests of the kind that the service knows parts by; nothing where it knows none, or where there is no use for them. */
const digestOf = (
  { limits: { partChecksum } }: LargeFile.LargeFile,
  source: ByteSource.ByteSource,
  partSize: number | undefined,
  onHashed: UploadOptions["onHashed"]
): Effect.Effect<ByteSource.Digest | undefined, StorageError> =>
  partChecksum === undefined || source.digest === undefined || (partSize === undefined && partChecksum !== "sha1")
    ? Effect.succeed(undefined)
    : source.digest(partSize, partChecksum, onHashed)

/** The SHA-1 of the whole, where it is known; `isSha1Noted` where somebody noted it and nobody has compared it with the bytes. */
type Whole = Pick<ByteSource.ByteSource, "sha1" | "isSha1Noted">

const wholeOf = (
  { limits: { wantsSha1 } }: LargeFile.LargeFile,
  source: ByteSource.ByteSource,
  digest: ByteSource.Digest | undefined,
  onHashed: UploadOptions["onHashed"]
): Effect.Effect<Whole, StorageError> => {
  if (digest?.algorithm === "sha1") return Effect.succeed({ sha1: digest.whole })
  const { isSha1Noted, sha1, size } = source
  const isKnown = sha1 !== undefined && isSha1Noted !== true
  if (isKnown || wantsSha1 !== true || source.digest === undefined) return Effect.succeed({ sha1, isSha1Noted })
  return Effect.map(source.digest(size, "sha1", onHashed), ({ whole }) => ({ sha1: whole }))
}

/**
 * What an earlier run left of the same file. Its parts are only told from others by their digests, so these are
 * computed beforehand where there is such a run; otherwise parts are hashed while they are sent.
 */
export const findEarlier = Effect.fnUntraced(function* (
  largeFile: LargeFile.LargeFile,
  path: RemotePath,
  source: ByteSource.ByteSource,
  options: Pick<UploadOptions, "modifiedAt" | "onHashed">
) {
  const found = yield* candidates(largeFile, path, { size: source.size, modifiedAt: options.modifiedAt })
  const partSize = found[0]?.partSize
  const digest = yield* digestOf(largeFile, source, partSize, options.onHashed)
  const whole = yield* wholeOf(largeFile, source, digest, options.onHashed)
  if (partSize !== undefined) {
    const segments = inParts(source.size, partSize)
    for (const { file } of found.filter((other) => other.partSize === partSize)) {
      // The service would keep the note with the file, and never compares it.
      if (file.sha1 !== undefined && whole.isSha1Noted === true && largeFile.limits.partChecksum !== undefined) continue
      const parts = yield* comparedParts(largeFile, file, segments, whole.sha1, digest?.parts)
      if (parts !== undefined) return { digest, whole, earlier: { file, segments, parts } satisfies Earlier }
    }
  }
  return { digest, whole, earlier: undefined }
})
