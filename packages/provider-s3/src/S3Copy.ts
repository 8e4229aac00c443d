/** Copies inside the service, which move no bytes through this machine; another time is a copy of a file onto itself. */
import { CopyObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3"
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import { type LargeFile, partSize } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { SourceChanged, type StorageError } from "@ourclone/core/contract/StorageError"
import { retrying } from "@ourclone/core/layers/Retry"
import * as Effect from "effect/Effect"
import { timeMetadata } from "./api/StoredTime.ts"
import { copySource } from "./S3CopySource.ts"
import { head } from "./S3Files.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, fileOfHead } from "./S3Stored.ts"

/** How many parts of one copy the service is asked for at once. */
const partConcurrency = 8

interface Source {
  readonly bucket: string
  readonly key: string
  readonly versionId: string | undefined
  readonly identity: string | undefined
}

const sourceOf = (from: File, fromLocation: string): Source => {
  const [bucket = "", ...folder] = fromLocation.split("/")
  const key = Spelling.segments.toName([...folder, from.path].join("/"))
  return { bucket, key, versionId: from.versionId, identity: from.identity }
}

interface Replacing {
  readonly contentType: string | undefined
  readonly metadata: Record<string, string>
}

const copyWhole = (root: S3Root, source: Source, to: File["path"], key: string, replacing: Replacing | undefined) => {
  const { bucketName, calls, quirks, stored } = root
  const isBound = quirks.copyConditions && source.versionId === undefined && source.identity !== undefined
  return calls.call({ operation: "CopyObject", bucket: bucketName, path: to }, (client, options) =>
    client.send(
      new CopyObjectCommand({
        Bucket: bucketName,
        Key: key,
        CopySource: copySource(source.bucket, source.key, source.versionId),
        ...(isBound ? { CopySourceIfMatch: `"${source.identity}"` } : {}),
        ...(replacing === undefined
          ? {}
          : {
              MetadataDirective: "REPLACE",
              Metadata: replacing.metadata,
              ...(replacing.contentType === undefined ? {} : { ContentType: replacing.contentType })
            }),
        ...stored.always,
        ...stored.key,
        ...stored.sourceKey,
        ...stored.made
      }),
      options
    )
  )
}

/** Each part is made again by itself where that fails: to begin anew would copy everything again. */
const copyInParts = (largeFile: LargeFile, from: DatedFile, to: File["path"]): Effect.Effect<DatedFile, StorageError> =>
  Effect.gen(function* () {
    const { limits } = largeFile
    const gibibyte = 1024 ** 3
    const size = Math.max(partSize(from.size, limits) ?? limits.maxPartSize, Math.min(gibibyte, limits.maxPartSize))
    const { contentType, metadata, modifiedAt } = from
    const { sha1 } = from.checksums
    const started = { contentType, metadata, modifiedAt, sha1, size: from.size, partSize: size }
    const file = yield* largeFile.start(to, started)
    const copyPart = (number: number) => {
      const offset = (number - 1) * size
      return retrying(largeFile.copyPart!(file, number, from, { offset, length: Math.min(size, from.size - offset) }))
    }
    const numbers = Array.from({ length: Math.ceil(from.size / size) }, (_, index) => index + 1)
    return yield* Effect.forEach(numbers, copyPart, { concurrency: partConcurrency }).pipe(
      Effect.flatMap((parts) => retrying(largeFile.finish(file, parts))),
      Effect.onError(() => Effect.ignore(largeFile.cancel(file)))
    )
  })

const isOther = (file: File, found: HeadObjectCommandOutput): boolean => {
  const { identity, versionId } = file
  if (identity !== undefined) return etagText(found.ETag) !== identity
  return versionId !== undefined && found.VersionId !== undefined && found.VersionId !== versionId
}

export const copy =
  (root: S3Root, largeFile: LargeFile, most = root.quirks.maxCopySize): NonNullable<Provider["copy"]> =>
  (from, fromLocation, to) =>
    Effect.gen(function* () {
      const key = yield* root.keyOf("copy", to, from.size)
      yield* root.forWriting
      const source = sourceOf(from, fromLocation)
      const isHere = source.bucket === root.bucketName
      if (from.size > most && isHere && largeFile.copyPart !== undefined && source.key.startsWith(root.prefix)) {
        const path = root.pathOf(source.key) as File["path"]
        const found = fileOfHead(yield* head(root, path, source.key, from.versionId), path, root.quirks)
        return yield* copyInParts(largeFile, found, to)
      }
      const isItself = isHere && source.key === key && from.versionId === undefined
      if (!isItself) yield* copyWhole(root, source, to, key, undefined)
      return fileOfHead(yield* head(root, to, key), to, root.quirks)
    })

const replaced = "it was replaced after it was listed: run again"

/** Metadata and type of content are given again, or they would be lost. Where versions are kept the old one stays behind. */
export const touch =
  (root: S3Root, largeFile: LargeFile, most = root.quirks.maxCopySize): NonNullable<Provider["touch"]> =>
  (file, modifiedAt) =>
    Effect.gen(function* () {
      const { path } = file
      const key = yield* root.keyOf("touch", path)
      const found = yield* head(root, path, key)
      if (isOther(file, found)) {
        return yield* root.calls.fail("touch", path, new SourceChanged({ message: replaced }))
      }
      const seen = fileOfHead(found, path, root.quirks)
      if (seen.size > most && largeFile.copyPart !== undefined) {
        return yield* copyInParts(largeFile, { ...seen, modifiedAt }, path)
      }
      const metadata = { ...found.Metadata, ...timeMetadata(modifiedAt, root.quirks.isB2) }
      const source = { bucket: root.bucketName, key, versionId: undefined, identity: etagText(found.ETag) }
      yield* copyWhole(root, source, path, key, { contentType: found.ContentType, metadata })
      return fileOfHead(yield* head(root, path, key), path, root.quirks)
    })
