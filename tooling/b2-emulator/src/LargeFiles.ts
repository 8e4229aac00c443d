/** Large files: start, finish, cancel, and the listings of unfinished ones and of their parts. */
import type { Content } from "./Bodies.ts"
import { type Call, type Operation, reachBucket } from "./Call.ts"
import { resolveContentType } from "./ContentTypes.ts"
import { encryptionFromFields } from "./EncryptionSettings.ts"
import { ApiError, badRequest, invalidFileId, unauthorized } from "./Errors.ts"
import { optionalInteger, optionalObject, optionalString, optionalStringMap, requiredString } from "./Fields.ts"
import { checkFileInfo, lowerCaseKeys } from "./FileInfo.ts"
import { checkFileName } from "./FileNames.ts"
import { fileRow, partRow } from "./FileRow.ts"
import { parseLegalHold, protection, retentionFromFields } from "./ObjectLock.ts"
import { pageSize } from "./PageSize.ts"
import { initialReplication } from "./Replication.ts"
import { checkCustomTimestamp } from "./Upload.ts"
import { makeFileId, noEncryption, type Part, parseFileId, type Version } from "./Version.ts"

const mostBytes = 10_000_000_000_000

/** The unfinished large file of that id. Fails with 400 `bad_request` when there is none. */
export const activeLargeFile = (call: Call, fileId: string): Version => {
  const version = call.account.files.get(fileId)
  if (version === undefined && parseFileId(fileId) === undefined) throw invalidFileId(fileId)
  if (version !== undefined) {
    call.key.mustReachBucket(version.bucket.bucketId)
    call.key.mustReachName(version.name)
  }
  if (version?.action !== "start") throw badRequest(`No active upload for: ${fileId}`)
  return version
}

export const startLargeFile: Operation = (call) => {
  const { account, fields, key } = call
  const bucketId = requiredString(fields, "bucketId")
  const name = requiredString(fields, "fileName")
  const contentType = requiredString(fields, "contentType")
  const info = lowerCaseKeys(optionalStringMap(fields, "fileInfo") ?? {})
  key.mustHave("writeFiles")
  const bucket = reachBucket(call, bucketId)
  key.mustReachName(name)
  checkFileName(name)
  const now = account.clock.now()
  const encryption =
    encryptionFromFields(fields, "serverSideEncryption") ?? (bucket.encrypted ? { mode: "SSE-B2" } : noEncryption)
  checkFileInfo(info, name, encryption.mode !== null || bucket.fileLockEnabled)
  const lock = protection(
    key,
    bucket,
    retentionFromFields(optionalObject(fields, "fileRetention"), now),
    parseLegalHold(optionalString(fields, "legalHold")),
    now
  )
  const custom = optionalString(fields, "customUploadTimestamp") ?? optionalString(fields, "custom_upload_timestamp")
  const timestamp = custom === undefined ? account.timestampFor(bucket, name) : checkCustomTimestamp(custom, now)
  const sequence = account.nextSequence()
  const version: Version = {
    fileId: makeFileId(bucketId, "2", sequence, timestamp),
    bucket,
    name,
    action: "start",
    size: 0,
    contentType: resolveContentType(contentType, name),
    sha1: "none",
    md5: null,
    fileInfo: info,
    timestamp,
    sequence,
    encryption,
    retention: lock.retention,
    legalHold: lock.legalHold,
    content: [],
    parts: new Map(),
    replication: initialReplication(bucket, name),
    row: null
  }
  account.addVersion(version)
  return fileRow(account.accountId, version, key, call.apiVersion)
}

const plainSha1 = (sha1: string): string => sha1.toLowerCase().replace(/^unverified:/, "")

