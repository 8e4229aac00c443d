/** What a server says of one of its resources. */
import type { Checksums, DatedFile } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { PropertyName, Row } from "./dav/Multistatus.ts"

export const written = "{urn:ourclone}written" satisfies PropertyName
const checksums = "{http://owncloud.org/ns}checksums" satisfies PropertyName

/** All that is asked of a resource. */
export const asked: ReadonlyArray<PropertyName> = [
  "{DAV:}resourcetype",
  "{DAV:}getcontentlength",
  "{DAV:}getlastmodified",
  "{DAV:}getetag",
  "{DAV:}getcontenttype",
  checksums,
  written
]

export interface Resource {
  readonly isCollection: boolean
  /** In bytes; -1 where a file is not said to have any number of them. */
  readonly size: number
  /** As it was said. */
  readonly lastModified: string
  readonly file: (path: RemotePath) => DatedFile
}

/** Without what says that it is a weak one: the same opaque text comes as weak and as strong. */
export const etagText = (etag: string | undefined): string | undefined =>
  etag === undefined || etag === "" ? undefined : etag.replace(/^W\//, "").replaceAll('"', "")

/** What our property says: the time, and of which bytes it is the time. */
export const writtenText = (modifiedAt: number, size: number, lastModified: string): string =>
  `${modifiedAt} ${size} ${lastModified}`

/** A server keeps the property when somebody else replaces the file, so it counts only beside the bytes it is of. */
const writtenTime = (text: string | undefined, size: number, lastModified: string): number | undefined => {
  const [, time, length, date] = /^(-?\d{1,16}) (\d+) (.*)$/.exec(text ?? "") ?? []
  const isOfThese = time !== undefined && Number(length) === size && date === lastModified
  return isOfThese && Math.abs(Number(time)) <= mostMillis ? Number(time) : undefined
}

const sizeOf = (text: string | undefined): number => {
  const size = /^\d{1,16}$/.test(text ?? "") ? Number(text) : -1
  return Number.isSafeInteger(size) ? size : -1
}

/** Beside this many milliseconds lies no time that a Date can hold. */
const mostMillis = 8_640_000_000_000_000

const checksumsOf = (text: string | undefined): Checksums => {
  const [sha1, md5] = [/SHA1:([0-9a-f]{40})/i, /MD5:([0-9a-f]{32})/i].map((pattern) =>
    pattern.exec(text ?? "")?.[1]?.toLowerCase()
  )
  return { ...(sha1 === undefined ? {} : { sha1 }), ...(md5 === undefined ? {} : { md5 }) }
}

/** Why a resource can not be told of as a file, where it is one. */
export const unsized = "the server does not say how many bytes it has"

export const resourceOf = ({ properties }: Row): Resource => {
  const isCollection = properties.get("{DAV:}resourcetype")?.includes("{DAV:}collection") === true
  const size = sizeOf(properties.get("{DAV:}getcontentlength"))
  const lastModified = properties.get("{DAV:}getlastmodified") ?? ""
  const identity = etagText(properties.get("{DAV:}getetag")) ?? `${size}@${lastModified}`
  const contentType = properties.get("{DAV:}getcontenttype")
  const uploadedAt = Date.parse(lastModified)
  return {
    isCollection,
    size,
    lastModified,
    file: (path) => ({
      _tag: "File",
      path,
      size,
      modifiedAt:
        writtenTime(properties.get(written), size, lastModified) ?? (Number.isNaN(uploadedAt) ? 0 : uploadedAt),
      checksums: checksumsOf(properties.get(checksums)),
      ...(contentType === undefined || contentType === "" ? {} : { contentType }),
      identity
    })
  }
}
