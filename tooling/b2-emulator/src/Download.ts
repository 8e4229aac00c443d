/** `b2_download_file_by_id` and `b2_download_file_by_name`. */
import { type Account, visibleFile } from "./Account.ts"
import { sliceContent } from "./Bodies.ts"
import { type Bucket, isPublic } from "./Bucket.ts"
import { checkReadable, encryptionFromHeaders } from "./EncryptionSettings.ts"
import { badRequest, invalidFileId, notFound, unauthorized } from "./Errors.ts"
import { type Exchange, parseQuery } from "./Exchange.ts"
import type { Faults } from "./Faults.ts"
import { standardHeaders } from "./FileInfo.ts"
import { checkFileName } from "./FileNames.ts"
import type { Key } from "./Key.ts"
import { decodePercent, encodePercent } from "./PercentCoding.ts"
import { parseRange } from "./Ranges.ts"
import { sendBody } from "./SendBody.ts"
import { checkStandardHeader } from "./StandardHeaders.ts"
import { parseFileId, type Version } from "./Version.ts"

/** The query values that replace a header of the reply, with the header. */
export const overrideHeaders: Readonly<Record<string, string>> = {
  b2ContentDisposition: "Content-Disposition",
  b2ContentLanguage: "Content-Language",
  b2Expires: "Expires",
  b2CacheControl: "Cache-Control",
  b2ContentEncoding: "Content-Encoding",
  b2ContentType: "Content-Type"
}

interface Reader {
  /** Null for an anonymous reader of a public bucket, and for a download token. */
  readonly key: Key | null
  readonly anonymous: boolean
}

/** Who asks, after every check of the right to read. `name` is null for a download by id. */
const authorize = (
  exchange: Exchange,
  account: Account,
  query: Readonly<Record<string, string>>,
  bucket: Bucket | undefined,
  name: string | null,
  fileName: string
): Reader => {
  const header = exchange.header("authorization")
  const value = header?.startsWith("Basic ") ? undefined : (header ?? query.Authorization)
  if (value === undefined) {
    if (bucket === undefined || !isPublic(bucket)) throw unauthorized()
    return { key: null, anonymous: true }
  }
  const download = name === null ? undefined : account.tokens.downloadToken(value)
  if (download !== undefined) {
    if (download.bucket !== bucket || !name!.startsWith(download.fileNamePrefix)) throw unauthorized()
    for (const override in overrideHeaders) {
      if (download.overrides[override] !== undefined && download.overrides[override] !== query[override]) {
        throw unauthorized(`The download authorization demands its own ${override}`)
      }
    }
    return { key: null, anonymous: false }
  }
  const key = account.tokens.useAccountToken(value)
  if (bucket === undefined || !isPublic(bucket)) {
    key.mustHave("readFiles")
    if (bucket === undefined) {
      if (key.record.bucketIds !== null) throw unauthorized()
    } else {
      key.mustReachBucket(bucket.bucketId)
      key.mustReachName(fileName)
    }
  }
  return { key, anonymous: false }
}

const replyHeaders = (version: Version, reader: Reader, query: Readonly<Record<string, string>>): string[] => {
  const standard: Record<string, string> = { "Content-Type": version.contentType }
  const headers = [
    "Accept-Ranges",
    "bytes",
    "X-Bz-File-Id",
    version.fileId,
    "X-Bz-File-Name",
    encodePercent(version.name),
    "X-Bz-Content-Sha1",
    version.sha1,
    "X-Bz-Upload-Timestamp",
    String(version.timestamp)
  ]
  const cache = version.bucket.bucketInfo["cache-control"] ?? version.bucket.bucketInfo["Cache-Control"]
  if (cache !== undefined) standard["Cache-Control"] = cache
  for (const key in version.fileInfo) {
    const header = standardHeaders[key]
    if (header === undefined) headers.push(`X-Bz-Info-${key}`, encodePercent(version.fileInfo[key]!))
    else standard[header] = version.fileInfo[key]!
  }
  for (const override in overrideHeaders) {
    if (query[override] === undefined) continue
    if (reader.anonymous) throw unauthorized(`${override} needs an authorization`)
    checkStandardHeader(overrideHeaders[override]!, query[override])
    standard[overrideHeaders[override]!] = query[override]
  }
  for (const header in standard) headers.push(header, latin1(standard[header]!))
  pushProtection(headers, version, reader)
  return headers
}

