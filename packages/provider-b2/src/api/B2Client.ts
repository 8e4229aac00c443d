/** B2's native API, one function for each call. Names are whole names in the bucket; `at` is the path to show in errors. */
import { NotFound, StorageError } from "@ourclone/core/contract/StorageError"
import type { Headers, HttpReply, HttpRequest } from "@ourclone/http/HttpMessage"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Authorization, Failure } from "./B2Authorization.ts"
import { type B2Calls, type CallBounds, isAsSafe } from "./B2Calls.ts"
import { encode } from "./B2Names.ts"
import { type B2Refusal, fromReply } from "./B2Refusal.ts"
import * as B2Replies from "./B2Replies.ts"
import * as ListingPages from "./ListingPages.ts"
import type { UploadUrl } from "./UploadUrls.ts"

/** Finishing and copying may take the service minutes. */
const patient: CallBounds = { timeout: 600_000 }
const long: CallBounds = { most: ListingPages.mostOfListing }

export interface ListQuery {
  readonly bucketId: string
  readonly prefix: string
  readonly delimiter?: string | undefined
  readonly startFileName?: string | undefined
  readonly startFileId?: string | undefined
  readonly maxFileCount: number
}

export interface CopySource {
  readonly sourceFileId: string
  /** `bytes=0-99` */
  readonly range?: string | undefined
}

/** What a copy is to have instead of what its source has. */
export interface CopyMetadata {
  readonly contentType: string
  readonly fileInfo: { readonly [key: string]: string }
}

/** A version by its id, or the newest one of a name. */
export type DownloadTarget = { readonly fileId: string } | { readonly bucketName: string; readonly fileName: string }

const nothing = () => undefined

interface BucketFilter {
  readonly bucketName?: string
  readonly bucketId?: string
}

/** Names of buckets do not tell letter cases apart. */
const isAsked = (row: B2Replies.BucketRow, { bucketId, bucketName }: BucketFilter): boolean =>
  (bucketId === undefined || row.bucketId === bucketId) &&
  (bucketName === undefined || row.bucketName.toLowerCase() === bucketName.toLowerCase())

const isRefusal =
  (...codes: ReadonlyArray<string>) =>
  (failure: Failure): failure is B2Refusal =>
    failure._tag === "B2Refusal" && codes.includes(failure.code)

export const downloadName = (target: DownloadTarget): string =>
  "fileId" in target ? "b2_download_file_by_id" : "b2_download_file_by_name"

const downloadPath = (target: DownloadTarget, { apiPath }: Authorization): string =>
  "fileId" in target
    ? `${apiPath}b2_download_file_by_id?fileId=${encodeURIComponent(target.fileId)}`
    : `/file/${target.bucketName}/${encode(target.fileName)}`

/** Throws for an address that would send the token readable. */
const urlOf =
  (endpoint: string) =>
  (json: unknown): UploadUrl => {
    const { authorizationToken, uploadUrl } = B2Replies.uploadUrl(json)
    if (!isAsSafe(endpoint, uploadUrl)) throw new B2Replies.UnknownShape()
    const pathAt = uploadUrl.indexOf("/", uploadUrl.indexOf("//") + 2)
    return {
      origin: uploadUrl.slice(0, pathAt),
      path: uploadUrl.slice(pathAt),
      token: Redacted.make(authorizationToken)
    }
  }

