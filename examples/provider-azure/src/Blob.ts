/** What the service says of a stored file. */
import type { DatedFile } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, UnexpectedResponse } from "@ourclone/core/contract/StorageError"

/** What headers of an answer and rows of a listing have in common. */
export interface Facts {
  readonly size: string | undefined
  readonly etag: string | undefined
  readonly md5: string | undefined
  readonly contentType: string | undefined
  readonly lastModified: string | undefined
  /** Under the name that rclone uses, so that each reads what the other wrote. */
  readonly mtime: string | undefined
}

/** Throws a reason of `StorageError` where what is said can not be. */
export const fileOf = (path: RemotePath, facts: Facts): DatedFile => {
  const { contentType, etag, lastModified, md5, mtime, size } = facts
  const noted = Date.parse(mtime ?? "")
  const modifiedAt = Number.isNaN(noted) ? Date.parse(lastModified ?? "") : noted
  if (!/^\d+$/.test(size ?? "") || etag === undefined || Number.isNaN(modifiedAt)) {
    throw new UnexpectedResponse({ message: "the service does not say how large the file is, or of when" })
  }
  return {
    _tag: "File",
    path,
    size: Number(size),
    modifiedAt,
    checksums: md5 ? { md5: Buffer.from(md5, "base64").toString("hex") } : {},
    identity: etag.replaceAll('"', ""),
    ...(contentType === undefined ? {} : { contentType })
  }
}

export const factsOf = (headers: Headers): Facts => {
  const of = (name: string) => headers.get(name) ?? undefined
  return {
    size: of("content-length"),
    etag: of("etag"),
    md5: of("x-ms-blob-content-md5") ?? of("content-md5"),
    contentType: of("content-type"),
    lastModified: of("last-modified"),
    mtime: of("x-ms-meta-mtime")
  }
}

export const timeText = (modifiedAt: number): string => {
  const time = new Date(modifiedAt)
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 0 || time.getUTCFullYear() > 9999) {
    throw new InvalidRequest({ message: "no time outside of the years 0 to 9999 can be kept: give it another one" })
  }
  return time.toISOString()
}
