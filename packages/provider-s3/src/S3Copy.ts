/** Copies inside the service, which move no bytes through this machine; another time is a copy of a file onto itself. */
import { CopyObjectCommand, type CopyObjectCommandInput } from "@aws-sdk/client-s3"
import type { DatedFile, File, Metadata } from "@ourclone/core/contract/Entry"
import { type LargeFile, partSize } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { InvalidRequest, SourceChanged } from "@ourclone/core/contract/StorageError"
import { copyInParts } from "@ourclone/core/layers/CopyInParts"
import * as Effect from "effect/Effect"
import type { ObjectHead } from "./api/ObjectHead.ts"
import * as ObjectMetadata from "./api/ObjectMetadata.ts"
import { timeMetadata } from "./api/StoredTime.ts"
import { copySource } from "./S3CopySource.ts"
import { head } from "./S3Files.ts"
import { headerFields, headersOf } from "./S3Headers.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, fileOfHead } from "./S3Stored.ts"

/** Metadata that holds a digest, as an uploader noted it. */
const noteNames = new Set(["ourclone-sha1", "large_file_sha1", "md5chksum"])

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

/** What is given anew with a copy; whatever is not would be lost. */
type Replacing = Partial<ReturnType<typeof headerFields>> & Pick<CopyObjectCommandInput, "Metadata" | "ContentType">

const replacing = (found: ObjectHead, metadata: Record<string, string>): Replacing => {
  const known = { ...headerFields(headersOf(found)), ContentType: found.ContentType }
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
  return { ...given, Metadata: metadata }
}

const copyWhole = (root: S3Root, source: Source, to: File["path"], key: string, given: Replacing | undefined) => {
  const { bucketName, calls, quirks, stored } = root
  const isBound = quirks.copyConditions && source.versionId === undefined && source.identity !== undefined
  return calls.call({ operation: "CopyObject", bucket: bucketName, path: to }, (client, options) =>
    client.send(
      new CopyObjectCommand({
        Bucket: bucketName,
        Key: key,
        CopySource: copySource(source.bucket, source.key, source.versionId),
        ...(isBound ? { CopySourceIfMatch: `"${source.identity}"` } : {}),
        ...(given === undefined ? {} : { ...given, MetadataDirective: "REPLACE" }),
        ...stored.always,
        ...stored.key,
        ...stored.sourceKey,
        ...stored.made
      }),
      options
    )
  )
}

/** `head` is that of `from`, whose headers the copy gets. */
const inParts = (largeFile: LargeFile, from: DatedFile, head: ObjectHead, to: File["path"]) => {
  const { limits } = largeFile
  const gibibyte = 1024 ** 3
  const least = partSize(from.size, limits) ?? limits.maxPartSize
  const size = Math.max(least, Math.min(gibibyte, limits.maxPartSize))
  return copyInParts(largeFile, from, to, size, headersOf(head))
}

const isOther = (file: File, found: ObjectHead): boolean => {
  const { identity, versionId } = file
  if (identity !== undefined) return etagText(found.ETag) !== identity
  return versionId !== undefined && found.VersionId !== undefined && found.VersionId !== versionId
}

/**
 * What is given with a copy of an object in parts, whose digest somebody may have noted: everything but such a note, which
 * nobody has compared with the bytes. The service itself digests what it copies whole.
 */
const withoutNotes = Effect.fnUntraced(function* (root: S3Root, source: Source, from: File) {
  if (from.identity?.includes("-") !== true) return undefined
  const found = yield* head(root, from.path, source.key, source.versionId, source.bucket)
  const all = Object.entries(found.Metadata ?? {})
  const kept = all.filter(([name]) => !noteNames.has(name))
  return kept.length < all.length ? replacing(found, Object.fromEntries(kept)) : undefined
})

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
        const found = yield* head(root, path, source.key, from.versionId)
        return yield* inParts(largeFile, fileOfHead(found, path, root.quirks), found, to)
      }
      const isItself = isHere && source.key === key && from.versionId === undefined
      if (!isItself) yield* copyWhole(root, source, to, key, yield* withoutNotes(root, source, from))
      return fileOfHead(yield* head(root, to, key), to, root.quirks)
    })

const replaced = "it was replaced after it was listed: run again"

/** Metadata and type of content are given again, or they would be lost. Where versions are kept the old one stays behind. */
const change =
  (root: S3Root, largeFile: LargeFile, most = root.quirks.maxCopySize) =>
  (file: File, modifiedAt: number, other: "kept" | Metadata | undefined) =>
    Effect.gen(function* () {
      const { path } = file
      const refused = other === "kept" ? undefined : ObjectMetadata.refusal(other)
      if (refused !== undefined) {
        return yield* root.calls.fail("setMetadata", path, new InvalidRequest({ message: refused }))
      }
      const key = yield* root.keyOf("touch", path)
      const found = yield* head(root, path, key)
      if (isOther(file, found)) {
        return yield* root.calls.fail("touch", path, new SourceChanged({ message: replaced }))
      }
      const seen = fileOfHead(found, path, root.quirks)
      if (seen.size > most && largeFile.copyPart !== undefined) {
        // What is noted of a file stays with it.
        const { metadata: before, ...rest } = seen
        const kept = other === "kept" ? before : other
        const info = kept === undefined ? {} : { metadata: kept }
        return yield* inParts(largeFile, { ...rest, ...info, modifiedAt, hasNotedChecksums: false }, found, path)
      }
      const info = other === "kept" ? found.Metadata : ObjectMetadata.replaced(found.Metadata ?? {}, other)
      const metadata = { ...info, ...timeMetadata(modifiedAt, root.quirks.isB2) }
      const source = { bucket: root.bucketName, key, versionId: undefined, identity: etagText(found.ETag) }
      yield* copyWhole(root, source, path, key, replacing(found, metadata))
      return fileOfHead(yield* head(root, path, key), path, root.quirks)
    })

export const touch = (...given: Parameters<typeof change>): NonNullable<Provider["touch"]> => {
  const changed = change(...given)
  return (file, modifiedAt) => changed(file, modifiedAt, "kept")
}

export const setMetadata = (...given: Parameters<typeof change>): NonNullable<Provider["setMetadata"]> => {
  const changed = change(...given)
  return (file, metadata, modifiedAt) => changed(file, modifiedAt, metadata)
}
