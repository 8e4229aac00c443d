/** What went wrong with a call, from what the AWS library throws. */
import {
  AlreadyExists,
  ChecksumMismatch,
  InvalidRequest,
  NoSpace,
  NotFound,
  PermissionDenied,
  QuotaExceeded,
  RateLimited,
  type Reason,
  SourceChanged,
  Unauthenticated,
  Unavailable,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import { type HttpReply, header } from "@ourclone/http/HttpMessage"
import * as Duration from "effect/Duration"
import * as AnswerXml from "./AnswerXml.ts"

/** What may be known of an error; every field is somebody else's word. */
export interface S3Failure {
  readonly name: string
  /** Of the answer's XML, or of the system call. */
  readonly code: string
  readonly message: string
  readonly status: number | undefined
  readonly region: string | undefined
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** Where a server sends to. */
  readonly location: string | undefined
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {})
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** Of a server, shown to people: on one line and not for ever. */
const shown = (message: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const line = message.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

/** It becomes a part of an address: no other text may. */
const regionOf = (said: string | undefined): string | undefined =>
  said !== undefined && /^[a-z0-9-]{1,64}$/i.test(said) ? said : undefined

/** In which a service asks to be left alone. */
const secondsOf = (said: unknown): number | undefined => {
  const seconds = Number(said)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : undefined
}

/** What stands for a code where an answer has none. */
const unknown = "Unknown"

export const failureOf = (error: unknown): S3Failure => {
  const fields = fieldsOf(error)
  const metadata = fieldsOf(fields.$metadata)
  const headers = fieldsOf(fieldsOf(fields.$response).headers)
  const name = text(fields.name) ?? "Error"
  return {
    name,
    code: shown(text(fields.Code) ?? text(fields.code) ?? name),
    message: shown(text(fields.message) ?? String(error)),
    status: typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined,
    region: regionOf(text(fields.Region) ?? text(headers["x-amz-bucket-region"])),
    requestId: metadata.requestId === undefined ? undefined : shown(String(metadata.requestId)),
    retryAfterSeconds: secondsOf(headers["retry-after"]),
    location: text(headers.location)
  }
}

/** Texts of an error as a document, by their elements. */
const errorFields = (xml: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {}
  try {
    AnswerXml.read(
      xml,
      () => {},
      ([root, field, more], text) => {
        if (root === "Error" && field !== undefined && more === undefined) found[field] = text.trim()
      }
    )
  } catch (error) {
    // What a torn answer said before counts.
    if (!(error instanceof AnswerXml.NoDocument)) throw error
  }
  return found
}

/** Of an answer that says no; what answers a HEAD has no words. */
export const failureOfReply = ({ body, headers, status }: HttpReply): S3Failure => {
  const { Code, Message, Region, RequestId } = errorFields(body.toString())
  const code = shown(Code ?? "") || unknown
  const retryAfter = header(headers, "retry-after")
  const requestId = RequestId ?? header(headers, "x-amz-request-id")
  return {
    name: code,
    code,
    message: shown(Message ?? "") || "UnknownError",
    status,
    region: regionOf(text(Region) ?? header(headers, "x-amz-bucket-region")),
    requestId: requestId === undefined ? undefined : shown(requestId),
    retryAfterSeconds: secondsOf(retryAfter),
    location: header(headers, "location")
  }
}

export interface Call {
  /** `GetObject`: the operation, as AWS names it. */
  readonly operation: string
  /** Whether it was about the bucket as a whole. */
  readonly isOfBucket: boolean
  readonly bucket: string
}

/** What a key needs for a call, where that is not the name of the call itself. */
const permissions: Readonly<Record<string, string>> = {
  AbortMultipartUpload: "s3:AbortMultipartUpload",
  CompleteMultipartUpload: "s3:PutObject",
  CopyObject: "s3:GetObject and s3:PutObject",
  CreateMultipartUpload: "s3:PutObject",
  HeadBucket: "s3:ListBucket",
  HeadObject: "s3:GetObject and s3:ListBucket",
  ListBuckets: "s3:ListAllMyBuckets",
  ListMultipartUploads: "s3:ListBucketMultipartUploads",
  ListObjectVersions: "s3:ListBucketVersions",
  ListObjects: "s3:ListBucket",
  ListObjectsV2: "s3:ListBucket",
  ListParts: "s3:ListMultipartUploadParts",
  UploadPart: "s3:PutObject",
  UploadPartCopy: "s3:GetObject and s3:PutObject"
}

const of = (...codes: ReadonlyArray<string>): ReadonlySet<string> => new Set(codes)

const notThere = of("NoSuchKey", "NotFound", "NoSuchVersion", "NoSuchUpload")
const denied = of("AccessDenied", "AllAccessDisabled", "AccountProblem", "AccessForbidden", "InvalidBucketState")
const badCredentials = of(
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "NotSignedUp",
  "UnrecognizedClientException",
  // versitygw, of a key that it does not know.
  "XAdminUserNotFound"
)
const expired = of("ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException")
export const offClock = "RequestTimeTooSkewed"
const skewed = of(offClock, "RequestExpired", "RequestInTheFuture")
const slow = of(
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TooManyRequests",
  "TooManyRequestsException",
  "RequestLimitExceeded"
)
const passing = of(
  "InternalError",
  "ServiceUnavailable",
  "RequestTimeout",
  "IncompleteBody",
  "OperationAborted",
  "ConditionalRequestConflict"
)
const wrongBytes = of("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")
const full = of("QuotaExceeded", "InsufficientCapacity", "XMinioStorageFull")
const asleep = of("InvalidObjectState", "ObjectNotInActiveTierError")
const taken = of("BucketAlreadyExists", "BucketAlreadyOwnedByYou", "BucketNameUnavailable")
/** Of services that keep objects as files of a disk. */
const folders = of(
  "DirectoryObjectContainsData",
  "ExistingObjectIsDirectory",
  "ObjectParentIsFile",
  "XMinioObjectExistsAsDirectory",
  "XMinioParentIsObject"
)
const elsewhere = of(
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "TemporaryRedirect"
)
const network = of(
  "TimeoutError",
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "ENOTFOUND",
  "ECONNABORTED",
  "EADDRNOTAVAIL",
  "UND_ERR_SOCKET"
)
const certificate = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|CERT_|UNABLE_TO_|ERR_TLS_)/

/** Whether the bucket is said to be somewhere else: the region to ask then. What answers a HEAD has no code. */
export const otherRegion = ({ code, region, status }: S3Failure): string | undefined =>
  elsewhere.has(code) || status === 301 || (status === 400 && code === unknown) ? region : undefined

/** Whether it says no, and not why. */
export const isBareDenial = ({ code, status }: S3Failure): boolean => status === 403 && code === unknown

/** Whether nothing tells that the call was not carried out. */
export const isUnclear = (failure: S3Failure): boolean =>
  failure.status === undefined ||
  failure.status >= 500 ||
  failure.code === "NoSuchUpload" ||
  failure.code === "RequestTimeout"

const ofNetwork = ({ code, message }: S3Failure): Reason | undefined => {
  if (code === "ENOTFOUND")
    return new Unavailable({ message: `there is no such host (${message})`, isUnanswered: true })
  if (network.has(code)) {
    return new Unavailable({ message: `the connection broke: ${message}`, isUnanswered: code !== "ECONNRESET" })
  }
  if (/socket hang up|^aborted$|other side closed/i.test(message)) {
    return new Unavailable({ message: `the connection broke: ${message}` })
  }
  if (!certificate.test(code)) return undefined
  const remedy = "name its authority in the option caFile, or in NODE_EXTRA_CA_CERTS"
  return new InvalidRequest({ message: `the certificate of the server can not be trusted (${message}); ${remedy}` })
}

const ofStatus = (failure: S3Failure, call: Call, where: string): Reason | undefined => {
  const { code, message, retryAfterSeconds, status } = failure
  if (status === 404) {
    // Only the answer to a HEAD has no words; any other without them is of something that is no such service.
    const isSaid = where !== "" || call.operation.startsWith("Head")
    return isSaid
      ? new NotFound({ message: `there is no such file${where}` })
      : new UnexpectedResponse({ message: `the answer is 404 and not one of S3 (${code}): check the endpoint` })
  }
  if (status === 401) return new Unauthenticated({ message: `the service does not accept the key${where}` })
  if (status === 403) return denial(failure, call, where)
  if (status === 409) return new Unavailable({ message: `another change was made at the same time${where}` })
  if (status === 429) {
    return new RateLimited({
      message: "the service asks for fewer calls",
      retryAfter: Duration.seconds(retryAfterSeconds ?? 1)
    })
  }
  if (status === 507) return new QuotaExceeded({ message: `the storage is full${where}` })
  if (status === 501) return new InvalidRequest({ message: `the service does not do this${where}: ${message}` })
  if (status !== undefined && status >= 500)
    return new Unavailable({ message: `the service has a failure of its own (${status}): ${message}` })
  if (status === 416) return new InvalidRequest({ message: "the file has no such bytes" })
  return undefined
}

const denial = ({ message }: S3Failure, { bucket, isOfBucket, operation }: Call, where: string): Reason =>
  new PermissionDenied({
    message: `the key may not do this${where}: it needs ${permissions[operation] ?? `s3:${operation}`} for ${bucket === "" ? "the account" : `the bucket "${bucket}"`}${message === "" || message === "UnknownError" ? "" : ` (${message})`}`,
    ...(isOfBucket ? { concernsAll: true } : {})
  })

export const reasonOf = (failure: S3Failure, call: Call): Reason => {
  const { code, message, name, requestId, retryAfterSeconds, status } = failure
  const where = code === "UnknownError" || code === unknown ? "" : ` (${code})`
  const unreachable = ofNetwork(failure)
  if (unreachable !== undefined) return unreachable
  if (code === "NoSuchBucket") return new NotFound({ message: `there is no bucket "${call.bucket}"` })
  if (notThere.has(code))
    return new NotFound({ message: code === "NoSuchUpload" ? "the upload in parts is gone" : "there is no such file" })
  if (asleep.has(code))
    return new PermissionDenied({ message: "the file is in an archive class; restore it in the service first" })
  if (folders.has(code))
    return new InvalidRequest({ message: `a folder and a file there would have one name${where}`, concernsName: true })
  if (denied.has(code)) return denial(failure, call, where)
  if (badCredentials.has(code)) {
    const hint = code === "SignatureDoesNotMatch" ? "; or something on the way changes requests" : ""
    return new Unauthenticated({
      message: `the service does not accept the key${where}: check key id, secret and region${hint}`
    })
  }
  if (expired.has(code))
    return new Unauthenticated({ message: `the session of the key has ended${where}; sign in again` })
  if (skewed.has(code))
    return new Unavailable({ message: "the clock of this machine is off; set it right", retryAtOnce: true })
  if (slow.has(code)) {
    return new RateLimited({
      message: `the service asks for fewer calls${where}`,
      retryAfter: Duration.seconds(retryAfterSeconds ?? 1)
    })
  }
  if (passing.has(code)) return new Unavailable({ message: `the service could not do it now${where}: ${message}` })
  if (wrongBytes.has(code)) {
    return new ChecksumMismatch({ message: `other bytes arrived than were sent${where}`, expected: "", actual: "" })
  }
  if (code === "PreconditionFailed" || status === 412)
    return new SourceChanged({ message: "it is another file by now" })
  if (full.has(code)) {
    return code === "XMinioStorageFull"
      ? new NoSpace({ message: "the disk of the server is full" })
      : new QuotaExceeded({ message: `the storage is full${where}` })
  }
  if (taken.has(code)) return new AlreadyExists({ message: `the bucket name "${call.bucket}" is taken${where}` })
  if (otherRegion(failure) !== undefined) {
    return new InvalidRequest({ message: `the bucket is in the region ${failure.region}; set the option region` })
  }
  if (status !== undefined && status >= 300 && status < 400) {
    const where = failure.location === undefined ? "" : `, to ${shown(failure.location)}`
    return new InvalidRequest({
      message: `the server sends elsewhere (${status})${where}, where no key is sent; set the option endpoint to the address of the service`
    })
  }
  if (name === "CredentialsProviderError") {
    const remedy = "give accessKeyId and secretAccessKey, or a profile, or anonymous = true"
    return new Unauthenticated({ message: `no credentials were found (${message}); ${remedy}` })
  }
  const isAnswered = status !== undefined && status < 300
  if (isAnswered && /pars|deserializ|xml/i.test(message)) {
    return new Unavailable({ message: `the answer is no XML that can be read: ${message}` })
  }
  const byStatus = ofStatus(failure, call, where)
  if (byStatus !== undefined) return byStatus
  if (status !== undefined && status >= 400)
    return new InvalidRequest({ message: `the service refuses it${where}: ${message}` })
  if (status === undefined && code === "ERR_INVALID_CHAR") return new InvalidRequest({ message })
  const id = requestId === undefined ? "" : `, request ${requestId}`
  return new UnexpectedResponse({
    message: `${call.operation} ended in a way that is not known${where}${id}: ${message}`
  })
}
