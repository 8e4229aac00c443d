/** One file in one request: stat and put. */
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import type { DatedFile, File } from "@ourclone/core/contract/Entry"
import type { Provider, Put, PutOptions } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import {
  AlreadyExists,
  ChecksumMismatch,
  InvalidRequest,
  NotFound,
  SourceChanged,
  type StorageError
} from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { unexpected } from "./api/ListingPages.ts"
import { objectHead } from "./api/ObjectHead.ts"
import * as ObjectMetadata from "./api/ObjectMetadata.ts"
import { headersOf } from "./api/RequestHeaders.ts"
import { headerFields } from "./S3Headers.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, fileOfHead, md5OfEtag, metadataOf } from "./S3Stored.ts"
import { sendBytes } from "./UploadBytes.ts"

/** The largest body of one request, in bytes. */
export const maxPutSize = 5 * 1024 ** 3

/** What a service says of an object. That of something between may be anything. */
export const head = (root: S3Root, path: RemotePath, key: string, versionId?: string, bucket = root.bucketName) =>
  Effect.flatMap(
    root.calls.exchange(
      { operation: "HeadObject", bucket, path },
      {
        method: "HEAD",
        bucket,
        key,
        query: versionId === undefined ? {} : { versionId },
        headers: headersOf({ ...root.stored.always, ...root.stored.key })
      }
    ),
    ({ headers }) => {
      const found = objectHead(headers)
      const { ContentLength: size, ETag, LastModified } = found
      const isObject = size !== undefined && Number.isSafeInteger(size) && size >= 0
      if (isObject && (ETag !== undefined || LastModified !== undefined)) return Effect.succeed(found)
      const message = "the answer does not tell of an object of S3; is something between?"
      return Effect.fail(unexpected(root.calls, "HeadObject", path, message))
    }
  )

/** An empty object `dir/` stands for a folder. */
export const stat =
  (root: S3Root): Provider["stat"] =>
  (path) =>
    Effect.flatMap(root.keyOf("stat", path), (key) =>
      Effect.flatMap(head(root, path, key), (found) => {
        const file = fileOfHead(found, path, root.quirks)
        return file.size === 0 && key.endsWith("/")
          ? Effect.fail(root.calls.fail("stat", path, new NotFound({ message: "there is no such file" })))
          : Effect.succeed(file)
      })
    )

interface Conditions {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
}

const store = (
  root: S3Root,
  operation: string,
  path: RemotePath,
  source: ByteSource,
  options: PutOptions,
  conditions: Conditions
): Effect.Effect<DatedFile, StorageError> =>
  Effect.gen(function* () {
    const { bucketName, calls, quirks, stored } = root
    if (source.size > maxPutSize) {
      const message = `S3 takes files of up to ${maxPutSize} bytes in one request, this one has ${source.size}`
      return yield* calls.fail(operation, path, new InvalidRequest({ message }))
    }
    const refused = ObjectMetadata.refusal(options.metadata)
    if (refused !== undefined) return yield* calls.fail(operation, path, new InvalidRequest({ message: refused }))
    const key = yield* root.keyOf(operation, path, source.size)
    yield* root.forWriting
    const contentType = options.contentType ?? "application/octet-stream"
    const announced = source.sha1 === undefined ? {} : { sha1: source.sha1 }
    const fields = {
      ContentType: contentType,
      ...headerFields(options.contentHeaders),
      Metadata: metadataOf(options, quirks),
      ...conditions,
      ...stored.always,
      ...stored.key,
      ...stored.made
    }
    const { answer: reply, md5 } = yield* sendBytes(
      { calls, operation, path, source, announced, wholeSize: 0, quirks },
      ({ body, headers }) =>
        calls.exchange(
          { operation: "PutObject", bucket: bucketName, path },
          { method: "PUT", bucket: bucketName, key, headers: { ...headersOf(fields), ...headers }, body }
        )
    )
    const answer = objectHead(reply.headers)
    const etag = etagText(answer.ETag)
    const told = stored.hidesMd5 ? undefined : md5OfEtag(answer.ETag, quirks)
    if (told !== undefined && told !== md5) {
      const message = "the service stored other bytes than were sent"
      return yield* calls.fail(operation, path, new ChecksumMismatch({ message, expected: md5, actual: told }))
    }
    return {
      _tag: "File",
      path,
      size: source.size,
      modifiedAt: options.modifiedAt,
      checksums: { md5, ...announced },
      contentType,
      ...(options.metadata === undefined ? {} : { metadata: options.metadata }),
      ...(answer.VersionId === undefined || answer.VersionId === "null" ? {} : { versionId: answer.VersionId }),
      ...(etag === undefined ? {} : { identity: etag })
    } satisfies DatedFile
  })

export const put =
  (root: S3Root): Put =>
  (path, source, options) =>
    store(root, "put", path, source, options, {})

/** A condition that did not hold is told as a change of the source; here it is the name that is taken. */
export const putIfAbsent =
  (root: S3Root): Put =>
  (path, source, options) =>
    Effect.catch(store(root, "putIfAbsent", path, source, options, { IfNoneMatch: "*" }), (error) =>
      error.operation === "PutObject" && error.reason._tag === "SourceChanged"
        ? Effect.fail(root.calls.fail("putIfAbsent", path, new AlreadyExists({ message: "a file is there already" })))
        : Effect.fail(error)
    )

const gone = "it was removed after it was seen"

export const putIfSame =
  (root: S3Root): NonNullable<Provider["putIfSame"]> =>
  (file: File, source, options) => {
    const { identity, path } = file
    if (identity === undefined) {
      const message = "nothing tells this file from others; look at it again first"
      return Effect.fail(root.calls.fail("putIfSame", path, new InvalidRequest({ message })))
    }
    return Effect.catchReason(
      store(root, "putIfSame", path, source, options, { IfMatch: `"${identity}"` }),
      "StorageError",
      "NotFound",
      () => Effect.fail(root.calls.fail("putIfSame", path, new SourceChanged({ message: gone })))
    )
  }
