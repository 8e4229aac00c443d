/**
 * Files in parts.
 *
 * What a later run has to know to go on (size, part size, time, SHA-1) is kept
 * in the file info of the unfinished large file.
 */
import { hash } from "node:crypto"
import { type ByteSource, smallSize } from "@ourclone/core/contract/ByteSource"
import type { LargeFile, Limits, Part, PartOptions, StartOptions, Unfinished } from "@ourclone/core/contract/LargeFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import {
  ChecksumMismatch,
  InvalidRequest,
  SourceChanged,
  type StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Authorization, Failure } from "./api/B2Authorization.ts"
import { infoRefusal } from "./api/B2Names.ts"
import { type FileRow, fileOf, sha1Of, timeOf, wholeNumber } from "./api/B2Replies.ts"
import { headerInfo } from "./api/HeaderInfo.ts"
import * as UploadUrls from "./api/UploadUrls.ts"
import { maxPutSize } from "./B2Files.ts"
import type { B2Root } from "./B2Root.ts"
import { streamedBody } from "./UploadBody.ts"

/** Where pages of unfinished files began. */
const none: ReadonlyArray<string> = []

/** B2 takes no larger file, in bytes. */
const maxSize = 10_000_000_000_000

interface PartRow {
  readonly partNumber: number
  readonly contentLength: number
  readonly contentSha1: string
}

const limitsOf = ({ absoluteMinimumPartSize, recommendedPartSize }: Authorization): Limits => ({
  // B2's own advice is 200 MB, which is two parts of the size it recommends.
  cutoff: Math.max(recommendedPartSize * 2, absoluteMinimumPartSize),
  minPartSize: absoluteMinimumPartSize,
  maxPartSize: maxPutSize,
  maxParts: 10_000,
  maxFileSize: maxSize,
  recommendedPartSize,
  partChecksum: "sha1"
})

const infoOf = (options: StartOptions) => ({
  ...options.metadata,
  ...headerInfo(options.contentHeaders),
  src_last_modified_millis: `${options.modifiedAt}`,
  "ourclone-size": `${options.size}`,
  "ourclone-part-size": `${options.partSize}`,
  // B2 never compares it: a note that may be wrong is not handed on.
  ...(options.sha1 === undefined || options.isSha1Noted === true ? {} : { large_file_sha1: options.sha1 })
})