/** The stored parts in order, after every check that a finish makes. */
const checkedParts = (call: Call, version: Version, sha1s: readonly unknown[]): readonly Part[] => {
  if (sha1s.length < 2) throw badRequest("large files must have at least 2 parts")
  const stored = version.parts ?? new Map<number, Part>()
  if (stored.size > sha1s.length) {
    throw badRequest(`partSha1Array has ${sha1s.length} entries, but ${stored.size} parts were uploaded`)
  }
  const parts = sha1s.map((sha1, index) => {
    const number = index + 1
    const part = stored.get(number)
    if (part === undefined) throw new ApiError(400, "missing_part", `Part number ${number} has not been uploaded`)
    if (typeof sha1 !== "string" || plainSha1(sha1) !== plainSha1(part.sha1)) {
      throw new ApiError(400, "part_sha1_mismatch", `Part number ${number} has a different sha1`)
    }
    return part
  })
  const { minimumPartSize } = call.account
  const small = parts.slice(0, -1).find((part) => part.size < minimumPartSize)
  if (small !== undefined) throw badRequest(`Part number ${small.number} is smaller than ${minimumPartSize} bytes`)
  return parts
}

export const finishLargeFile: Operation = (call) => {
  const fileId = requiredString(call.fields, "fileId")
  const sha1s = call.fields.partSha1Array
  if (!Array.isArray(sha1s)) throw badRequest("Missing required field partSha1Array")
  call.key.mustHave("writeFiles")
  const version = activeLargeFile(call, fileId)
  const parts = checkedParts(call, version, sha1s)
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (size > mostBytes) throw badRequest("Large files are at most 10 TB")
  const content: Content = parts.flatMap((part) => part.content)
  call.account.finishLargeFile(version, content, size)
  return fileRow(call.account.accountId, version, call.key, call.apiVersion)
}

export const cancelLargeFile: Operation = (call) => {
  const fileId = requiredString(call.fields, "fileId")
  call.key.mustHave("writeFiles")
  const version = activeLargeFile(call, fileId)
  call.account.removeVersion(version)
  return JSON.stringify({
    accountId: call.account.accountId,
    bucketId: version.bucket.bucketId,
    fileId,
    fileName: version.name
  })
}

export const listParts: Operation = (call) => {
  const fileId = requiredString(call.fields, "fileId")
  const startPartNumber = optionalInteger(call.fields, "startPartNumber")
  const start = startPartNumber ?? 1
  const limit = pageSize(call, "maxPartCount", 100, 10_000, startPartNumber)
  if (!call.key.can("writeFiles") && !call.key.can("listFiles")) throw unauthorized()
  const version = activeLargeFile(call, fileId)
  const parts = [...(version.parts?.values() ?? [])]
    .filter((part) => part.number >= start)
    .sort((left, right) => left.number - right.number)
  const rows = parts.slice(0, limit).map((part) => partRow(fileId, part, version.encryption))
  return `{"nextPartNumber":${parts[limit]?.number ?? null},"parts":[${rows.join(",")}]}`
}

export const listUnfinishedLargeFiles: Operation = (call) => {
  const bucketId = requiredString(call.fields, "bucketId")
  const prefix = optionalString(call.fields, "namePrefix") ?? ""
  const startFileId = optionalString(call.fields, "startFileId")
  const limit = pageSize(call, "maxFileCount", 100, 100, startFileId)
  call.key.mustHave("listFiles")
  const bucket = reachBucket(call, bucketId)
  call.key.mustReachName(prefix)
  const start = startFileId === undefined ? undefined : parseFileId(startFileId)
  if (startFileId !== undefined && start === undefined) throw invalidFileId(startFileId)
  const matching = [...bucket.unfinished]
    .filter((version) => version.name.startsWith(prefix) && version.sequence >= (start?.sequence ?? 0))
    .sort((left, right) => left.sequence - right.sequence)
  const rows = matching
    .slice(0, limit)
    .map((version) => fileRow(call.account.accountId, version, call.key, call.apiVersion))
  const next = matching[limit]?.fileId
  return `{"files":[${rows.join(",")}],"nextFileId":${next === undefined ? "null" : `"${next}"`}}`
}
