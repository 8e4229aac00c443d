/** ListObjects in both versions, and ListObjectVersions. */
import { currentVersion, visibleFile } from "../Account.ts"
import type { Bucket } from "../Bucket.ts"
import { type NameEntry, sortKey } from "../SortedNames.ts"
import type { Version } from "../Version.ts"
import { etagOf, versionIdOf } from "./ObjectFacts.ts"
import { param, reachBucket, type S3Call, sendXml } from "./S3Call.ts"
import { invalidArgument } from "./S3Error.ts"
import { element, escapeXml, xmlDocument } from "./Xml.ts"

const mostKeys = 1000

/** In the URL's coding where the client asked for it. */
export type KeyText = (key: string) => string

export const keyTextOf = (call: S3Call): KeyText => {
  const coding = param(call, "encoding-type")
  if (coding === undefined) return (key) => key
  if (coding !== "url") throw invalidArgument("Invalid Encoding Method specified in Request")
  return (key) => encodeURIComponent(key).replaceAll("%2F", "/")
}

export const pageSizeOf = (call: S3Call, name: string): number => {
  const text = param(call, name)
  if (text === undefined || text === "") return mostKeys
  if (!/^\d+$/.test(text)) {
    throw invalidArgument(
      /^-\d+$/.test(text)
        ? `Argument ${text} must be an integer between 0 and 2147483647`
        : `Provided ${name} not an integer or within integer range`
    )
  }
  return Math.min(Number(text), mostKeys)
}

interface Request {
  readonly bucket: Bucket
  readonly prefix: string
  readonly delimiter: string
  readonly limit: number
}

const requestOf = (call: S3Call): Request => {
  const bucket = reachBucket(call)
  const prefix = param(call, "prefix") ?? ""
  call.key.mustHave("listFiles")
  call.key.mustReachName(prefix)
  return { bucket, prefix, delimiter: param(call, "delimiter") ?? "", limit: pageSizeOf(call, "max-keys") }
}

const folderOf = (name: string, prefix: string, delimiter: string): string | undefined => {
  const at = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : name.slice(0, at + delimiter.length)
}

type Row = { readonly file: Version } | { readonly folder: string }

/** Rows whose names come after `after`, which itself may be a folder that was shown. */
const scan = ({ bucket, delimiter, limit, prefix }: Request, after: string) => {
  const rows: Row[] = []
  const cursor = bucket.names.seek(sortKey(after) > sortKey(prefix) ? after : prefix)
  if (after !== "" && delimiter !== "" && after.endsWith(delimiter) && cursor.entry?.name.startsWith(after)) {
    cursor.skipPrefix(after)
  } else if (after !== "" && cursor.entry?.name === after) cursor.advance()
  for (let entry = cursor.entry; entry?.name.startsWith(prefix); entry = cursor.entry) {
    const file = visibleFile(entry)
    if (file === undefined) {
      cursor.advance()
      continue
    }
    if (rows.length === limit) return { rows, isTruncated: limit > 0 }
    const folder = folderOf(entry.name, prefix, delimiter)
    if (folder === undefined) {
      rows.push({ file })
      cursor.advance()
    } else {
      rows.push({ folder })
      cursor.skipPrefix(folder)
    }
  }
  return { rows, isTruncated: false }
}

const contentRow = (text: KeyText, version: Version): string =>
  `<Contents>${element("Key", text(version.name))}` +
  element("LastModified", new Date(version.timestamp).toISOString()) +
  element("ETag", etagOf(version)) +
  element("Size", version.size) +
  `${element("StorageClass", "STANDARD")}</Contents>`

const rowsText = (rows: readonly Row[], text: KeyText): string =>
  rows.map((row) => ("file" in row ? contentRow(text, row.file) : "")).join("") +
  rows
    .map((row) => ("folder" in row ? `<CommonPrefixes>${element("Prefix", text(row.folder))}</CommonPrefixes>` : ""))
    .join("")

const nameOf = (row: Row | undefined): string => (row === undefined ? "" : "file" in row ? row.file.name : row.folder)

const head = (call: S3Call, { delimiter, limit, prefix }: Request, text: KeyText, isTruncated: boolean): string => {
  const coding = param(call, "encoding-type")
  return [
    element("Name", call.bucketName),
    element("Prefix", text(prefix)),
    ...(delimiter === "" ? [] : [element("Delimiter", text(delimiter))]),
    element("MaxKeys", limit),
    ...(coding === undefined ? [] : [element("EncodingType", coding)]),
    element("IsTruncated", isTruncated)
  ].join("")
}