const unfinishedOf = (row: FileRow, path: RemotePath.RemotePath): Unfinished => {
  const info = row.fileInfo ?? {}
  const size = wholeNumber(info["ourclone-size"])
  const partSize = wholeNumber(info["ourclone-part-size"])
  const modifiedAt = timeOf(info.src_last_modified_millis)
  const sha1 = sha1Of(undefined, info.large_file_sha1)
  return {
    id: row.fileId,
    path,
    startedAt: row.uploadTimestamp,
    ...(size === undefined ? {} : { size }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
    ...(partSize === undefined ? {} : { partSize }),
    ...(sha1 === undefined ? {} : { sha1 })
  }
}

const partOf = (row: PartRow): Part => ({
  number: row.partNumber,
  size: row.contentLength,
  checksum: sha1Of(row.contentSha1, undefined) ?? row.contentSha1
})

/** Large files whose upload URLs are kept; a forgotten one is given new ones. */
const mostPools = 256

/** Whether a finish that failed this way may have happened all the same. */
const mayHaveFinished = (failure: Failure): boolean =>
  failure._tag === "ConnectionFailure" ||
  (failure._tag === "B2Refusal" &&
    (failure.status >= 500 ||
      failure.status === 404 ||
      failure.status === 408 ||
      (failure.status === 400 && failure.code === "bad_request")))

export const make = (root: B2Root): LargeFile => {
  const { client, fail } = root
  /** Upload URLs belong to one large file. */
  const pools = new Map<string, UploadUrls.UploadUrls>()
  const poolOf = (file: Unfinished): UploadUrls.UploadUrls => {
    const known = pools.get(file.id)
    if (known !== undefined) return known
    const pool = UploadUrls.make(client.getUploadPartUrl(file.path, file.id))
    pools.set(file.id, pool)
    // Uploads that broke off are never finished nor cancelled here.
    for (const oldest of pools.keys()) {
      if (pools.size <= mostPools) break
      pools.delete(oldest)
    }
    return pool
  }

  const verified = (file: Unfinished, row: PartRow, number: number, size: number, sha1: string) => {
    const part = partOf(row)
    if (part.number === number && part.size === size && part.checksum === sha1) return Effect.succeed(part)
    const message = `part ${number} arrived as ${part.size} other bytes than the ${size} that were sent`
    const reason = new ChecksumMismatch({ message, expected: sha1, actual: part.checksum })
    return Effect.fail(fail("uploadPart", file.path, reason))
  }

  const sendWhole = (file: Unfinished, number: number, bytes: Uint8Array, announced: string | undefined) => {
    const sha1 = announced ?? hash("sha1", bytes)
    const headers = ["x-bz-part-number", `${number}`, "x-bz-content-sha1", sha1]
    return Effect.flatMap(
      poolOf(file).use((url) => client.uploadPart(file.path, url, headers, bytes)),
      (row) => verified(file, row, number, bytes.length, sha1)
    )
  }

  const sendStreamed = (file: Unfinished, number: number, source: ByteSource, announced: string | undefined) =>
    Effect.flatMap(
      poolOf(file).use((url) =>
        streamedBody(root, file.path, source, announced, (body) => {
          const headers = ["x-bz-part-number", `${number}`, "x-bz-content-sha1", body.sha1Header, ...body.headers]
          return Effect.map(client.uploadPart(file.path, url, headers, body.bytes), (row) => ({
            row,
            sha1: body.sha1()
          }))
        })
      ),
      ({ row, sha1 }) => verified(file, row, number, source.size, sha1)
    )

  const uploadPart = (
    file: Unfinished,
    number: number,
    source: ByteSource,
    { checksums }: PartOptions
  ): Effect.Effect<Part, StorageError> => {
    const sha1 = checksums?.sha1
    if (source.size > smallSize) return sendStreamed(file, number, source, sha1)
    return Effect.flatMap(source.bytes, (bytes) => {
      if (bytes.length === source.size) return sendWhole(file, number, bytes, sha1)
      const message = `the file changed while it was read: ${bytes.length} bytes instead of ${source.size}`
      return Effect.fail(fail("uploadPart", file.path, new SourceChanged({ message })))
    })
  }

  const finish: LargeFile["finish"] = (file, parts) => {
    const inOrder = [...parts].sort((left, right) => left.number - right.number)
    const explained = client.calls.explain("b2_finish_large_file", file.path)
    return client
      .finishLargeFile(
        file.id,
        inOrder.map(({ checksum }) => checksum)
      )
      .pipe(
        Effect.catch((failure) => {
          if (!mayHaveFinished(failure)) return Effect.fail(explained(failure))
          return Effect.matchEffect(client.getFileInfo(file.path, file.id), {
            onFailure: () => Effect.fail(explained(failure)),
            onSuccess: (row) => (row.action === "upload" ? Effect.succeed(row) : Effect.fail(explained(failure)))
          })
        }),
        Effect.flatMap((row) => {
          pools.delete(file.id)
          const size = parts.reduce((sum, part) => sum + part.size, 0)
          if (row.contentLength === size) return Effect.succeed(fileOf(row, file.path))
          const message = `the parts have ${size} bytes and the file that B2 made of them ${row.contentLength}`
          return Effect.fail(fail("finish", file.path, new UnexpectedResponse({ message })))
        })
      )
  }

  const forget = (file: Unfinished) =>
    Effect.sync(() => {
      pools.delete(file.id)
    })

  return {
    limits: limitsOf(client.calls.authorization.current()),
    start: (path, options) =>
      Effect.gen(function* () {
        if (options.size > maxSize) {
          const message = `B2 takes files of up to ${maxSize} bytes, this one has ${options.size}`
          return yield* fail("start", path, new InvalidRequest({ message }))
        }
        const refused = infoRefusal(options.metadata)
        if (refused !== undefined) return yield* fail("start", path, new InvalidRequest({ message: refused }))
        const fileName = yield* Effect.fromResult(root.fileName("start", path))
        const { id } = yield* root.bucketForWriting
        const contentType = options.contentType ?? "b2/x-auto"
        const row = yield* client.startLargeFile(path, {
          bucketId: id,
          fileName,
          contentType,
          fileInfo: infoOf(options)
        })
        return unfinishedOf(row, path)
      }),
    uploadPart: (file, number, source, options) => Effect.suspend(() => uploadPart(file, number, source, options)),
    copyPart: (file, number, from, { length, offset }) =>
      Effect.suspend(() => {
        const { versionId } = from
        if (versionId === undefined) {
          const message = "a part is copied from a file whose version is known"
          return Effect.fail(fail("copyPart", file.path, new InvalidRequest({ message })))
        }
        if (offset < 0 || length < 1 || offset + length > from.size) {
          const message = `bytes ${offset} to ${offset + length} lie outside the file of ${from.size} bytes`
          return Effect.fail(fail("copyPart", file.path, new InvalidRequest({ message })))
        }
        const range = `bytes=${offset}-${offset + length - 1}`
        const part = { sourceFileId: versionId, largeFileId: file.id, partNumber: number, range }
        return Effect.map(client.copyPart(file.path, part), partOf)
      }),
    finish: (file, parts) => Effect.suspend(() => finish(file, parts)),
    cancel: (file) => Effect.andThen(client.cancelLargeFile(file.path, file.id), forget(file)),
    unfinished: (path) =>
      Stream.unwrap(
        Effect.map(root.bucket, ({ id }) =>
          Pages.read(
            none,
            (seen) =>
              Effect.map(
                client.listUnfinishedLargeFiles(path, { bucketId: id, namePrefix: root.nameOf(path) }, seen),
                ({ files, nextFileId }): Pages.Page<ReadonlyArray<string>, FileRow> => ({
                  rows: files,
                  next: nextFileId === null ? undefined : [...seen, nextFileId]
                })
              ),
            () => ({
              page: (rows) =>
                rows.flatMap((row) => {
                  const found = root.pathOf(row.fileName)
                  if (RemotePath.refusal(found) !== undefined || !RemotePath.isWithin(found, path)) return []
                  return [unfinishedOf(row, RemotePath.makeUnsafe(found))]
                })
            })
          )
        )
      ),
    parts: (file) =>
      Pages.read(
        1,
        (startPartNumber) =>
          Effect.map(client.listParts(file.path, file.id, startPartNumber), ({ nextPartNumber, parts }) => ({
            rows: parts,
            next: nextPartNumber ?? undefined
          })),
        () => ({ page: (rows) => rows.map(partOf) })
      )
  }
}
