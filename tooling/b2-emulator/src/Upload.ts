/** `b2_upload_file` and `b2_upload_part`: one writer per URL, headers checked, body hashed while it is stored. */
import type { Account } from "./Account.ts"
import { release, retain } from "./Bodies.ts"
import { resolveContentType } from "./ContentTypes.ts"
import { encryptionFromHeaders } from "./EncryptionSettings.ts"
import { ApiError, badRequest, methodNotAllowed, unauthorized } from "./Errors.ts"
import type { Exchange } from "./Exchange.ts"
import { checkFileInfo, infoFromHeaders } from "./FileInfo.ts"
import { checkFileName } from "./FileNames.ts"
import { newFileRow, partRow } from "./FileRow.ts"
import { parseLegalHold, parseRetention, protection } from "./ObjectLock.ts"
import { decodePercent, ownText } from "./PercentCoding.ts"
import { type ReceivedBody, receiveBody } from "./ReceiveBody.ts"
import { initialReplication } from "./Replication.ts"
import type { UploadToken } from "./Tokens.ts"
import { makeFileId, noEncryption, type Version } from "./Version.ts"

const mostBytes = 5 * 1024 ** 3
export const mostParts = 10_000
const sha1Length = 40
const sha1Grammar = /^[0-9a-fA-F]{40}$/
const refusedHeaders = [
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-location",
  "content-range",
  "expires"
]

/** Turns a stored body into the JSON text of the reply. */
type Store = (received: ReceivedBody, sha1: string) => string

/** `path` is the URL's path after `/b2api/vN/`. */
export const handleUpload = (exchange: Exchange, account: Account, path: string, apiVersion: number): void => {
  const value = exchange.header("authorization")
  let token: UploadToken | undefined
  const finish = (failure: ApiError | undefined, text = "") => {
    if (token !== undefined) token.busy = false
    if (failure === undefined) return exchange.sendJson(text)
    if (value !== undefined && [401, 408, 503].includes(failure.status)) account.tokens.retireUploadToken(value)
    exchange.sendError(failure)
  }
  const refuse = (failure: unknown) => {
    if (!(failure instanceof ApiError)) return exchange.sendFailure(failure)
    exchange.refuse(() => finish(failure))
  }

  try {
    if (exchange.method !== "POST") throw methodNotAllowed(exchange.method)
    const found = account.tokens.uploadToken(value, path)
    if (found.busy) throw new ApiError(400, "auth_token_limit", `more than one upload using auth token ${value}`)
    token = found
    token.busy = true
    const store = token.largeFile === null ? storeFile : storePart
    receive(exchange, account, store(exchange, account, token, apiVersion), finish, (failure) => {
      found.busy = false
      if (failure !== undefined) exchange.sendFailure(failure)
    })
  } catch (failure) {
    refuse(failure)
  }
}

const receive = (
  exchange: Exchange,
  account: Account,
  store: Store,
  finish: (failure: ApiError | undefined, text?: string) => void,
  gone: (failure?: unknown) => void
): void => {
  const declared = (exchange.header("x-bz-content-sha1") ?? "").toLowerCase()
  const atEnd = declared === "hex_digits_at_end"
  const unverified = declared === "do_not_verify"
  if (!atEnd && !unverified && !sha1Grammar.test(declared)) throw badRequest("Missing or bad header X-Bz-Content-Sha1")
  const sent = exchange.header("content-length")
  if (sent === undefined) throw badRequest("Missing header Content-Length")
  const length = Number(sent) - (atEnd ? sha1Length : 0)
  if (!(length >= 0)) throw badRequest("Content-Length is shorter than the SHA-1 at the end")
  if (length > mostBytes) throw badRequest(`At most ${mostBytes} bytes can be uploaded at once`)

  const done = (received: ReceivedBody) => {
    const content = retain(received.content)
    try {
      const expected = unverified ? received.sha1 : atEnd ? received.trailer.toLowerCase() : declared
      if (expected !== received.sha1 || exchange.fault === "flip") throw badRequest("Sha1 did not match data received")
      finish(undefined, store(received, unverified ? `unverified:${received.sha1}` : received.sha1))
    } catch (failure) {
      if (failure instanceof ApiError) finish(failure)
      else gone(failure)
    } finally {
      release(account.bodies, content)
    }
  }
  receiveBody(exchange, account.bodies, length, atEnd ? sha1Length : 0, done, gone)
}

