/**
 * Files in parts.
 *
 * S3 tells of an unfinished upload its key, id and time, and nothing of what it is to be: that is in the journal of
 * uploads, by which a later run knows whose parts they are.
 */
import { createHash } from "node:crypto"
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand
} from "@aws-sdk/client-s3"
import { smallSize } from "@ourclone/core/contract/ByteSource"
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { LargeFile, Limits, Part, Unfinished } from "@ourclone/core/contract/LargeFile"
import {
  ChecksumMismatch,
  InvalidRequest,
  type Reason,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import type { UploadJournal } from "@ourclone/core/layers/UploadJournal"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { unexpected } from "./api/ListingPages.ts"
import { objectHead } from "./api/ObjectHead.ts"
import * as ObjectMetadata from "./api/ObjectMetadata.ts"
import type { Quirks } from "./api/Quirks.ts"
import { headersOf } from "./api/RequestHeaders.ts"
import { isUnclear } from "./api/S3Errors.ts"
import { copySource } from "./S3CopySource.ts"
import { head, maxPutSize } from "./S3Files.ts"
import { headerFields } from "./S3Headers.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, fileOfHead, md5OfEtag, metadataOf } from "./S3Stored.ts"
import * as S3Unfinished from "./S3Unfinished.ts"
import { sendBytes } from "./UploadBytes.ts"

const mebibyte = 1024 * 1024

/** A part of which the service says nothing is read before it is sent, so that it can be told the MD5. */
const largestWhole = 64 * mebibyte

const limitsOf = ({ etagIsMd5, isB2, maxFileSize, maxParts, minPartSize }: Quirks, hidesMd5: boolean): Limits => ({
  cutoff: Math.max(64 * mebibyte, minPartSize),
  minPartSize,
  maxPartSize: maxPutSize,
  maxParts,
  maxFileSize,
  recommendedPartSize: Math.max(16 * mebibyte, minPartSize),
  partChecksum: etagIsMd5 && !hidesMd5 ? "md5" : undefined,
  // Natively it is all that tells of the bytes of such a file.
  wantsSha1: isB2
})

const gapIn = (parts: ReadonlyArray<Part>): number | undefined => {
  const found = parts.findIndex(({ number }, index) => number !== index + 1)
  return parts.length === 0 ? 1 : found < 0 ? undefined : found + 1
}

export const make = (root: S3Root, account: string, journal: UploadJournal): LargeFile => {
  const { bucketName, calls, quirks, stored } = root
  const limits = limitsOf(quirks, stored.hidesMd5)
  const of = (operation: string, path: string) => ({ operation, bucket: bucketName, path })
  const fail = (operation: string, path: string, reason: Reason) => calls.fail(operation, path, reason)

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
            ...headerFields(options.contentHeaders),
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
      const file = { id, path, startedAt, size, modifiedAt, partSize, ...(sha1 === undefined ? {} : { sha1 }) }
      journal.begin(account, file)
      return file
    })

  const uploadPart: LargeFile["uploadPart"] = (file, number, source, { checksums = {} }) =>
    Effect.gen(function* () {
      const isTold = limits.partChecksum !== undefined
      const { answer, md5 } = yield* sendBytes(
        {
          calls,
          operation: "uploadPart",
          path: file.path,
          source,
          announced: checksums,
          wholeSize: isTold ? smallSize : largestWhole,
          quirks
        },
        ({ body, headers }) =>
          calls.exchange(of("UploadPart", file.path), {
            method: "PUT",
            bucket: bucketName,
            key: root.nameOf(file.path),
            query: { partNumber: `${number}`, uploadId: file.id },
            headers: { ...headersOf({ ...stored.always, ...stored.key }), ...headers },
            body
          })
      )
      const etag = etagText(objectHead(answer.headers).ETag)
      if (etag === undefined) return yield* unexpected(calls, "UploadPart", file.path, "the answer has no ETag")
      if (isTold && md5OfEtag(etag, quirks) !== undefined && etag !== md5) {
        const message = `part ${number} arrived as other bytes than were sent`
        return yield* fail("uploadPart", file.path, new ChecksumMismatch({ message, expected: md5, actual: etag }))
      }
      return { number, size: source.size, checksum: etag }
    })

  const copyPart: NonNullable<LargeFile["copyPart"]> = (file, number, from, { length, offset }) =>
    Effect.gen(function* () {
      if (offset < 0 || length < 1 || offset + length > from.size) {
        // Some services copy what there is, and say nothing.
        const message = `bytes ${offset} to ${offset + length} lie outside the file of ${from.size} bytes`
        return yield* fail("copyPart", file.path, new InvalidRequest({ message }))
      }
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
      journal.end(account, file.id)
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
        Effect.andThen(Effect.sync(() => journal.end(account, file.id)))
      )

  const copiesParts = Number.isFinite(quirks.maxCopySize)
  return {
    limits,
    start,
    uploadPart,
    ...(copiesParts ? { copyPart } : {}),
    finish,
    cancel,
    unfinished: (path) =>
      Stream.map(S3Unfinished.uploads(root, path), (found) => {
        const begun = journal.find(account, found.id)
        return begun === undefined ? found : { ...begun.file, path: found.path }
      }),
    parts: (file) => S3Unfinished.parts(root, file)
  }
}