export const make = (calls: B2Calls) => {
  const { decoded, explain, http, userAgent } = calls
  const toUrl = urlOf(calls.endpoint)

  const named = <A>(
    name: string,
    at: string | undefined,
    payload: (authorization: Authorization) => object,
    decode: (json: unknown) => A,
    bounds?: CallBounds
  ): Effect.Effect<A, StorageError> => Effect.mapError(calls.call(name, payload, decode, bounds), explain(name, at))

  const upload = <A>(
    name: string,
    at: string,
    url: UploadUrl,
    headers: ReadonlyArray<string>,
    body: HttpRequest["body"],
    decode: (json: unknown) => A
  ): Effect.Effect<A, StorageError> =>
    Effect.mapError(
      http.exchange(
        {
          method: "POST",
          origin: url.origin,
          path: url.path,
          headers: ["authorization", Redacted.value(url.token), "user-agent", userAgent, ...headers],
          body
        },
        (reply) => decoded(reply, name, at, decode)
      ),
      explain(name, at, true)
    )

  const downloadRequest = (
    target: DownloadTarget,
    authorization: Authorization,
    method: "GET" | "HEAD",
    range?: string
  ): HttpRequest => {
    const headers = ["authorization", Redacted.value(authorization.token), "user-agent", userAgent]
    if (range !== undefined) headers.push("range", range)
    return { method, origin: authorization.downloadUrl, path: downloadPath(target, authorization), headers }
  }

  return {
    calls,
    downloadRequest,

    listBuckets: (filter: BucketFilter) =>
      named(
        "b2_list_buckets",
        undefined,
        ({ accountId }) => ({ accountId, ...filter, bucketTypes: ["all"] }),
        (json) => B2Replies.bucketRows(json).buckets.filter((row) => isAsked(row, filter)),
        long
      ),
    createBucket: (bucketName: string) =>
      named(
        "b2_create_bucket",
        undefined,
        ({ accountId }) => ({ accountId, bucketName, bucketType: "allPrivate" }),
        B2Replies.bucketRow
      ),
    deleteBucket: (bucketId: string) =>
      named("b2_delete_bucket", undefined, ({ accountId }) => ({ accountId, bucketId }), nothing),
    updateBucket: (bucketId: string, changes: object) =>
      Effect.mapError(
        calls.call("b2_update_bucket", ({ accountId }) => ({ accountId, bucketId, ...changes }), B2Replies.bucketRow),
        explain("b2_update_bucket", undefined, false, Object.keys(changes))
      ),

    /** Not to be made again: the service may have made the key. */
    createKey: (key: {
      readonly keyName: string
      readonly capabilities: ReadonlyArray<string>
      readonly bucketIds: ReadonlyArray<string>
      readonly namePrefix?: string
      readonly validDurationInSeconds?: number
    }) =>
      named(
        "b2_create_key",
        undefined,
        ({ accountId, apiPath }) => {
          const { bucketIds, ...rest } = key
          // Before version 4 a key was for one bucket.
          return { accountId, ...rest, ...(apiPath.includes("/v4/") ? { bucketIds } : { bucketId: bucketIds[0] }) }
        },
        B2Replies.newKeyRow
      ),
    listKeys: Stream.paginate(undefined as string | undefined, (startApplicationKeyId) =>
      Effect.map(
        named(
          "b2_list_keys",
          undefined,
          ({ accountId }) => ({
            accountId,
            maxKeyCount: 1000,
            ...(startApplicationKeyId === undefined ? {} : { startApplicationKeyId })
          }),
          B2Replies.keyPage,
          long
        ),
        ({ keys, nextApplicationKeyId }) => {
          const next = nextApplicationKeyId ?? undefined
          // A page that does not go on would come for ever.
          const advances = next !== undefined && next !== startApplicationKeyId && keys.length > 0
          return [keys, advances ? Option.some<string | undefined>(next) : Option.none()] as const
        }
      )
    ),
    /** Fails with `NotFound` for a key that is not there. */
    deleteKey: (applicationKeyId: string) =>
      calls
        .call("b2_delete_key", () => ({ applicationKeyId }), nothing)
        .pipe(
          Effect.mapError((failure) => {
            const error = explain("b2_delete_key", undefined)(failure)
            const isUnknown = failure._tag === "B2Refusal" && failure.status === 400 && failure.foreign === undefined
            if (!isUnknown) return error
            const reason = new NotFound({ message: `there is no application key ${applicationKeyId}` })
            return new StorageError({ provider: error.provider, operation: error.operation, reason })
          })
        ),

    /** A token for whatever begins with the prefix; seconds are 1 to 604,800. */
    getDownloadAuthorization: (
      at: string,
      asked: { readonly bucketId: string; readonly fileNamePrefix: string; readonly validDurationInSeconds: number }
    ) =>
      named(
        "b2_get_download_authorization",
        at,
        () => asked,
        (json) => B2Replies.downloadAuthorization(json).authorizationToken
      ),

    getUploadUrl: (bucketId: string) => named("b2_get_upload_url", undefined, () => ({ bucketId }), toUrl),
    uploadFile: (at: string, url: UploadUrl, headers: ReadonlyArray<string>, body: HttpRequest["body"]) =>
      upload("b2_upload_file", at, url, headers, body, B2Replies.fileRow),

    startLargeFile: (
      at: string,
      file: {
        readonly bucketId: string
        readonly fileName: string
        readonly contentType: string
        readonly fileInfo: { readonly [key: string]: string }
      }
    ) => named("b2_start_large_file", at, () => file, B2Replies.fileRow),
    getUploadPartUrl: (at: string, fileId: string) => named("b2_get_upload_part_url", at, () => ({ fileId }), toUrl),
    uploadPart: (at: string, url: UploadUrl, headers: ReadonlyArray<string>, body: HttpRequest["body"]) =>
      upload("b2_upload_part", at, url, headers, body, B2Replies.partRow),
    copyPart: (at: string, part: CopySource & { readonly largeFileId: string; readonly partNumber: number }) =>
      named("b2_copy_part", at, () => part, B2Replies.partRow, patient),
    /** The refusal, where there is one, is the caller's to read: it may hide a success. */
    finishLargeFile: (fileId: string, partSha1Array: ReadonlyArray<string>) =>
      calls.call("b2_finish_large_file", () => ({ fileId, partSha1Array }), B2Replies.fileRow, patient),
    /** Succeeds when the large file is already gone. */
    cancelLargeFile: (at: string, fileId: string) =>
      calls
        .call("b2_cancel_large_file", () => ({ fileId }), nothing)
        .pipe(
          Effect.catchIf(
            (failure) =>
              failure._tag === "B2Refusal" &&
              failure.foreign === undefined &&
              (failure.status === 400 || failure.status === 404),
            () => Effect.void
          ),
          Effect.mapError(explain("b2_cancel_large_file", at))
        ),
    listParts: (at: string, fileId: string, startPartNumber: number) =>
      named(
        "b2_list_parts",
        at,
        () => ({ fileId, startPartNumber, maxPartCount: 1000 }),
        ListingPages.parts(startPartNumber)
      ),
    listUnfinishedLargeFiles: (
      at: string,
      query: { readonly bucketId: string; readonly namePrefix: string },
      seen: ReadonlyArray<string>
    ) =>
      named(
        "b2_list_unfinished_large_files",
        at,
        () => ({ ...query, startFileId: seen.at(-1), maxFileCount: 100 }),
        ListingPages.unfinished(query.namePrefix, seen),
        long
      ),

    listFileNames: (at: string, query: ListQuery) =>
      named("b2_list_file_names", at, () => query, ListingPages.names(query), long),
    listFileVersions: (at: string, query: ListQuery, seen: ReadonlySet<string>) =>
      named("b2_list_file_versions", at, () => query, ListingPages.versions(query, seen), long),

    getFileInfo: (at: string, fileId: string) => named("b2_get_file_info", at, () => ({ fileId }), B2Replies.fileRow),
    /** Succeeds when there is nothing to hide. */
    hideFile: (at: string, bucketId: string, fileName: string) =>
      calls
        .call("b2_hide_file", () => ({ bucketId, fileName }), nothing)
        .pipe(
          Effect.catchIf(
            isRefusal("already_hidden", "no_such_file", "file_not_present", "not_found"),
            () => Effect.void
          ),
          Effect.mapError(explain("b2_hide_file", at))
        ),
    /** Succeeds when the version is already gone. */
    deleteFileVersion: (at: string, fileName: string, fileId: string) =>
      calls
        .call("b2_delete_file_version", () => ({ fileName, fileId }), nothing)
        .pipe(
          Effect.catchIf(isRefusal("file_not_present", "no_such_file", "not_found"), () => Effect.void),
          Effect.mapError(explain("b2_delete_file_version", at))
        ),
    copyFile: (
      at: string,
      copy: CopySource & { readonly fileName: string; readonly destinationBucketId: string },
      metadata?: CopyMetadata
    ) => {
      const payload = { ...copy, ...metadata, metadataDirective: metadata === undefined ? "COPY" : "REPLACE" }
      return named("b2_copy_file", at, () => payload, B2Replies.fileRow, patient)
    },

    /** The headers of a file, without its bytes. */
    head: (at: string, target: DownloadTarget): Effect.Effect<Headers, StorageError> =>
      Effect.mapError(
        calls.authorization.use((authorization) =>
          http.exchange(downloadRequest(target, authorization, "HEAD"), (reply) =>
            reply.status === 200 ? Effect.succeed(reply.headers) : Effect.fail(fromReply(reply))
          )
        ),
        explain(downloadName(target), at)
      ),
    /** Asks for a name that nobody gives a file: any answer of B2 will do. */
    answersDownloads: (bucketName: string): Effect.Effect<void, StorageError> =>
      Effect.mapError(
        calls.authorization.use((authorization) =>
          http.exchange(
            downloadRequest({ bucketName, fileName: ".ourclone-doctor" }, authorization, "GET", "bytes=0-0"),
            (reply) => {
              if (reply.status < 300) return Effect.void
              const refusal = fromReply(reply)
              return refusal.status < 500 && refusal.foreign === undefined ? Effect.void : Effect.fail(refusal)
            }
          )
        ),
        explain("b2_download_file_by_name", undefined)
      ),
    /** A whole file at once; of more than `most` bytes no more is read. */
    download: (at: string, target: DownloadTarget, most: number): Effect.Effect<HttpReply, StorageError> =>
      Effect.mapError(
        calls.authorization.use((authorization) =>
          http.exchange({ ...downloadRequest(target, authorization, "GET"), most }, (reply) =>
            reply.status === 200 ? Effect.succeed(reply) : Effect.fail(fromReply(reply))
          )
        ),
        explain(downloadName(target), at)
      )
  }
}

export type B2Client = ReturnType<typeof make>
