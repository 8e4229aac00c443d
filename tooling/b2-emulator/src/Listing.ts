/** `b2_list_file_names` and `b2_list_file_versions`. */
import { visibleFile } from "./Account.ts"
import { type Call, type Operation, reachBucket } from "./Call.ts"
import { ApiError, badRequest } from "./Errors.ts"
import { optionalString, requiredString } from "./Fields.ts"
import { addFileRow, folderRow } from "./FileRow.ts"
import { ListingPage } from "./ListingPage.ts"
import { pageSize } from "./PageSize.ts"
import { sortKey } from "./SortedNames.ts"
import { parseFileId, type Version } from "./Version.ts"

const defaultRows = 100
const mostRows = 10_000

/** With short pages: so many hidden names after each other, and the page ends. */
const mostHidden = 2

const listingRequest = (call: Call) => {
  const bucketId = requiredString(call.fields, "bucketId")
  const start = optionalString(call.fields, "startFileName")
  const startFileName = start ?? ""
  const prefix = optionalString(call.fields, "prefix") ?? ""
  const delimiter = optionalString(call.fields, "delimiter") ?? ""
  const limit = pageSize(call, "maxFileCount", defaultRows, mostRows, start)
  call.key.mustHave("listFiles")
  const bucket = reachBucket(call, bucketId)
  call.key.mustReachName(prefix)
  const cursor = bucket.names.seek(sortKey(startFileName) > sortKey(prefix) ? startFileName : prefix)
  return { bucket, cursor, delimiter, limit, prefix, startFileName }
}

/** The part of a name up to the first delimiter after the prefix; undefined when the name is a direct child. */
const folderOf = (name: string, prefix: string, delimiter: string): string | undefined => {
  if (delimiter === "") return undefined
  const at = name.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : name.slice(0, at + delimiter.length)
}

const jsonOrNull = (text: string | null): string => (text === null ? "null" : JSON.stringify(text))

export const listFileNames: Operation = (call) => {
  const { bucket, cursor, delimiter, limit, prefix } = listingRequest(call)
  const { account, apiVersion, key } = call
  const page = new ListingPage(Math.min(limit, bucket.names.size))
  let next: string | null = null
  let hidden = 0
  for (let entry = cursor.entry; entry?.name.startsWith(prefix); entry = cursor.entry) {
    const file = visibleFile(entry)
    if (file === undefined) {
      if (account.shortPages && hidden++ === mostHidden) {
        next = entry.name
        break
      }
      cursor.advance()
      continue
    }
    const folder = folderOf(entry.name, prefix, delimiter)
    if (page.rows === limit) {
      next = folder ?? entry.name
      break
    }
    if (folder === undefined) {
      addFileRow(page, account.accountId, file, key, apiVersion)
      cursor.advance()
    } else {
      page.add(folderRow(account.accountId, bucket.bucketId, folder, apiVersion))
      cursor.skipPrefix(folder)
    }
  }
  return page.finish(`"nextFileName":${jsonOrNull(next)}`)
}

/** Where a page of versions begins when the version it names may be gone: at it, or at the next older one. */
const firstRow = (versions: readonly Version[], startFileId: string): number => {
  const start = parseFileId(startFileId)!
  const named = versions.findIndex((version) => version.fileId === startFileId)
  if (named >= 0) return named
  const older = versions.findIndex(
    ({ timestamp, sequence }) =>
      timestamp < start.timestamp || (timestamp === start.timestamp && sequence < start.sequence)
  )
  return older < 0 ? versions.length : older
}

export const listFileVersions: Operation = (call) => {
  const startFileId = optionalString(call.fields, "startFileId")
  if (startFileId !== undefined && optionalString(call.fields, "startFileName") === undefined) {
    throw badRequest("startFileId needs startFileName")
  }
  if (startFileId !== undefined && parseFileId(startFileId) === undefined) {
    throw new ApiError(400, "invalid_file_id", `Invalid fileId: ${startFileId}`)
  }
  const { bucket, cursor, delimiter, limit, prefix, startFileName } = listingRequest(call)
  const { account, apiVersion, key } = call
  const page = new ListingPage(limit)
  let next: string | null = null
  let nextFileId: string | null = null
  scan: for (let entry = cursor.entry; entry?.name.startsWith(prefix); entry = cursor.entry) {
    const folder = folderOf(entry.name, prefix, delimiter)
    if (folder !== undefined) {
      if (page.rows === limit) {
        next = folder
        break
      }
      page.add(folderRow(account.accountId, bucket.bucketId, folder, apiVersion))
      cursor.skipPrefix(folder)
      continue
    }
    const { versions } = entry
    const from = startFileId !== undefined && entry.name === startFileName ? firstRow(versions, startFileId) : 0
    for (let index = from; index < versions.length; index++) {
      const version = versions[index]!
      if (page.rows === limit) {
        next = entry.name
        nextFileId = version.fileId
        break scan
      }
      addFileRow(page, account.accountId, version, key, apiVersion)
    }
    cursor.advance()
  }
  return page.finish(`"nextFileId":${jsonOrNull(nextFileId)},"nextFileName":${jsonOrNull(next)}`)
}
