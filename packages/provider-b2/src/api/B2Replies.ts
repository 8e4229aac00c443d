/** What B2 answers, only the fields that are read. Rows of listings come by the million and are checked by hand. */
import type { Checksums, DatedFile, Metadata } from "@ourclone/core/contract/Entry"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import * as Schema from "effect/Schema"

/** The file object of uploads, listings and `b2_get_file_info`. */
export interface FileRow {
  readonly action: string
  readonly fileId: string
  readonly fileName: string
  /** In bytes; absent where nothing is stored under the row: folders, hide markers and files that are only begun. */
  readonly contentLength?: number | null
  readonly contentSha1?: string | null
  /** Of what was stored in one request. */
  readonly contentMd5?: string | null
  readonly contentType?: string | null
  readonly fileInfo?: { readonly [key: string]: string } | null
  readonly uploadTimestamp: number
}

export interface FilePage {
  readonly files: ReadonlyArray<FileRow>
  readonly nextFileName: string | null
  readonly nextFileId: string | null
}

/** `message` goes on after "the answer to b2_… ". */
export class UnknownShape extends Error {}

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const largestTime = 8.64e15
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && Math.abs(value as number) <= largestTime

const isStored = (action: string): boolean => action === "upload" || action === "copy"

const isRow = (row: unknown): row is FileRow => {
  if (typeof row !== "object" || row === null) return false
  const { action, contentLength, fileId, fileName, uploadTimestamp } = row as Partial<FileRow>
  if (typeof fileName !== "string" || typeof action !== "string") return false
  if (action === "folder") return true
  if (typeof fileId !== "string" || !isTime(uploadTimestamp)) return false
  return isSize(contentLength) || (contentLength == null && !isStored(action))
}

const refuseRow = (row: unknown): never => {
  const { contentLength, fileName } = (row ?? {}) as Partial<FileRow>
  if (typeof fileName !== "string") throw new UnknownShape()
  const size = isSize(contentLength) ? "" : ` of ${JSON.stringify(contentLength)} bytes`
  throw new UnknownShape(`tells of ${JSON.stringify(fileName)}${size} what can not be`)
}

export const fileRow = (json: unknown): FileRow => {
  return isRow(json) ? json : refuseRow(json)
}

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string"

export const filePage = (json: unknown): FilePage => {
  const page = json as Partial<FilePage> | null
  if (typeof page !== "object" || page === null || !Array.isArray(page.files)) throw new UnknownShape()
  for (const row of page.files) if (!isRow(row)) refuseRow(row)
  const { files, nextFileId = null, nextFileName = null } = page
  if (!isTextOrNull(nextFileName) || !isTextOrNull(nextFileId)) throw new UnknownShape()
  return { files, nextFileName, nextFileId }
}

const unverified = "unverified:"

/** The SHA-1 of a whole file, from what B2 calls it and from what the uploader noted for a large file. */
export const sha1Of = (contentSha1: string | null | undefined, noted: string | undefined): string | undefined => {
  if (typeof contentSha1 === "string") {
    if (contentSha1.length === 40) return contentSha1
    if (contentSha1.startsWith(unverified)) return contentSha1.slice(unverified.length).toLowerCase()
  }
  return typeof noted === "string" && noted.length === 40 ? noted.toLowerCase() : undefined
}

/** Whether B2 itself has compared the SHA-1 with the bytes, as it does in uploads of one request. */
export const isVerified = (contentSha1: string | null | undefined): boolean => contentSha1?.length === 40

const [plus, minus, zero] = [43, 45, 48]

