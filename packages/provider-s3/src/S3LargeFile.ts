/**
 * Files in parts.
 *
 * S3 tells of an unfinished upload its key, id and time, and nothing of what it is to be. What `start` was told is known
 * as long as this place is open: a later run can not tell whose parts they are, and begins anew.
 */

import { createHash } from "node:crypto"
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type UploadPartCommandOutput,
  UploadPartCopyCommand
} from "@aws-sdk/client-s3"
import { smallSize } from "@ourclone/core/contract/ByteSource"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { LargeFile, Limits, Part, Unfinished } from "@ourclone/core/contract/LargeFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  InvalidRequest,
  type Reason,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ObjectMetadata from "./api/ObjectMetadata.ts"
import type { Quirks } from "./api/Quirks.ts"
import { isUnclear } from "./api/S3Errors.ts"
import { copySource } from "./S3CopySource.ts"
import { head, maxPutSize } from "./S3Files.ts"
import type { S3Root } from "./S3Root.ts"
import { decoderOf, pageSize, unexpected } from "./S3Rows.ts"
import { etagText, fileOfHead, md5OfEtag, metadataOf } from "./S3Stored.ts"
import { sendBytes } from "./UploadBytes.ts"

const mebibyte = 1024 * 1024

/** A part of which the service says nothing is read before it is sent, so that it can be told the MD5. */
const largestWhole = 64 * mebibyte

const limitsOf = ({ etagIsMd5, maxFileSize, maxParts, minPartSize }: Quirks, hidesMd5: boolean): Limits => ({
  cutoff: Math.max(64 * mebibyte, minPartSize),
  minPartSize,
  maxPartSize: maxPutSize,
  maxParts,
  maxFileSize,
  recommendedPartSize: Math.max(16 * mebibyte, minPartSize),
  partChecksum: etagIsMd5 && !hidesMd5 ? "md5" : undefined
})

/** How many uploads are remembered; of a forgotten one only less is known. */
const mostRemembered = 1024

const gapIn = (parts: ReadonlyArray<Part>): number | undefined => {
  const found = parts.findIndex(({ number }, index) => number !== index + 1)
  return parts.length === 0 ? 1 : found < 0 ? undefined : found + 1
}