const pushProtection = (headers: string[], version: Version, { key }: Reader): void => {
  const { encryption, retention, legalHold } = version
  if (encryption.mode === "SSE-B2") headers.push("X-Bz-Server-Side-Encryption", "AES256")
  else if (encryption.mode === "SSE-C") {
    headers.push("X-Bz-Server-Side-Encryption-Customer-Algorithm", "AES256")
    headers.push("X-Bz-Server-Side-Encryption-Customer-Key-Md5", encryption.keyMd5)
  }
  const withheld: string[] = []
  if (retention !== null) {
    if (key?.readsRetention) {
      headers.push("X-Bz-File-Retention-Mode", retention.mode)
      headers.push("X-Bz-File-Retention-Retain-Until-Timestamp", String(retention.retainUntilTimestamp))
    } else withheld.push("X-Bz-File-Retention-Mode", "X-Bz-File-Retention-Retain-Until-Timestamp")
  }
  if (legalHold !== null) {
    if (key?.readsLegalHold) headers.push("X-Bz-File-Legal-Hold", legalHold)
    else withheld.push("X-Bz-File-Legal-Hold")
  }
  if (withheld.length > 0) headers.push("X-Bz-Client-Unauthorized-To-Read", withheld.join(","))
  if (version.replication) headers.push("X-Bz-Replication-Status", version.replication)
}

/** Header text that HTTP can carry: anything but visible Latin-1 becomes a question mark. */
const latin1 = (text: string): string => text.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?")

const send = (
  exchange: Exchange,
  account: Account,
  faults: Faults,
  version: Version,
  reader: Reader,
  query: Readonly<Record<string, string>>
): void => {
  checkReadable(version.encryption, encryptionFromHeaders(exchange))
  const headers = replyHeaders(version, reader, query)
  const rangeHeader = exchange.header("range")
  const range = rangeHeader === undefined ? undefined : parseRange(rangeHeader, version.size)
  const { start, end } = range ?? { start: 0, end: version.size }
  const length = end - start
  headers.push("Content-Length", String(length))
  if (range !== undefined) headers.push("Content-Range", `bytes ${start}-${end - 1}/${version.size}`)
  exchange.status = range === undefined ? 200 : 206
  const content = length === version.size ? version.content : sliceContent(version.content, start, end)
  exchange.later(0, () => {
    if (exchange.method === "HEAD" || length === 0) exchange.request.reply(exchange.status, headers, "")
    else sendBody(exchange, account, headers, content, length, faults)
  })
}

/** `path` is the URL's path after `/file/`. */
export const downloadByName = (exchange: Exchange, account: Account, faults: Faults, path: string): void => {
  const slash = path.indexOf("/")
  if (slash <= 0) throw notFound()
  const bucketName = decodePercent(path.slice(0, slash))
  const name = checkFileName(decodePercent(path.slice(slash + 1)))
  const query = parseQuery(exchange.query)
  const bucket = bucketNamed(account, bucketName)
  const reader = authorize(exchange, account, query, bucket, name, name)
  const version = visibleFile(bucket?.names.get(name))
  if (version === undefined) throw notFound(`File with such name does not exist: ${name}`)
  send(exchange, account, faults, version, reader, query)
}

const bucketNamed = (account: Account, name: string): Bucket | undefined => {
  for (const bucket of account.buckets.values()) if (bucket.bucketName === name) return bucket
  return undefined
}

export const downloadById = (
  exchange: Exchange,
  account: Account,
  faults: Faults,
  query: Readonly<Record<string, string>>
): void => {
  const { fileId } = query
  if (fileId === undefined) throw badRequest("Missing required field fileId")
  const version = account.files.get(fileId)
  const reader = authorize(exchange, account, query, version?.bucket, null, version?.name ?? "")
  if (version === undefined) throw parseFileId(fileId) === undefined ? invalidFileId(fileId) : notFound()
  if (version.action !== "upload") throw notFound(`Not a file: ${fileId}`)
  send(exchange, account, faults, version, reader, query)
}