const customTimestamp = (exchange: Exchange, now: number): number | undefined => {
  const text = exchange.header("x-bz-custom-upload-timestamp")
  if (text === undefined) return undefined
  return checkCustomTimestamp(text, now)
}

export const checkCustomTimestamp = (text: string, now: number): number => {
  if (!/^\d{1,15}$/.test(text) || Number(text) > now) {
    throw new ApiError(400, "custom_timestamp_invalid", `Bad custom upload timestamp: ${text}`)
  }
  return Number(text)
}

const storeFile = (exchange: Exchange, account: Account, token: UploadToken, apiVersion: number): Store => {
  const { bucket, key } = token
  const coded = exchange.header("x-bz-file-name")
  if (coded === undefined) throw badRequest("Missing header X-Bz-File-Name")
  const name = ownText(checkFileName(decodePercent(coded)))
  if (key.record.namePrefix !== null && !name.startsWith(key.record.namePrefix)) throw unauthorized()
  const contentType = exchange.header("content-type")
  if (contentType === undefined) throw badRequest("Missing header Content-Type")
  for (const header of refusedHeaders) {
    if (exchange.header(header) !== undefined) throw badRequest(`Header ${header} is not allowed on an upload`)
  }
  const encryption = encryptionFromHeaders(exchange) ?? (bucket.encrypted ? { mode: "SSE-B2" } : noEncryption)
  const fileInfo = checkFileInfo(infoFromHeaders(exchange), name, encryption.mode !== null || bucket.fileLockEnabled)
  const now = account.clock.now()
  const until = exchange.header("x-bz-file-retention-retain-until-timestamp")
  const retention = parseRetention(
    exchange.header("x-bz-file-retention-mode"),
    until === undefined ? undefined : Number(until),
    now
  )
  const lock = protection(key, bucket, retention, parseLegalHold(exchange.header("x-bz-file-legal-hold")), now)
  const custom = customTimestamp(exchange, now)

  return (received, sha1) => {
    const timestamp = custom ?? account.timestampFor(bucket, name)
    const sequence = account.nextSequence()
    const version: Version = {
      fileId: makeFileId(bucket.bucketId, "1", sequence, timestamp),
      bucket,
      name,
      action: "upload",
      size: received.length,
      contentType: ownText(resolveContentType(contentType, name)),
      sha1,
      md5: encryption.mode === "SSE-C" ? null : received.md5,
      fileInfo,
      timestamp,
      sequence,
      encryption,
      retention: lock.retention,
      legalHold: lock.legalHold,
      content: received.content,
      parts: null,
      replication: initialReplication(bucket, name),
      row: null
    }
    if (!account.buckets.has(bucket.bucketId)) throw badRequest("The bucket was deleted")
    account.addVersion(version)
    return newFileRow(account, version, key, apiVersion)
  }
}

/** 1 to 10,000. Fails with 400 `bad_request`. */
export const checkPartNumber = (number: number): number => {
  if (!Number.isInteger(number) || number < 1 || number > mostParts) {
    throw badRequest(`Part number must be from 1 to ${mostParts}`)
  }
  return number
}

const storePart = (exchange: Exchange, account: Account, token: UploadToken): Store => {
  const version = token.largeFile!
  const number = checkPartNumber(Number(exchange.header("x-bz-part-number") ?? Number.NaN))
  const given = encryptionFromHeaders(exchange)
  checkPartEncryption(version, given)

  return (received, sha1) => {
    if (received.length === 0) throw badRequest("A part must have at least one byte")
    if (version.action !== "start" || !account.files.has(version.fileId)) {
      throw badRequest(`No active upload for: ${version.fileId}`)
    }
    const part = {
      number,
      size: received.length,
      sha1,
      md5: received.md5,
      timestamp: account.clock.now(),
      content: received.content
    }
    account.savePart(version, part)
    return partRow(version.fileId, part, version.encryption)
  }
}

/** The start of a large file settles its encryption: a part brings the same customer key, or nothing. */
export const checkPartEncryption = (version: Version, given: Version["encryption"] | undefined): void => {
  const { encryption } = version
  const same =
    encryption.mode === "SSE-C"
      ? given?.mode === "SSE-C" && given.keyMd5 === encryption.keyMd5
      : given?.mode !== "SSE-C"
  if (!same) throw badRequest("The encryption of a part must be that of the large file")
}
