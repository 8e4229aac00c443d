/** What the S3 side says of a stored version, and what a request says of one that is to be stored. */
import { hash } from "node:crypto"
import type { Exchange } from "../Exchange.ts"
import { type FileInfo, standardHeaders } from "../FileInfo.ts"
import { ownText } from "../PercentCoding.ts"
import type { Version } from "../Version.ts"
import type { S3Behaviour } from "./S3Call.ts"
import { S3Error } from "./S3Error.ts"

const metadataPrefix = "x-amz-meta-"
const mostMetadataBytes = 2048

/** Of files in parts, which have no MD5; forgotten with the process, as nothing may rely on them. */
const etagsOfParts = new WeakMap<Version, string>()

const sizesOfParts = new WeakMap<Version, readonly number[]>()

/** In bytes, of an object that was stored in parts. */
export const partSizesOf = (version: Version): readonly number[] | undefined => sizesOfParts.get(version)

export const rememberParts = (version: Version, partMd5s: readonly string[], sizes: readonly number[]): void => {
  sizesOfParts.set(version, sizes)
  const together = Buffer.from(partMd5s.join(""), "hex")
  etagsOfParts.set(version, `${hash("md5", together)}-${partMd5s.length}`)
}

/** With its quotes. */
export const etagOf = (version: Version): string =>
  `"${version.md5 ?? etagsOfParts.get(version) ?? `${hash("md5", version.fileId)}-1`}"`

export const versionIdOf = (version: Version, { keepsVersions }: S3Behaviour): string =>
  keepsVersions ? version.fileId : "null"

export const versionHeaders = (version: Version, behaviour: S3Behaviour): string[] =>
  behaviour.keepsVersions ? ["x-amz-version-id", version.fileId] : []

const headerText = /^[\u0020-\u007e]*$/

/** As RFC 2047 says where it is not ASCII, as AWS does. */
const headerValue = (text: string): string =>
  headerText.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`

export const objectHeaders = (version: Version, behaviour: S3Behaviour): string[] => {
  const headers = [
    ...["Content-Type", version.contentType, "ETag", etagOf(version), "Accept-Ranges", "bytes"],
    ...["Last-Modified", new Date(version.timestamp).toUTCString(), "x-amz-storage-class", "STANDARD"],
    ...versionHeaders(version, behaviour)
  ]
  for (const [key, value] of Object.entries(version.fileInfo)) {
    const standard = Object.hasOwn(standardHeaders, key) ? standardHeaders[key] : undefined
    headers.push(standard ?? `${metadataPrefix}${key}`, headerValue(value))
  }
  if (version.encryption.mode === "SSE-B2") headers.push("x-amz-server-side-encryption", "AES256")
  return headers
}

const utf8 = (text: string): string => {
  const bytes = Buffer.from(text, "latin1")
  const decoded = bytes.toString()
  return Buffer.from(decoded).equals(bytes) ? decoded : text
}

/** `aws-chunked` is of the transfer, and is not kept. */
const contentEncodingOf = (header: string | undefined): string | undefined => {
  const kept = header?.split(",").filter((coding) => coding.trim() !== "aws-chunked")
  return kept === undefined || kept.length === 0 ? undefined : kept.join(",").trim()
}

/** Metadata and standard headers of a request, as file info. */
export const infoOf = (exchange: Exchange): FileInfo => {
  const info: Record<string, string> = {}
  let bytes = 0
  for (const [name, value] of exchange.request.head.headers) {
    if (!name.startsWith(metadataPrefix)) continue
    const key = name.slice(metadataPrefix.length)
    info[key] = ownText(utf8(value))
    bytes += key.length + Buffer.byteLength(info[key])
  }
  if (bytes > mostMetadataBytes) {
    throw new S3Error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: String(bytes),
      MaxSizeAllowed: String(mostMetadataBytes)
    })
  }
  for (const [key, header] of Object.entries(standardHeaders)) {
    const sent = exchange.header(header.toLowerCase())
    const value = header === "Content-Encoding" ? contentEncodingOf(sent) : sent
    if (value !== undefined && value !== "") info[key] = ownText(value)
  }
  return info
}

export const contentTypeOf = (exchange: Exchange): string =>
  ownText(exchange.header("content-type") ?? "binary/octet-stream")
