/** Which uploads in parts are unfinished, and which parts of one have arrived. */
import { ListMultipartUploadsCommand, ListPartsCommand } from "@aws-sdk/client-s3"
import type { Part, Unfinished } from "@ourclone/core/contract/LargeFile"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Pages from "@ourclone/core/layers/Pages"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import * as ListingPages from "./api/ListingPages.ts"
import type { S3Root } from "./S3Root.ts"
import { pageSize } from "./S3Rows.ts"
import { etagText } from "./S3Stored.ts"

interface Start {
  readonly key: string
  readonly id: string
  readonly seen: ListingPages.Seen
}

/** Those at `path` and below it, as far as the service tells of them. */
export const uploads = (
  { bucketName, calls, nameOf, pathOf, prefix: rootPrefix, quirks, stored }: S3Root,
  path: RemotePath.RemotePath
): Stream.Stream<Unfinished, StorageError> => {
  const operation = "ListMultipartUploads"
  const prefix = path === "" ? rootPrefix : nameOf(path)
  return Pages.read(
    undefined as Start | undefined,
    (from) =>
      calls
        .call({ operation, bucket: bucketName, path }, (client, options) =>
          client.send(
            new ListMultipartUploadsCommand({
              Bucket: bucketName,
              Prefix: prefix,
              MaxUploads: pageSize,
              ...(from === undefined ? {} : { KeyMarker: from.key, UploadIdMarker: from.id }),
              ...(quirks.encodesNames ? { EncodingType: "url" } : {}),
              ...stored.always
            }),
            options
          )
        )
        .pipe(
          Effect.flatMap((page) =>
            ListingPages.reading(calls, operation, path, (): Pages.Page<Start | undefined, Unfinished> => {
              ListingPages.assertListing(page.Bucket, page.IsTruncated)
              const decode = ListingPages.decoderOf(page)
              const found = (page.Uploads ?? []).map((row) => ({ ...row, key: decode(row.Key) }))
              const names = found.map(({ key }) => key)
              const isLater = (order: number) => !quirks.listsInOrder || order >= 0
              const seen = ListingPages.advance(names, prefix, from?.seen, isLater, found[0]?.UploadId)
              const rows = found.flatMap(({ Initiated, UploadId: id, key }): Array<Unfinished> => {
                const at = pathOf(key)
                if (id === undefined || at === "" || RemotePath.refusal(at) !== undefined) return []
                if (!RemotePath.isWithin(at, path)) return []
                return [{ id, path: RemotePath.makeUnsafe(at), startedAt: Initiated?.getTime() ?? 0 }]
              })
              if (page.IsTruncated !== true) return { rows, next: undefined }
              const next = { key: decode(page.NextKeyMarker), id: page.NextUploadIdMarker ?? "", seen }
              const stands = from?.key === next.key && from.id === next.id
              return next.key === "" || stands ? ListingPages.standsStill() : { rows, next }
            })
          )
        ),
    () => ({ page: (rows) => rows })
  )
}

export const parts = (
  { bucketName, calls, nameOf, quirks, stored }: S3Root,
  { id, path }: Unfinished
): Stream.Stream<Part, StorageError> => {
  const operation = "ListParts"
  return Pages.read(
    0,
    (marker) =>
      calls
        .call({ operation, bucket: bucketName, path }, (client, options) =>
          client.send(
            new ListPartsCommand({
              Bucket: bucketName,
              Key: nameOf(path),
              UploadId: id,
              MaxParts: pageSize,
              ...(marker === 0 ? {} : { PartNumberMarker: `${marker}` }),
              ...stored.always
            }),
            options
          )
        )
        .pipe(
          Effect.flatMap((page) =>
            ListingPages.reading(calls, operation, path, (): Pages.Page<number, Part> => {
              ListingPages.assertListing(page.Bucket, page.IsTruncated)
              const rows = (page.Parts ?? []).map(({ ETag, PartNumber = 0, Size }) => ({
                number: PartNumber,
                size: ListingPages.sizeOf(Size),
                checksum: etagText(ETag) ?? ""
              }))
              if (rows.some(({ number }) => number <= marker)) ListingPages.standsStill()
              if (page.IsTruncated !== true) return { rows, next: undefined }
              const next = Number(page.NextPartNumberMarker)
              const isLater = Number.isInteger(next) && next > marker && next <= quirks.maxParts
              return isLater ? { rows, next } : ListingPages.standsStill()
            })
          )
        ),
    () => ({ page: (rows) => rows })
  )
}
