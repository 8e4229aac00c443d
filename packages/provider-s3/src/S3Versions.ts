/** Old versions and delete markers. */
import { type DeleteMarkerEntry, ListObjectVersionsCommand, type ObjectVersion } from "@aws-sdk/client-s3"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Version, Versions } from "@ourclone/core/contract/Versions"
import { markedDirectory } from "@ourclone/core/layers/MarkedDirectories"
import * as Pages from "@ourclone/core/layers/Pages"
import { inPathOrder, type Row } from "@ourclone/core/layers/PathOrder"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ListingPages from "./api/ListingPages.ts"
import { head } from "./S3Files.ts"
import { deleteKey } from "./S3Removal.ts"
import type { S3Root } from "./S3Root.ts"
import { pageSize } from "./S3Rows.ts"
import { fileOfHead, md5OfEtag } from "./S3Stored.ts"

export interface VersionRow extends Row {
  readonly versionId: string
  readonly isMarker: boolean
  readonly isLatest: boolean
  readonly size: number
  readonly etag: string | undefined
  readonly storedAt: number
}

interface Start {
  readonly key: string
  readonly versionId: string
  readonly seen: ListingPages.Seen
}

const rowOf = (
  decode: (text: string | undefined) => string,
  row: ObjectVersion | DeleteMarkerEntry,
  isMarker: boolean
): VersionRow => ({
  fileName: decode(row.Key),
  action: isMarker ? "hide" : "upload",
  versionId: row.VersionId ?? "null",
  isMarker,
  isLatest: row.IsLatest === true,
  size: isMarker ? 0 : ListingPages.sizeOf("Size" in row ? row.Size : undefined),
  etag: "ETag" in row ? row.ETag : undefined,
  storedAt: row.LastModified?.getTime() ?? 0
})

/** The library makes two lists of one; the newest of a name comes first in it. */
const inOrder = (rows: ReadonlyArray<VersionRow>): ReadonlyArray<VersionRow> =>
  [...rows].sort(
    (left, right) =>
      RemotePath.compare(left.fileName, right.fileName) ||
      Number(right.isLatest) - Number(left.isLatest) ||
      right.storedAt - left.storedAt
  )

const fetchPage = (root: S3Root, at: string, prefix: string, start: Start | undefined) => {
  const { bucketName, calls, quirks, stored } = root
  const operation = "ListObjectVersions"
  const reply = calls.call({ operation, bucket: bucketName, path: at }, (client, options) =>
    client.send(
      new ListObjectVersionsCommand({
        Bucket: bucketName,
        Prefix: prefix,
        MaxKeys: pageSize,
        ...(start === undefined ? {} : { KeyMarker: start.key, VersionIdMarker: start.versionId }),
        ...(quirks.encodesNames ? { EncodingType: "url" } : {}),
        ...stored.always
      }),
      options
    )
  )
  return Effect.flatMap(reply, (page) =>
    ListingPages.reading(calls, operation, at, (): Pages.Page<Start | undefined, VersionRow> => {
      ListingPages.assertListing(page.Name, page.IsTruncated)
      const decode = ListingPages.decoderOf(page)
      const rows = inOrder([
        ...(page.Versions ?? []).map((row) => rowOf(decode, row, false)),
        ...(page.DeleteMarkers ?? []).map((row) => rowOf(decode, row, true))
      ])
      const names = rows.map(({ fileName }) => fileName)
      const isLater = (order: number) => !quirks.listsInOrder || order >= 0
      const seen = ListingPages.advance(names, prefix, start?.seen, isLater, rows[0]?.versionId)
      if (page.IsTruncated !== true) return { rows, next: undefined }
      const next = { key: decode(page.NextKeyMarker), versionId: page.NextVersionIdMarker ?? "", seen }
      const stands = start !== undefined && start.key === next.key && start.versionId === next.versionId
      return next.key === "" || stands ? ListingPages.standsStill() : { rows, next }
    })
  )
}

const versionRows = (root: S3Root, at: string, prefix: string): Stream.Stream<VersionRow, StorageError> =>
  Pages.read(
    undefined as Start | undefined,
    (start) => fetchPage(root, at, prefix, start),
    () => ({ page: (rows) => rows })
  )

/** Every row of exactly the key. Names that go on after it are not read through. */
export const versionsOfKey = (root: S3Root, at: string, key: string) =>
  Stream.takeWhile(versionRows(root, at, key), (row) => row.fileName === key)

/** A listing does not say when the content was changed: each version that has bytes is asked. */
const versionOf = (root: S3Root, row: VersionRow): Effect.Effect<ReadonlyArray<Version>, StorageError> => {
  const name = root.pathOf(row.fileName)
  if (RemotePath.refusal(name) !== undefined) return Effect.succeed([])
  const path = RemotePath.makeUnsafe(name)
  const { etag, isMarker, size, storedAt, versionId } = row
  if (isMarker) {
    return Effect.succeed([{ path, versionId, kind: "Hidden", size: 0, storedAt, modifiedAt: storedAt }])
  }
  const md5 = root.stored.hidesMd5 ? undefined : md5OfEtag(etag, root.quirks)
  const listed: Version = {
    path,
    versionId,
    kind: "Stored",
    size,
    storedAt,
    modifiedAt: storedAt,
    ...(md5 === undefined ? {} : { checksums: { md5 } })
  }
  return head(root, path, row.fileName, versionId).pipe(
    Effect.map((found): ReadonlyArray<Version> => {
      const { checksums, contentType, metadata, modifiedAt } = fileOfHead(found, path, root.quirks)
      const told = {
        ...(contentType === undefined ? {} : { contentType }),
        ...(metadata === undefined ? {} : { metadata })
      }
      return [{ ...listed, modifiedAt, checksums, ...told }]
    }),
    // It may be gone by now, or its bytes not for this key.
    Effect.catchReasons("StorageError", {
      NotFound: () => Effect.succeed<ReadonlyArray<Version>>([]),
      PermissionDenied: () => Effect.succeed([listed])
    })
  )
}

/** How many versions are asked for at once. */
const lookingAtOnce = 16

const directoryOf: Versions["directoryOf"] = ({ path, size }) => {
  const marked = size === 0 ? markedDirectory(Spelling.segments.toName(path)) : undefined
  if (marked === undefined) return undefined
  return marked === "" ? RemotePath.root : RemotePath.makeUnsafe(Spelling.segments.toPath(marked.slice(0, -1)))
}

export const make = (root: S3Root): Versions => {
  const dated = (rows: Stream.Stream<VersionRow, StorageError>) =>
    rows.pipe(
      Stream.mapEffect((row) => versionOf(root, row), { concurrency: lookingAtOnce }),
      Stream.flatMap(Stream.fromIterable)
    )
  const under = (at: string, prefix: string) => dated(inPathOrder((begin) => versionRows(root, at, begin), prefix))

  return {
    list: (path, { newest } = {}) =>
      Stream.suspend(() => {
        if (path === "") return newest === undefined ? under(path, root.prefix) : Stream.empty
        const name = root.nameOf(path)
        if (newest !== undefined) return dated(Stream.take(versionsOfKey(root, path, name), newest))
        // Not one listing of all that begins with the name: `a-b`, `a.txt` … may lie between `a` and `a/`.
        return Stream.concat(dated(versionsOfKey(root, path, name)), under(path, `${name}/`))
      }),
    remove: (version) => deleteKey(root, version.path, root.nameOf(version.path), version.versionId),
    hide: (path) => deleteKey(root, path, root.nameOf(path)),
    directoryOf
  }
}