/** In decimal digits, as uploaders note numbers; nothing else that JavaScript would take for one. */
export const wholeNumber = (noted: string | undefined): number | undefined => {
  // An answer may hold anything in its place.
  if (typeof noted !== "string" || noted === "") return undefined
  // Faster than an expression and a conversion: it is asked for each row of a listing.
  const first = noted.charCodeAt(0)
  const begin = first === minus || first === plus ? 1 : 0
  if (begin === noted.length) return undefined
  let value = 0
  for (let at = begin; at < noted.length; at++) {
    const digit = noted.charCodeAt(at) - zero
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  if (!Number.isSafeInteger(value)) return undefined
  return first === minus ? -value : value
}

/** Milliseconds since 1970, where they are a time that a date can hold. */
export const timeOf = (noted: string | undefined): number | undefined => {
  const millis = wholeNumber(noted)
  return millis !== undefined && isTime(millis) ? millis : undefined
}

/** The uploader's time where there is a sensible one. Milliseconds since 1970. */
export const modifiedAtOf = (noted: string | undefined, uploadedAt: number): number => timeOf(noted) ?? uploadedAt

/** What this program notes itself; the rest is the user's. */
const ownInfo = new Set(["src_last_modified_millis", "large_file_sha1", "ourclone-size", "ourclone-part-size"])

/** The user's part of file info, where there is any. Names count without regard to case. */
export const metadataOf = (info: { readonly [key: string]: string }): Metadata | undefined => {
  let metadata: Record<string, string> | undefined
  for (const key in info) {
    if (ownInfo.has(key)) continue
    const name = key.toLowerCase()
    if (ownInfo.has(name)) continue
    metadata ??= {}
    metadata[name] = info[key] ?? ""
  }
  return metadata
}

const checksumsOf = (sha1: string | undefined, md5: string | null | undefined): Checksums => {
  if (typeof md5 !== "string" || md5.length !== 32) return sha1 === undefined ? {} : { sha1 }
  return sha1 === undefined ? { md5 } : { sha1, md5 }
}

const noInfo: NonNullable<FileRow["fileInfo"]> = {}

export const fileOf = (row: FileRow, path: RemotePath): DatedFile => {
  const info = row.fileInfo ?? noInfo
  const sha1 = sha1Of(row.contentSha1, info.large_file_sha1)
  const metadata = metadataOf(info)
  const file: DatedFile = {
    _tag: "File",
    path,
    size: row.contentLength ?? 0,
    modifiedAt: modifiedAtOf(info.src_last_modified_millis, row.uploadTimestamp),
    checksums: checksumsOf(sha1, row.contentMd5),
    contentType: row.contentType ?? "application/octet-stream",
    versionId: row.fileId
  }
  const isNoted = sha1 !== undefined && !isVerified(row.contentSha1)
  if (!isNoted && metadata === undefined) return file
  return { ...file, ...(isNoted && { hasNotedChecksums: true }), ...(metadata && { metadata }) }
}

const nullable = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
const BucketIds = Schema.Array(Schema.Struct({ id: Schema.String, name: Schema.NullOr(Schema.String) }))
const scope = {
  capabilities: Schema.optionalKey(Schema.Array(Schema.String)),
  bucketId: nullable(Schema.String),
  bucketName: nullable(Schema.String),
  namePrefix: nullable(Schema.String)
}
/** In bytes; no part may be larger. */
const largestPart = 5_000_000_000
const PartSize = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: largestPart })))
const service = {
  apiUrl: Schema.String,
  s3ApiUrl: Schema.optionalKey(Schema.NullOr(Schema.String)),
  downloadUrl: Schema.String,
  recommendedPartSize: PartSize,
  absoluteMinimumPartSize: PartSize
}
const account = { accountId: Schema.String, authorizationToken: Schema.String }
const allowed = Schema.optionalKey(Schema.Struct({ ...scope, buckets: nullable(BucketIds) }))

/** Grouped by API: versions 3 and 4. */
const Grouped = Schema.Struct({
  ...account,
  apiInfo: Schema.Struct({ storageApi: Schema.Struct({ ...service, ...scope, allowed }) })
})

/** Versions 1 and 2. */
const Flat = Schema.Struct({ ...account, ...service, allowed })

const decodeAuthorized = Schema.decodeUnknownSync(Schema.Union([Grouped, Flat]))

