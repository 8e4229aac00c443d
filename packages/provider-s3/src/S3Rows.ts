/** Pages of names, in either version of the call, each proved to be a listing before anything is believed of it. */
import { ListObjectsCommand, ListObjectsV2Command, type _Object as S3Object } from "@aws-sdk/client-s3"
import type { File } from "@ourclone/core/contract/Entry"
import type { ListOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { SizedRow } from "@ourclone/core/layers/MarkedDirectories"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import * as ListingPages from "./api/ListingPages.ts"
import type { S3Root } from "./S3Root.ts"
import { etagText, md5OfEtag } from "./S3Stored.ts"

export interface ObjectRow extends SizedRow {
  readonly etag: string | undefined
}

/** The most names of one answer. */
export const pageSize = 1000

type Start = { readonly token: string } | { readonly after: string } | undefined

/** Where to go on, and what was seen before. */
interface Place {
  readonly from: Start
  readonly seen: ListingPages.Seen | undefined
}

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
  contentLength: ListingPages.sizeOf(Size),
  etag: ETag
})

/** Of two that are each in order, one that is. */
const merged = (files: ReadonlyArray<ObjectRow>, folders: ReadonlyArray<ObjectRow>): ReadonlyArray<ObjectRow> =>
  folders.length === 0
    ? files
    : [...files, ...folders].sort((left, right) => RemotePath.compare(left.fileName, right.fileName))

const folderRow = (fileName: string): ObjectRow => ({ fileName, action: "folder", contentLength: 0, etag: undefined })

/** What a listing says, in either version. */
interface Reply {
  readonly Name?: string | undefined
  readonly IsTruncated?: boolean | undefined
  readonly EncodingType?: string | undefined
  readonly Contents?: ReadonlyArray<S3Object> | undefined
  readonly CommonPrefixes?: ReadonlyArray<{ readonly Prefix?: string | undefined }> | undefined
}

const rowsIn = (page: Reply): ReadonlyArray<ObjectRow> => {
  ListingPages.assertListing(page.Name, page.IsTruncated)
  const decode = ListingPages.decoderOf(page)
  const files = (page.Contents ?? []).map((row) => rowOf(decode, row))
  const folders = (page.CommonPrefixes ?? []).map(({ Prefix }) => folderRow(decode(Prefix)))
  return merged(files, folders)
}

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
  return Effect.flatMap(reply, (page) =>
    ListingPages.reading(calls, operation, at, (): Found => {
      const rows = rowsIn(page)
      const token = page.NextContinuationToken
      if (page.IsTruncated !== true) return { rows, next: undefined }
      const stands = start !== undefined && "token" in start && start.token === token
      return token === undefined || token === "" || stands ? ListingPages.standsStill() : { rows, next: { token } }
    })
  )
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
  return Effect.flatMap(reply, (page) =>
    ListingPages.reading(calls, operation, at, (): Found => {
      const rows = rowsIn(page)
      if (page.IsTruncated !== true) return { rows, next: undefined }
      const { NextMarker: next } = page
      const after = next === undefined ? rows.at(-1)?.fileName : ListingPages.decoderOf(page)(next)
      return after === undefined || after === "" || after === marker
        ? ListingPages.standsStill()
        : { rows, next: { after } }
    })
  )
}

/** One page, whose names have the prefix and come after those that were `seen`. */
export const fetchPage = (
  root: S3Root,
  at: string,
  asked: Asked,
  { from, seen }: Place = { from: undefined, seen: undefined }
): Effect.Effect<Found & { readonly seen: ListingPages.Seen }, StorageError> => {
  const isOfVersion1 = root.quirks.listVersion === 1
  const page = isOfVersion1 ? fetchV1(root, at, asked, from) : fetchV2(root, at, asked, from)
  const isLater = root.quirks.listsInOrder ? (order: number) => order > 0 : undefined
  return Effect.flatMap(page, (found) =>
    ListingPages.reading(root.calls, isOfVersion1 ? "ListObjects" : "ListObjectsV2", at, () => {
      const names = found.rows.map(({ fileName }) => fileName)
      return { ...found, seen: ListingPages.advance(names, asked.prefix, seen, isLater) }
    })
  )
}

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
    { from: undefined, seen: undefined } as Place,
    (place) =>
      Effect.map(fetchPage(root, at, asked, place), (found): Pages.Page<Place, ObjectRow> => {
        const from = skipUnwanted(root, found, options)
        return { rows: found.rows, next: from === undefined ? undefined : { from, seen: found.seen } }
      }),
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
