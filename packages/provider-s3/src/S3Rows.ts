/** Pages of names, in either version of the call, each proved to be a listing before anything is believed of it. */
import type { File } from "@ourclone/core/contract/Entry"
import type { ListOptions } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { SizedRow } from "@ourclone/core/layers/MarkedDirectories"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import * as ListingPages from "./api/ListingPages.ts"
import type { ListedObject, Listing } from "./api/ListingXml.ts"
import { headersOf } from "./api/RequestHeaders.ts"
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

const rowOf = (decode: (text: string | undefined) => string, { ETag, Key, Size }: ListedObject): ObjectRow => ({
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

const rowsIn = (page: Listing): ReadonlyArray<ObjectRow> => {
  ListingPages.assertListing(page.Name, page.IsTruncated)
  const decode = ListingPages.decoderOf(page)
  const files = page.Contents.map((row) => rowOf(decode, row))
  const folders = page.CommonPrefixes.map(({ Prefix }) => folderRow(decode(Prefix)))
  return merged(files, folders)
}

/** What a page of a thousand of the longest names may have in bytes, and four times as much. */
const mostOfPage = 16 * 1024 * 1024

/** What the service says; `NoListing` is for those who read it. */
const ask = (
  { bucketName, calls, quirks, stored }: S3Root,
  operation: string,
  at: string,
  { delimiter, limit = pageSize, prefix }: Asked,
  query: Readonly<Record<string, string>>
) =>
  calls.exchange(
    { operation, bucket: bucketName, path: at },
    {
      method: "GET",
      bucket: bucketName,
      query: {
        prefix,
        "max-keys": `${limit}`,
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(quirks.encodesNames ? { "encoding-type": "url" } : {}),
        ...query
      },
      headers: headersOf(stored.always),
      most: mostOfPage
    }
  )

const fetchV2 = (root: S3Root, at: string, asked: Asked, start: Start) => {
  const { calls } = root
  const operation = "ListObjectsV2"
  const from: Readonly<Record<string, string>> =
    start === undefined ? {} : "token" in start ? { "continuation-token": start.token } : { "start-after": start.after }
  const reply = ask(root, operation, at, asked, { "list-type": "2", ...from })
  return Effect.flatMap(reply, ({ body }) =>
    ListingPages.reading(calls, operation, at, (): Found => {
      const page = ListingPages.listingOf(body)
      const rows = rowsIn(page)
      const token = page.NextContinuationToken
      if (page.IsTruncated !== true) return { rows, next: undefined }
      const stands = start !== undefined && "token" in start && start.token === token
      return token === undefined || token === "" || stands ? ListingPages.standsStill() : { rows, next: { token } }
    })
  )
}

const fetchV1 = (root: S3Root, at: string, asked: Asked, start: Start) => {
  const { calls } = root
  const operation = "ListObjects"
  const marker = start === undefined || !("after" in start) ? undefined : start.after
  const reply = ask(root, operation, at, asked, marker === undefined ? {} : { marker })
  return Effect.flatMap(reply, ({ body }) =>
    ListingPages.reading(calls, operation, at, (): Found => {
      const page = ListingPages.listingOf(body)
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

/** Behind what is of no interest. What is spelled stands elsewhere among paths, and is of no interest then either. */
const beginOf = (root: S3Root, { delimiter }: Asked, { after }: ListOptions): Start =>
  after === undefined || delimiter !== undefined || !root.quirks.listsInOrder
    ? undefined
    : { after: root.nameOf(after) }

/** All names that begin with the prefix, page after page. */
export const rowsOf = (
  root: S3Root,
  at: string,
  asked: Asked,
  options: ListOptions = {}
): Stream.Stream<ObjectRow, StorageError> =>
  Pages.read(
    { from: beginOf(root, asked, options), seen: undefined } as Place,
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