/** The answer of `b2_authorize_account` in any of its versions. */
export const authorized = (json: unknown) => {
  const reply = decodeAuthorized(json)
  const storage = "apiInfo" in reply ? reply.apiInfo.storageApi : reply
  const limits = { ...storage, ...storage.allowed }
  const { bucketId } = limits as { bucketId?: string | null }
  const { bucketName = null } = limits as { bucketName?: string | null }
  const buckets = storage.allowed?.buckets ?? (bucketId ? [{ id: bucketId, name: bucketName }] : undefined)
  return {
    accountId: reply.accountId,
    token: reply.authorizationToken,
    apiUrl: storage.apiUrl,
    downloadUrl: storage.downloadUrl,
    ...(storage.s3ApiUrl == null ? {} : { s3ApiUrl: storage.s3ApiUrl }),
    recommendedPartSize: storage.recommendedPartSize,
    absoluteMinimumPartSize: storage.absoluteMinimumPartSize,
    capabilities: limits.capabilities ?? [],
    buckets,
    namePrefix: (limits as { namePrefix?: string | null }).namePrefix ?? ""
  }
}

const days = nullable(Schema.Int)

/** Of a bucket: for keys that may read it. */
const forKey = <Value extends Schema.ConstraintCodec<unknown, unknown>>(value: Value) =>
  nullable(Schema.Struct({ isClientAuthorizedToRead: Schema.Boolean, value: Schema.NullOr(value) }))

const Period = Schema.Struct({ duration: Schema.Int, unit: Schema.String })

export const BucketRow = Schema.Struct({
  bucketId: Schema.String,
  bucketName: Schema.String,
  bucketType: Schema.optionalKey(Schema.NullOr(Schema.String)),
  lifecycleRules: nullable(
    Schema.Array(
      Schema.Struct({
        fileNamePrefix: Schema.String,
        daysFromUploadingToHiding: days,
        daysFromHidingToDeleting: days,
        daysFromStartingToCancelingUnfinishedLargeFiles: days
      })
    )
  ),
  bucketInfo: nullable(Schema.Record(Schema.String, Schema.String)),
  corsRules: nullable(Schema.Array(Schema.Record(Schema.String, Schema.Json))),
  defaultServerSideEncryption: forKey(Schema.Struct({ mode: nullable(Schema.String) })),
  fileLockConfiguration: forKey(
    Schema.Struct({
      isFileLockEnabled: Schema.Boolean,
      defaultRetention: nullable(Schema.Struct({ mode: nullable(Schema.String), period: nullable(Period) }))
    })
  )
})
export type BucketRow = typeof BucketRow.Type

export const bucketRow = Schema.decodeUnknownSync(BucketRow)
export const bucketRows = Schema.decodeUnknownSync(Schema.Struct({ buckets: Schema.Array(BucketRow) }))

export const downloadAuthorization = Schema.decodeUnknownSync(Schema.Struct({ authorizationToken: Schema.String }))

export const KeyRow = Schema.Struct({
  applicationKeyId: Schema.String,
  keyName: Schema.String,
  capabilities: Schema.Array(Schema.String),
  bucketId: nullable(Schema.String),
  bucketIds: nullable(Schema.Array(Schema.String)),
  namePrefix: nullable(Schema.String),
  expirationTimestamp: nullable(Schema.Int)
})
export type KeyRow = typeof KeyRow.Type
export const newKeyRow = Schema.decodeUnknownSync(Schema.Struct({ ...KeyRow.fields, applicationKey: Schema.String }))
const KeyPage = Schema.Struct({ keys: Schema.Array(KeyRow), nextApplicationKeyId: nullable(Schema.String) })
export const keyPage = Schema.decodeUnknownSync(KeyPage)

export const uploadUrl = Schema.decodeUnknownSync(
  Schema.Struct({ uploadUrl: Schema.String, authorizationToken: Schema.String })
)

/** The answer of `b2_upload_part` and `b2_copy_part`, and a row of `b2_list_parts`. */
const PartRow = Schema.Struct({
  partNumber: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))),
  contentLength: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: largestPart }))),
  contentSha1: Schema.String
})
export const partRow = Schema.decodeUnknownSync(PartRow)
export const partPage = Schema.decodeUnknownSync(
  Schema.Struct({ parts: Schema.Array(PartRow), nextPartNumber: Schema.NullOr(Schema.Int) })
)