const listV1 = (call: S3Call): string => {
  const request = requestOf(call)
  const text = keyTextOf(call)
  const marker = param(call, "marker") ?? ""
  const { isTruncated, rows } = scan(request, marker)
  const next = isTruncated && request.delimiter !== "" ? element("NextMarker", text(nameOf(rows.at(-1)))) : ""
  const content = head(call, request, text, isTruncated) + element("Marker", text(marker)) + next
  return xmlDocument("ListBucketResult", content + rowsText(rows, text))
}

const listV2 = (call: S3Call): string => {
  const request = requestOf(call)
  const text = keyTextOf(call)
  const token = param(call, "continuation-token")
  const startAfter = param(call, "start-after")
  if (token === "") throw invalidArgument("The continuation token provided is incorrect")
  const after = token === undefined ? (startAfter ?? "") : Buffer.from(token, "base64url").toString()
  const { isTruncated, rows } = scan(request, after)
  const next = Buffer.from(nameOf(rows.at(-1))).toString("base64url")
  const content = [
    head(call, request, text, isTruncated),
    element("KeyCount", rows.length),
    ...(token === undefined ? [] : [element("ContinuationToken", token)]),
    ...(startAfter === undefined ? [] : [element("StartAfter", text(startAfter))]),
    ...(isTruncated ? [element("NextContinuationToken", next)] : [])
  ]
  return xmlDocument("ListBucketResult", content.join("") + rowsText(rows, text))
}

export const listObjects = (call: S3Call): void =>
  sendXml(call, param(call, "list-type") === "2" ? listV2(call) : listV1(call))

const ownerRow = (call: S3Call): string => `<Owner>${element("ID", call.account.accountId)}</Owner>`

const versionRow = (call: S3Call, entry: NameEntry, version: Version, text: KeyText): string => {
  const common =
    element("Key", text(version.name)) +
    element("VersionId", versionIdOf(version, call.behaviour)) +
    element("IsLatest", currentVersion(entry) === version) +
    element("LastModified", new Date(version.timestamp).toISOString())
  if (version.action === "hide") return `<DeleteMarker>${common}${ownerRow(call)}</DeleteMarker>`
  const stored = element("ETag", etagOf(version)) + element("Size", version.size) + element("StorageClass", "STANDARD")
  return `<Version>${common}${stored}${ownerRow(call)}</Version>`
}

export const listVersions = (call: S3Call): void => {
  const request = requestOf(call)
  const { bucket, delimiter, limit, prefix } = request
  const text = keyTextOf(call)
  const keyMarker = param(call, "key-marker") ?? ""
  const idMarker = param(call, "version-id-marker")
  const cursor = bucket.names.seek(sortKey(keyMarker) > sortKey(prefix) ? keyMarker : prefix)
  if (
    keyMarker !== "" &&
    delimiter !== "" &&
    keyMarker.endsWith(delimiter) &&
    cursor.entry?.name.startsWith(keyMarker)
  ) {
    cursor.skipPrefix(keyMarker)
  }
  let rows = ""
  let folders = ""
  let count = 0
  let last: { key: string; id: string } | undefined
  let isTruncated = false
  pages: for (let entry = cursor.entry; entry?.name.startsWith(prefix); entry = cursor.entry) {
    const folder = folderOf(entry.name, prefix, delimiter)
    if (folder !== undefined) {
      if (count === limit) {
        isTruncated = true
        break
      }
      folders += `<CommonPrefixes>${element("Prefix", text(folder))}</CommonPrefixes>`
      last = { key: folder, id: "" }
      count++
      cursor.skipPrefix(folder)
      continue
    }
    const stored = entry.versions.filter((version) => version.action !== "start")
    const isMarked = entry.name === keyMarker
    const from = !isMarked
      ? 0
      : idMarker === undefined
        ? stored.length
        : 1 + stored.findIndex((v) => v.fileId === idMarker)
    for (const version of stored.slice(from)) {
      if (count === limit) {
        isTruncated = true
        break pages
      }
      rows += versionRow(call, entry, version, text)
      last = { key: entry.name, id: versionIdOf(version, call.behaviour) }
      count++
    }
    cursor.advance()
  }
  const next =
    isTruncated && last !== undefined
      ? element("NextKeyMarker", text(last.key)) + element("NextVersionIdMarker", last.id)
      : ""
  const markers = `${element("KeyMarker", text(keyMarker))}<VersionIdMarker>${escapeXml(idMarker ?? "")}</VersionIdMarker>`
  sendXml(
    call,
    xmlDocument("ListVersionsResult", head(call, request, text, isTruncated) + markers + next + rows + folders)
  )
}
