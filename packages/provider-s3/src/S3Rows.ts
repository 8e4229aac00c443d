/** Pages of names, in either version of the call, each proved to be a listing before anything is believed of it. */
import { ListObjectsCommand, ListObjectsV2Command, type _Object as S3Object } from "@aws-sdk/client-s3"
import type { File } from "@ourclone/core/contract/Entry"
import type { ListOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { type StorageError, UnexpectedResponse } from "@ourclone/core/contract/StorageError"
import type { SizedRow } from "@ourclone/core/layers/MarkedDirectories"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { S3Calls } from "./api/S3Calls.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, md5OfEtag } from "./S3Stored.ts"

export interface ObjectRow extends SizedRow {
  readonly etag: string | undefined
}

/** The most names of one answer. */
export const pageSize = 1000

/** What a listing says of itself, whichever it is. */
interface Reply {
  readonly Name?: string | undefined
  readonly IsTruncated?: boolean | undefined
  readonly EncodingType?: string | undefined
}

/** Names in the coding of URLs, where the answer says that they are. */
export const decoderOf = ({ EncodingType }: Pick<Reply, "EncodingType">) => {
  if (EncodingType !== "url") return (text: string | undefined) => text ?? ""
  return (text: string | undefined) => decodeURIComponent((text ?? "").replaceAll("+", "%20"))
}

/**
 * Why an answer is no listing: a page of a proxy, or nothing, is an empty listing to the library, and an empty listing
 * makes a sync remove everything.
 */
export const replyRefusal = ({ IsTruncated, Name }: Reply): string | undefined =>
  IsTruncated === undefined && Name === undefined ? "the answer is no listing of S3; is something between?" : undefined

export const unexpected = (calls: S3Calls, operation: string, at: string, message: string): StorageError =>
  calls.fail(operation, at, new UnexpectedResponse({ message }))

type Start = { readonly token: string } | { readonly after: string } | undefined

export interface Asked {
  readonly prefix: string
  readonly delimiter?: "/" | undefined
  /** The most rows of a page. */
  readonly limit?: number | undefined
}

interface Found {
  readonly rows: ReadonlyArray<ObjectRow>
  readonly next: Start
}

const rowOf = (decode: (text: string | undefined) => string, { ETag, Key, Size }: S3Object): ObjectRow => ({
  fileName: decode(Key),
  action: "upload",
  contentLength: Size ?? 0,
  etag: ETag
})

/** Of two that are each in order, one that is. */
const merged = (files: ReadonlyArray<ObjectRow>, folders: ReadonlyArray<ObjectRow>): ReadonlyArray<ObjectRow> =>
  folders.length === 0
    ? files
    : [...files, ...folders].sort((left, right) => RemotePath.compare(left.fileName, right.fileName))

const folderRow = (fileName: string): ObjectRow => ({ fileName, action: "folder", contentLength: 0, etag: undefined })

const fetchV2 = (root: S3Root, at: string, asked: Asked, start: Start) => {
  const { bucketName, calls, quirks, stored } = root
  const operation = "ListObjectsV2"
  const { delimiter, limit = pageSize, prefix } = asked
  const reply = calls.call({ operation, bucket: bucketName, path: at }, (client, options) =>
    client.send(
      new ListObjectsV2Command({
        Bucket: bucketName,
        Prefix: prefix,
        MaxKeys: limit,
        ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
        ...(start === undefined
          ? {}
          : "token" in start
            ? { ContinuationToken: start.token }
            : { StartAfter: start.after }),
        ...(quirks.encodesNames ? { EncodingType: "url" } : {}),
        ...stored.always
      }),
      options
    )
  )
  return Effect.flatMap(reply, (page): Effect.Effect<Found, StorageError> => {
    const refused = replyRefusal(page)
    if (refused !== undefined) return Effect.fail(unexpected(calls, operation, at, refused))
    const token = page.NextContinuationToken
    if (page.IsTruncated === true && (!token || (start !== undefined && "token" in start && start.token === token))) {
      return Effect.fail(unexpected(calls, operation, at, "the listing says that it goes on, and not where"))
    }
    const decode = decoderOf(page)
    const files = (page.Contents ?? []).map((row) => rowOf(decode, row))
    const folders = (page.CommonPrefixes ?? []).map(({ Prefix }) => folderRow(decode(Prefix)))
    return Effect.succeed({
      rows: merged(files, folders),
      next: page.IsTruncated === true && token !== undefined ? { token } : undefined
    })
  })
}

const fetchV1 = (root: S3Root, at: string, asked: Asked, start: Start) => {
  const { bucketName, calls, quirks, stored } = root
  const operation = "ListObjects"
  const { delimiter, limit = pageSize, prefix } = asked
  const marker = start === undefined || !("after" in start) ? undefined : start.after
  const reply = calls.call({ operation, bucket: bucketName, path: at }, (client, options) =>
    client.send(
      new ListObjectsCommand({
        Bucket: bucketName,
        Prefix: prefix,
        MaxKeys: limit,
        ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
        ...(marker === undefined ? {} : { Marker: marker }),
        ...(quirks.encodesNames ? { EncodingType: "url" } : {}),
        ...stored.always
      }),
      options
    )
  )
  return Effect.flatMap(reply, (page): Effect.Effect<Found, StorageError> => {
    const refused = replyRefusal(page)
    if (refused !== undefined) return Effect.fail(unexpected(calls, operation, at, refused))
    const decode = decoderOf(page)
    const files = (page.Contents ?? []).map((row) => rowOf(decode, row))
    const folders = (page.CommonPrefixes ?? []).map(({ Prefix }) => folderRow(decode(Prefix)))
    const rows = merged(files, folders)
    if (page.IsTruncated !== true) return Effect.succeed({ rows, next: undefined })
    const after = page.NextMarker === undefined ? rows.at(-1)?.fileName : decode(page.NextMarker)
    if (after === undefined || after === "" || after === marker) {
      return Effect.fail(unexpected(calls, operation, at, "the listing says that it goes on, and not where"))
    }
    return Effect.succeed({ rows, next: { after } })
  })
}

export const fetchPage = (root: S3Root, at: string, asked: Asked, start: Start): Effect.Effect<Found, StorageError> =>
  root.quirks.listVersion === 1 ? fetchV1(root, at, asked, start) : fetchV2(root, at, asked, start)

/** No name of a directory's content comes after it. */
const behind = (directory: string) => `${directory}/\u{10ffff}`

/** Where nobody wants what comes next, the listing goes on behind it. */
const skipUnwanted = (root: S3Root, { next, rows }: Found, { mayContain }: ListOptions): Start => {
  const last = rows.at(-1)
  if (next === undefined || mayContain === undefined || last === undefined || !root.quirks.listsInOrder) return next
  for (
    let slash = last.fileName.indexOf("/", root.prefix.length);
    slash >= 0;
    slash = last.fileName.indexOf("/", slash + 1)
  ) {
    const directory = root.pathOf(last.fileName.slice(0, slash))
    if (RemotePath.refusal(directory) !== undefined) return next
    if (!mayContain(RemotePath.makeUnsafe(directory))) return { after: behind(last.fileName.slice(0, slash)) }
  }
  return next
}

/** All names that begin with the prefix, page after page. */
export const rowsOf = (
  root: S3Root,
  at: string,
  asked: Asked,
  options: ListOptions = {}
): Stream.Stream<ObjectRow, StorageError> =>
  Pages.read(
    undefined as Start,
    (start) =>
      Effect.map(
        fetchPage(root, at, asked, start),
        (found): Pages.Page<Start, ObjectRow> => ({ rows: found.rows, next: skipUnwanted(root, found, options) })
      ),
    () => ({ page: (rows) => rows })
  )

/** Names do not say when a file was changed, nor what it holds; `stat` does. */
export const fileOf =
  ({ quirks, stored }: Pick<S3Root, "quirks" | "stored">) =>
  ({ contentLength, etag }: ObjectRow, path: RemotePath.RemotePath): File => {
    const md5 = stored.hidesMd5 ? undefined : md5OfEtag(etag, quirks)
    const identity = etagText(etag)
    return {
      _tag: "File",
      path,
      size: contentLength ?? 0,
      checksums: md5 === undefined ? {} : { md5 },
      ...(identity === undefined ? {} : { identity })
    }
  }
