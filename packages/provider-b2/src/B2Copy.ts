/** Copies inside B2, which move no bytes through this machine. */
import type { DatedFile, File, Metadata } from "@ourclone/core/contract/Entry"
import { type LargeFile, partSize } from "@ourclone/core/contract/LargeFile"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Spelling from "@ourclone/core/contract/Spelling"
import {
  InvalidRequest,
  NotFound,
  SourceChanged,
  type StorageError,
  wronglyNoted
} from "@ourclone/core/contract/StorageError"
import { copyInParts } from "@ourclone/core/layers/CopyInParts"
import { header } from "@ourclone/http/HttpMessage"
import * as Effect from "effect/Effect"
import { infoRefusal } from "./api/B2Names.ts"
import { type FileRow, fileOf, isVerified, metadataOf, sha1Of } from "./api/B2Replies.ts"
import type { B2Root } from "./B2Root.ts"

/** The largest range that one copy takes, in bytes. */
const maxCopySize = 5_000_000_000

/** The version that is there now, for a file that was listed without one. */
const currentVersion = (root: B2Root, from: File, fromLocation: string) =>
  Effect.gen(function* () {
    const [bucketName = "", ...folder] = fromLocation.split("/")
    const fileName = Spelling.segments.toName([...folder, from.path].join("/"))
    const versionId = header(yield* root.client.head(from.path, { bucketName, fileName }), "x-bz-file-id")
    if (versionId !== undefined) return versionId
    return yield* root.fail("copy", from.path, new NotFound({ message: "there is no such file" }))
  })

/** The SHA-1 that an uploader noted beside what B2 then copied. */
const notedSha1 = ({ fileInfo }: FileRow): string | undefined => sha1Of(undefined, fileInfo?.large_file_sha1)

/** B2 hashes what it copies. A copy whose noted SHA-1 is not that of its bytes is taken away again, and named. */
const refuseWrongNote = (
  root: B2Root,
  operation: string,
  to: File["path"],
  row: FileRow
): Effect.Effect<void, StorageError> => {
  const { contentSha1, fileId, fileName } = row
  const noted = notedSha1(row)
  if (noted === undefined || !isVerified(contentSha1) || contentSha1 === noted) return Effect.void
  return Effect.andThen(
    Effect.ignore(root.client.deleteFileVersion(to, fileName, fileId)),
    Effect.fail(root.fail(operation, to, wronglyNoted(noted, contentSha1 ?? "")))
  )
}

const inParts = (largeFile: LargeFile, from: DatedFile, to: File["path"]) =>
  copyInParts(largeFile, from, to, partSize(from.size, largeFile.limits) ?? largeFile.limits.maxPartSize)

export const copy =
  (root: B2Root, largeFile: LargeFile, most = maxCopySize): NonNullable<Provider["copy"]> =>
  (from, fromLocation, to) =>
    Effect.gen(function* () {
      const fileName = yield* Effect.fromResult(root.fileName("copy", to, from.size))
      const { id } = yield* root.bucketForWriting
      const versionId = from.versionId ?? (yield* currentVersion(root, from, fromLocation))
      if (from.size > most) {
        // Who has seen no more than the headers of a file knows not all that is beside it.
        return yield* inParts(largeFile, fileOf(yield* root.client.getFileInfo(to, versionId), to), to)
      }
      const request = { sourceFileId: versionId, fileName, destinationBucketId: id }
      const row = yield* root.client.copyFile(to, request)
      yield* refuseWrongNote(root, "copy", to, row)
      if (notedSha1(row) === undefined || isVerified(row.contentSha1)) return fileOf(row, to)
      // Nobody has compared the note with the bytes.
      const { large_file_sha1: _, ...fileInfo } = row.fileInfo ?? {}
      const contentType = row.contentType ?? "application/octet-stream"
      const without = yield* root.client.copyFile(to, request, { contentType, fileInfo })
      yield* Effect.ignore(root.client.deleteFileVersion(to, row.fileName, row.fileId))
      return fileOf(without, to)
    })

/** What of `fileInfo` a file keeps that gets other metadata: what is not the user's, and the headers that come with its bytes. */
const withMetadata = (fileInfo: Metadata | undefined, metadata: Metadata | undefined): Metadata => {
  const users = metadataOf(fileInfo ?? {}) ?? {}
  const kept = Object.entries(fileInfo ?? {}).filter(
    ([name]) => !(name.toLowerCase() in users) || name.startsWith("b2-")
  )
  return { ...Object.fromEntries(kept), ...metadata }
}

/**
 * A copy of the file onto itself with another time, since B2 changes nothing in
 * place: the file gets a new version, and the old one stays behind it. Files too
 * large for one copy are copied in parts. Fails with `SourceChanged` when the
 * file is not the one that was listed.
 */
const change =
  (root: B2Root, largeFile: LargeFile, most = maxCopySize) =>
  (file: File, modifiedAt: number, metadata: "kept" | Metadata | undefined) =>
    Effect.gen(function* () {
      const { path } = file
      const refused = metadata === "kept" ? undefined : infoRefusal(metadata)
      if (refused !== undefined) return yield* root.fail("setMetadata", path, new InvalidRequest({ message: refused }))
      const fileName = yield* Effect.fromResult(root.fileName("touch", path))
      const { id, name } = yield* root.bucket
      const folder = Spelling.segments.toPath(root.prefix.slice(0, -1))
      const location = root.prefix === "" ? name : `${name}/${folder}`
      const fileId = yield* currentVersion(root, file, location)
      if (file.versionId !== undefined && file.versionId !== fileId) {
        const message = "it was replaced after it was listed: run again"
        return yield* root.fail("touch", path, new SourceChanged({ message }))
      }
      const before = yield* root.client.getFileInfo(path, fileId)
      const info = metadata === "kept" ? before.fileInfo : withMetadata(before.fileInfo ?? undefined, metadata)
      if (file.size > most) {
        // What is noted of a file stays with it.
        const whole = { ...fileOf({ ...before, fileInfo: info ?? null }, path), hasNotedChecksums: false }
        return yield* inParts(largeFile, { ...whole, modifiedAt }, path)
      }
      const copy = { sourceFileId: fileId, fileName, destinationBucketId: id }
      const row = yield* root.client.copyFile(path, copy, {
        contentType: before.contentType ?? "application/octet-stream",
        fileInfo: { ...info, src_last_modified_millis: `${modifiedAt}` }
      })
      yield* refuseWrongNote(root, "touch", path, row)
      return fileOf(row, path)
    })

export const touch = (...given: Parameters<typeof change>): NonNullable<Provider["touch"]> => {
  const changed = change(...given)
  return (file, modifiedAt) => changed(file, modifiedAt, "kept")
}

export const setMetadata = (...given: Parameters<typeof change>): NonNullable<Provider["setMetadata"]> => {
  const changed = change(...given)
  return (file, metadata, modifiedAt) => changed(file, modifiedAt, metadata)
}
