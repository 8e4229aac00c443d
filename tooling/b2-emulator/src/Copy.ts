/** `b2_copy_file` and `b2_copy_part`: content is shared, never moved; only a digest may have to be read for. */
import type { Account } from "./Account.ts"
import { type Content, ContentReader, release, retain, sliceContent } from "./Bodies.ts"
import { isPublic } from "./Bucket.ts"
import { type Call, type Operation, reachBucket } from "./Call.ts"
import { resolveContentType } from "./ContentTypes.ts"
import { checkReadable, encryptionFromFields } from "./EncryptionSettings.ts"
import { ApiError, badRequest, notFound } from "./Errors.ts"
import { optionalObject, optionalString, optionalStringMap, requiredInteger, requiredString } from "./Fields.ts"
import { checkFileInfo, lowerCaseKeys } from "./FileInfo.ts"
import { checkFileName } from "./FileNames.ts"
import { fileRow, partRow } from "./FileRow.ts"
import { activeLargeFile } from "./LargeFiles.ts"
import { parseLegalHold, protection, retentionFromFields } from "./ObjectLock.ts"
import { parseCopyRange } from "./Ranges.ts"
import { type Digests, makeDigest } from "./ReceiveBody.ts"
import { initialReplication } from "./Replication.ts"
import { checkPartEncryption, checkPartNumber } from "./Upload.ts"
import { makeFileId, noEncryption, parseFileId, type Version } from "./Version.ts"

const mostBytes = 5 * 1024 ** 3
const readBytes = 1024 * 1024

/** The source of a copy, after the checks that the key may read it and that its customer key was given. */
const copySource = (call: Call): Version => {
  const fileId = requiredString(call.fields, "sourceFileId")
  const source = call.account.files.get(fileId)
  if (source === undefined)
    throw parseFileId(fileId) === undefined ? badRequest(`Invalid fileId: ${fileId}`) : notFound()
  if (!isPublic(source.bucket)) {
    call.key.mustHave("readFiles")
    call.key.mustReachBucket(source.bucket.bucketId)
    call.key.mustReachName(source.name)
  }
  if (source.action !== "upload") throw notFound()
  checkReadable(source.encryption, encryptionFromFields(call.fields, "sourceServerSideEncryption"))
  return source
}

const copiedContent = (call: Call, source: Version): { content: Content; size: number } => {
  const text = optionalString(call.fields, "range")
  const { start, end } = text === undefined ? { start: 0, end: source.size } : parseCopyRange(text, source.size)
  if (end - start > mostBytes) throw new ApiError(400, "source_too_large", `Copy source too big: ${end - start}`)
  return { content: sliceContent(source.content, start, end), size: end - start }
}

/** Digests of a copy: the source's own when all of it is copied, else those of the bytes. */
const digestsOf = async (account: Account, source: Version, content: Content, size: number): Promise<Digests> => {
  if (size === source.size && source.sha1 !== "none") return { sha1: source.sha1, md5: source.md5 }
  const reader = new ContentReader(account.bodies, content)
  try {
    const digest = makeDigest(size)
    for (let chunk = reader.next(readBytes); chunk !== undefined; chunk = reader.next(readBytes)) {
      digest.update(chunk)
      await new Promise(setImmediate)
    }
    return digest.finish()
  } finally {
    reader.close()
  }
}

/** What the destination says about itself: the source's words, or with REPLACE the request's. */
const metadata = (call: Call, source: Version) => {
  const directive = optionalString(call.fields, "metadataDirective") ?? "COPY"
  const contentType = optionalString(call.fields, "contentType")
  const info = optionalStringMap(call.fields, "fileInfo")
  if (directive === "COPY") {
    if (contentType !== undefined || info !== undefined) {
      throw badRequest("contentType and fileInfo need metadataDirective REPLACE")
    }
    return { contentType: source.contentType, fileInfo: source.fileInfo }
  }
  if (directive !== "REPLACE") throw badRequest(`Unknown metadataDirective: ${directive}`)
  if (contentType === undefined) throw badRequest("metadataDirective REPLACE needs contentType")
  return { contentType, fileInfo: lowerCaseKeys(info ?? {}) }
}

export const copyFile: Operation = async (call) => {
  const { account, fields, key } = call
  const name = requiredString(fields, "fileName")
  key.mustHave("writeFiles")
  const source = copySource(call)
  const bucket = reachBucket(call, optionalString(fields, "destinationBucketId") ?? source.bucket.bucketId)
  key.mustReachName(name)
  checkFileName(name)
  const { contentType, fileInfo } = metadata(call, source)
  const encryption =
    encryptionFromFields(fields, "destinationServerSideEncryption") ??
    (bucket.encrypted ? { mode: "SSE-B2" } : noEncryption)
  checkFileInfo(fileInfo, name, encryption.mode !== null || bucket.fileLockEnabled)
  const now = account.clock.now()
  const lock = protection(
    key,
    bucket,
    retentionFromFields(optionalObject(fields, "fileRetention"), now),
    parseLegalHold(optionalString(fields, "legalHold")),
    now
  )
  const { content, size } = copiedContent(call, source)
  retain(content)
  try {
    const digests = await digestsOf(account, source, content, size)
    if (!account.buckets.has(bucket.bucketId)) throw badRequest("The bucket was deleted")
    const timestamp = account.timestampFor(bucket, name)
    const sequence = account.nextSequence()
    const version: Version = {
      fileId: makeFileId(bucket.bucketId, "1", sequence, timestamp),
      bucket,
      name,
      action: "upload",
      size,
      contentType: resolveContentType(contentType, name),
      sha1: digests.sha1,
      md5: encryption.mode === "SSE-C" ? null : digests.md5,
      fileInfo,
      timestamp,
      sequence,
      encryption,
      retention: lock.retention,
      legalHold: lock.legalHold,
      content,
      parts: null,
      replication: initialReplication(bucket, name),
      row: null
    }
    account.addVersion(version)
    return fileRow(account.accountId, version, key, call.apiVersion, "copy")
  } finally {
    release(account.bodies, content)
  }
}

export const copyPart: Operation = async (call) => {
  const { account, fields } = call
  const largeFileId = requiredString(fields, "largeFileId")
  const number = checkPartNumber(requiredInteger(fields, "partNumber"))
  call.key.mustHave("writeFiles")
  const version = activeLargeFile(call, largeFileId)
  const source = copySource(call)
  checkPartEncryption(version, encryptionFromFields(fields, "destinationServerSideEncryption"))
  const { content, size } = copiedContent(call, source)
  if (size === 0) throw badRequest("A part must have at least one byte")
  retain(content)
  try {
    const digests = await digestsOf(account, source, content, size)
    const active = activeLargeFile(call, largeFileId)
    const sha1 = digests.sha1.replace(/^unverified:/, "")
    const part = { number, size, sha1, md5: digests.md5, timestamp: account.clock.now(), content }
    account.savePart(active, part)
    return partRow(largeFileId, part, active.encryption)
  } finally {
    release(account.bodies, content)
  }
}