export const make = (root: S3Root): LargeFile => {
  const { bucketName, calls, quirks, stored } = root
  const limits = limitsOf(quirks, stored.hidesMd5)
  const told = new Map<string, Unfinished>()
  const of = (operation: string, path: string) => ({ operation, bucket: bucketName, path })
  const fail = (operation: string, path: string, reason: Reason) => calls.fail(operation, path, reason)

  const remember = (file: Unfinished): Unfinished => {
    told.set(file.id, file)
    for (const oldest of told.keys()) {
      if (told.size <= mostRemembered) break
      told.delete(oldest)
    }
    return file
  }

  const upload = (file: Unfinished) => ({
    Bucket: bucketName,
    Key: root.nameOf(file.path),
    UploadId: file.id,
    ...stored.always
  })

  const start: LargeFile["start"] = (path, options) =>
    Effect.gen(function* () {
      if (options.size > quirks.maxFileSize) {
        const message = `the service takes files of up to ${quirks.maxFileSize} bytes, this one has ${options.size}`
        return yield* fail("start", path, new InvalidRequest({ message }))
      }
      const refused = ObjectMetadata.refusal(options.metadata)
      if (refused !== undefined) return yield* fail("start", path, new InvalidRequest({ message: refused }))
      const key = yield* root.keyOf("start", path)
      yield* root.forWriting
      const startedAt = Date.now()
      const { UploadId: id } = yield* calls.call(of("CreateMultipartUpload", path), (client, send) =>
        client.send(
          new CreateMultipartUploadCommand({
            Bucket: bucketName,
            Key: key,
            ContentType: options.contentType ?? "application/octet-stream",
            // S3 never compares it: a note that may be wrong is not handed on.
            Metadata: metadataOf(options, quirks, options.isSha1Noted === true ? undefined : options.sha1),
            ...stored.always,
            ...stored.key,
            ...stored.made
          }),
          send
        )
      )
      if (id === undefined || id === "") {
        return yield* unexpected(calls, "CreateMultipartUpload", path, "the answer has no id of the upload")
      }
      const { modifiedAt, partSize, sha1, size } = options
      return remember({ id, path, startedAt, size, modifiedAt, partSize, ...(sha1 === undefined ? {} : { sha1 }) })
    })

  const uploadPart: LargeFile["uploadPart"] = (file, number, source, { checksums = {} }) =>
    Effect.gen(function* () {
      const isTold = limits.partChecksum !== undefined
      const { answer, md5 } = yield* sendBytes<UploadPartCommandOutput>(
        {
          calls,
          operation: "uploadPart",
          path: file.path,
          source,
          announced: checksums,
          wholeSize: isTold ? smallSize : largestWhole
        },
        (send) => calls.call(of("UploadPart", file.path), send),
        (body, client, options) =>
          client.send(new UploadPartCommand({ ...upload(file), PartNumber: number, ...body, ...stored.key }), options)
      )
      const etag = etagText(answer.ETag)
      if (etag === undefined) return yield* unexpected(calls, "UploadPart", file.path, "the answer has no ETag")
      if (isTold && md5OfEtag(etag, quirks) !== undefined && etag !== md5) {
        const message = `part ${number} arrived as other bytes than were sent`
        return yield* fail("uploadPart", file.path, new ChecksumMismatch({ message, expected: md5, actual: etag }))
      }
      return { number, size: source.size, checksum: etag }
    })

  const copyPart: NonNullable<LargeFile["copyPart"]> = (file, number, from, { length, offset }) =>
    Effect.gen(function* () {
      const { CopyPartResult } = yield* calls.call(of("UploadPartCopy", file.path), (client, options) =>
        client.send(
          new UploadPartCopyCommand({
            ...upload(file),
            PartNumber: number,
            CopySource: copySource(bucketName, root.nameOf(from.path), from.versionId),
            CopySourceRange: `bytes=${offset}-${offset + length - 1}`,
            ...(quirks.copyConditions && from.versionId === undefined && from.identity !== undefined
              ? { CopySourceIfMatch: `"${from.identity}"` }
              : {}),
            ...stored.key,
            ...stored.sourceKey
          }),
          options
        )
      )
      const etag = etagText(CopyPartResult?.ETag)
      if (etag === undefined) return yield* unexpected(calls, "UploadPartCopy", file.path, "the answer has no ETag")
      return { number, size: length, checksum: etag }
    })

  /** The file that a finish made, if it did although it looks otherwise. */
  const finished = (file: Unfinished, parts: ReadonlyArray<Part>, size: number) =>
    Effect.map(head(root, file.path, root.nameOf(file.path)), (found): DatedFile | undefined => {
      const together = createHash("md5").update(Buffer.from(parts.map(({ checksum }) => checksum).join(""), "hex"))
      const expected = `${together.digest("hex")}-${parts.length}`
      const etag = etagText(found.ETag)
      const isLater = (found.LastModified?.getTime() ?? 0) >= file.startedAt - 1000
      const isSame = quirks.etagOfPartsIsMd5 && limits.partChecksum !== undefined ? etag === expected : isLater
      return isSame && found.ContentLength === size ? fileOfHead(found, file.path, quirks) : undefined
    })

  const finish: LargeFile["finish"] = (file, given) =>
    Effect.gen(function* () {
      const parts = [...given].sort((left, right) => left.number - right.number)
      const gap = gapIn(parts)
      // The service would leave a part out that is not named.
      if (gap !== undefined) {
        return yield* fail("finish", file.path, new InvalidRequest({ message: `part ${gap} is missing` }))
      }
      const size = parts.reduce((sum, part) => sum + part.size, 0)
      const complete = calls.attempt(of("CompleteMultipartUpload", file.path), (client, options) =>
        client.send(
          new CompleteMultipartUploadCommand({
            ...upload(file),
            MultipartUpload: {
              Parts: parts.map(({ checksum, number }) => ({ PartNumber: number, ETag: `"${checksum}"` }))
            }
          }),
          options
        )
      )
      const known = yield* Effect.matchEffect(complete, {
        onSuccess: () => Effect.succeed<DatedFile | undefined>(undefined),
        onFailure: ({ error, failure }): Effect.Effect<DatedFile | undefined, StorageError> =>
          isUnclear(failure)
            ? Effect.matchEffect(finished(file, parts, size), {
                onFailure: () => Effect.fail(error),
                onSuccess: (found) => (found === undefined ? Effect.fail(error) : Effect.succeed(found))
              })
            : Effect.fail(error)
      })
      const made = known ?? fileOfHead(yield* head(root, file.path, root.nameOf(file.path)), file.path, quirks)
      told.delete(file.id)
      if (made.size === size) return made
      const message = `the parts have ${size} bytes and the file that was made of them ${made.size}`
      return yield* fail("finish", file.path, new UnexpectedResponse({ message }))
    })

  const cancel: LargeFile["cancel"] = (file) =>
    calls
      .call(of("AbortMultipartUpload", file.path), (client, options) =>
        client.send(new AbortMultipartUploadCommand(upload(file)), options)
      )
      .pipe(
        Effect.catchReason("StorageError", "NotFound", () => Effect.void),
        Effect.andThen(
          Effect.sync(() => {
            told.delete(file.id)
          })
        )
      )

  interface Start {
    readonly key: string
    readonly id: string
  }

  const unfinished: LargeFile["unfinished"] = (path) => {
    const operation = "ListMultipartUploads"
    return Pages.read(
      undefined as Start | undefined,
      (from) =>
        calls
          .call(of(operation, path), (client, options) =>
            client.send(
              new ListMultipartUploadsCommand({
                Bucket: bucketName,
                Prefix: path === "" ? root.prefix : root.nameOf(path),
                MaxUploads: pageSize,
                ...(from === undefined ? {} : { KeyMarker: from.key, UploadIdMarker: from.id }),
                ...(quirks.encodesNames ? { EncodingType: "url" } : {}),
                ...stored.always
              }),
              options
            )
          )
          .pipe(
            Effect.flatMap((page): Effect.Effect<Pages.Page<Start | undefined, Unfinished>, StorageError> => {
              if (page.IsTruncated === undefined && page.Bucket === undefined) {
                return Effect.fail(unexpected(calls, operation, path, "the answer is no listing of S3"))
              }
              const decode = decoderOf(page)
              const rows = (page.Uploads ?? []).flatMap(({ Initiated, Key, UploadId: id }): Array<Unfinished> => {
                const found = root.pathOf(decode(Key))
                if (id === undefined || RemotePath.refusal(found) !== undefined) return []
                if (found === "" || !RemotePath.isWithin(found, path)) return []
                const startedAt = Initiated?.getTime() ?? 0
                return [told.get(id) ?? { id, path: RemotePath.makeUnsafe(found), startedAt }]
              })
              if (page.IsTruncated !== true) return Effect.succeed({ rows, next: undefined })
              const next = { key: decode(page.NextKeyMarker), id: page.NextUploadIdMarker ?? "" }
              return next.key === "" || (from?.key === next.key && from.id === next.id)
                ? Effect.fail(unexpected(calls, operation, path, "the listing says that it goes on, and not where"))
                : Effect.succeed({ rows, next })
            })
          ),
      () => ({ page: (rows) => rows })
    )
  }

  const parts: LargeFile["parts"] = (file) =>
    Pages.read(
      "",
      (marker) =>
        calls
          .call(of("ListParts", file.path), (client, options) =>
            client.send(
              new ListPartsCommand({
                ...upload(file),
                MaxParts: pageSize,
                ...(marker === "" ? {} : { PartNumberMarker: marker })
              }),
              options
            )
          )
          .pipe(
            Effect.flatMap((page): Effect.Effect<Pages.Page<string, Part>, StorageError> => {
              if (page.IsTruncated === undefined && page.Bucket === undefined) {
                return Effect.fail(unexpected(calls, "ListParts", file.path, "the answer is no listing of S3"))
              }
              const rows = (page.Parts ?? []).map(({ ETag, PartNumber = 0, Size = 0 }) => ({
                number: PartNumber,
                size: Size,
                checksum: etagText(ETag) ?? ""
              }))
              if (page.IsTruncated !== true) return Effect.succeed({ rows, next: undefined })
              const next = page.NextPartNumberMarker ?? ""
              return next === "" || next === marker
                ? Effect.fail(
                    unexpected(calls, "ListParts", file.path, "the listing says that it goes on, and not where")
                  )
                : Effect.succeed({ rows, next })
            })
          ),
      () => ({ page: (rows) => rows })
    )

  const copiesParts = Number.isFinite(quirks.maxCopySize)
  return {
    limits,
    start,
    uploadPart,
    ...(copiesParts ? { copyPart } : {}),
    finish,
    cancel,
    unfinished: (path) => Stream.suspend(() => unfinished(path)),
    parts: (file) => Stream.suspend(() => parts(file))
  }
}
