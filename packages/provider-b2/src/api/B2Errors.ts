/**
 * What B2's refusals mean: (status, code) → reason, a pure table.
 *
 * B2 answers a missing capability and a bucket outside the key's reach alike,
 * with 401 `unauthorized` and no message, so the words for it are found here
 * from what the key may do.
 */
import * as StorageError from "@ourclone/core/contract/StorageError"
import * as Duration from "effect/Duration"
import type { B2Refusal } from "./B2Refusal.ts"

/** What an application key may do, as `b2_authorize_account` said. */
export interface KeyScope {
  readonly keyId: string
  readonly capabilities: ReadonlyArray<string>
  /** The only buckets it reaches; absent when it reaches all. */
  readonly buckets?: ReadonlyArray<{ readonly id: string; readonly name: string | null }> | undefined
  /** What every name it touches must begin with; "" for no limit. */
  readonly namePrefix: string
}

export interface Circumstances {
  /** B2's name of the call. */
  readonly call: string
  /** Whether an upload URL was asked, rather than the API. */
  readonly isUpload?: boolean | undefined
  /** What was given to the call, by name, as far as that makes a difference to what it needs. */
  readonly fields?: ReadonlyArray<string> | undefined
  readonly key?: KeyScope | undefined
}

/** What each call needs. */
const capabilities: { readonly [call: string]: string } = {
  b2_list_buckets: "listBuckets",
  b2_get_download_authorization: "shareFiles",
  b2_create_key: "writeKeys",
  b2_list_keys: "listKeys",
  b2_delete_key: "deleteKeys",
  b2_create_bucket: "writeBuckets",
  b2_update_bucket: "writeBuckets",
  b2_delete_bucket: "deleteBuckets",
  b2_get_upload_url: "writeFiles",
  b2_upload_file: "writeFiles",
  b2_start_large_file: "writeFiles",
  b2_get_upload_part_url: "writeFiles",
  b2_upload_part: "writeFiles",
  b2_copy_part: "writeFiles",
  b2_finish_large_file: "writeFiles",
  b2_cancel_large_file: "writeFiles",
  b2_list_unfinished_large_files: "listFiles",
  b2_list_parts: "listFiles",
  b2_copy_file: "writeFiles",
  b2_list_file_names: "listFiles",
  b2_list_file_versions: "listFiles",
  b2_get_file_info: "readFiles",
  b2_hide_file: "writeFiles",
  b2_delete_file_version: "deleteFiles",
  b2_download_file_by_name: "readFiles",
  b2_download_file_by_id: "readFiles"
}

/** What a call needs besides, to set a field. */
const settings: { readonly [field: string]: string } = {
  defaultServerSideEncryption: "writeBucketEncryption",
  defaultRetention: "writeBucketRetentions",
  fileLockEnabled: "writeBucketRetentions"
}

const reach = (key: KeyScope): string => {
  const names = key.buckets?.map(({ id, name }) => `"${name ?? id}"`).join(", ")
  const buckets = names === undefined ? undefined : `the bucket ${names}`
  const prefix = key.namePrefix === "" ? undefined : `names that begin with "${key.namePrefix}"`
  return [buckets, prefix].filter((part) => part !== undefined).join(" and ")
}

/** The first capability that the key would need and does not have. */
const lackedBy = ({ call, fields = [], key }: Circumstances): string | undefined =>
  [capabilities[call], ...fields.map((field) => settings[field])].find(
    (capability) => key !== undefined && capability !== undefined && !key.capabilities.includes(capability)
  )

export const lack = ({ keyId }: KeyScope, capability: string): string =>
  `the application key ${keyId} lacks the capability "${capability}"; make a key that has it`

/** Words for a key that may not do `call`. */
export const denial = (circumstances: Circumstances): string => {
  const { call, key } = circumstances
  const capability = capabilities[call]
  if (key === undefined) return "the application key may not do this"
  const lacked = lackedBy(circumstances)
  if (lacked !== undefined) return lack(key, lacked)
  const limits = reach(key)
  if (limits !== "") return `the application key ${key.keyId} only reaches ${limits}; use a key for this place`
  return `the application key ${key.keyId} may not do this${capability === undefined ? "" : ` (${call} needs "${capability}")`}`
}

const caps: { readonly [code: string]: string } = {
  storage_cap_exceeded: "the account's storage cap is reached",
  transaction_cap_exceeded: "the account's daily cap of transactions is reached",
  download_cap_exceeded: "the account's daily download cap is reached",
  cap_exceeded: "a cap of the account is reached"
}

const capOf = (code: string): string | undefined => (Object.hasOwn(caps, code) ? caps[code] : undefined)

const notFound = new Set(["not_found", "no_such_file", "file_not_present"])

const said = (refusal: B2Refusal): string =>
  refusal.foreign ?? [refusal.status, refusal.code, refusal.message].filter((part) => part !== "").join(" ")

const unauthorized = (refusal: B2Refusal, circumstances: Circumstances): StorageError.Reason => {
  if (circumstances.call === "b2_authorize_account") {
    const message =
      refusal.code === "unsupported"
        ? "this application key needs a newer version of B2's API than the server offers"
        : `B2 refused the key id ${circumstances.key?.keyId ?? ""}; check the key id and the application key, and that the key was not deleted and has not expired`
    return new StorageError.Unauthenticated({ message })
  }
  switch (refusal.code) {
    case "bad_auth_token":
    case "expired_auth_token":
      // It was given to a key that authorised a moment ago; a key that is no longer good fails there.
      return new StorageError.Unavailable({
        message: "B2 keeps refusing the token it has just given"
      })
    case "access_denied":
      return new StorageError.PermissionDenied({ message: "the file is locked against changes (object lock)" })
    case "unauthorized":
    case "":
      return new StorageError.PermissionDenied({
        message: denial(circumstances),
        ...(lackedBy(circumstances) === undefined ? {} : { concernsAll: true })
      })
    default:
      return new StorageError.PermissionDenied({ message: `B2 refused: ${said(refusal)}` })
  }
}

const badRequest = (refusal: B2Refusal, circumstances: Circumstances): StorageError.Reason => {
  const { code, message } = refusal
  if (notFound.has(code)) return new StorageError.NotFound({ message: "there is no such file" })
  if (code === "bad_bucket_id" || code === "invalid_bucket_id") {
    return new StorageError.NotFound({ message: "the bucket is gone" })
  }
  if (code === "duplicate_bucket_name") {
    return new StorageError.AlreadyExists({
      message: "the bucket name is taken, by this account or another; choose another name"
    })
  }
  if (code === "cannot_delete_non_empty_bucket") {
    return new StorageError.InvalidRequest({
      message: "the bucket is not empty; remove its files, old versions and unfinished large files first"
    })
  }
  if (code === "too_many_buckets") {
    return new StorageError.QuotaExceeded({ message: "the account has as many buckets as it may; remove one first" })
  }
  if (code === "auth_token_limit") {
    return new StorageError.Unavailable({
      message: "the upload URL is still busy with another upload",
      retryAtOnce: true
    })
  }
  const cap = capOf(code)
  if (cap !== undefined) return new StorageError.QuotaExceeded({ message: cap })
  if (circumstances.isUpload === true && /sha1 did not match/i.test(message)) {
    return new StorageError.ChecksumMismatch({
      message: "B2 received other bytes than were sent",
      expected: "",
      actual: ""
    })
  }
  return new StorageError.InvalidRequest({ message: `B2 refused: ${said(refusal)}` })
}

const forbidden = (refusal: B2Refusal): StorageError.Reason => {
  const cap = capOf(refusal.code)
  if (cap !== undefined) {
    return new StorageError.QuotaExceeded({
      message: `${cap}; raise it on the "Caps & Alerts" page of the Backblaze account`
    })
  }
  if (refusal.code === "access_denied") {
    return new StorageError.PermissionDenied({ message: "the file is locked, or encrypted with a key of its owner" })
  }
  return new StorageError.PermissionDenied({ message: `B2 refused: ${said(refusal)}` })
}

/** A page that is not B2's says nothing of files and keys. */
const foreignReason = (status: number, message: string): StorageError.Reason => {
  if (status === 400) return new StorageError.InvalidRequest({ message })
  if (status === 401 || status === 403) return new StorageError.PermissionDenied({ message })
  return new StorageError.UnexpectedResponse({ message })
}

const rateLimited = (message: string, millis: number) =>
  new StorageError.RateLimited({ message, retryAfter: Duration.millis(millis) })

const unavailable = (message: string, isUpload: boolean | undefined) =>
  new StorageError.Unavailable(isUpload === true ? { message, retryAtOnce: true } : { message })

export const reasonOf = (refusal: B2Refusal, circumstances: Circumstances): StorageError.Reason => {
  const { isUpload } = circumstances
  const { retryAfter, status } = refusal
  const { foreign } = refusal
  if (foreign !== undefined && status < 500 && status !== 408 && status !== 429) return foreignReason(status, foreign)
  if (status === 429) return rateLimited("B2 asks for fewer requests", retryAfter ?? 1000)
  if (status === 401) {
    // The token of an upload URL ran out: another URL, not another authorisation, is what helps.
    if (isUpload === true && refusal.isTokenRefused) return unavailable("B2 no longer takes this upload URL", true)
    return unauthorized(refusal, circumstances)
  }
  if (status === 408) return unavailable("B2 waited too long for the request", isUpload)
  if (status >= 500) {
    if (isUpload !== true && retryAfter !== undefined) return rateLimited("B2 is busy", retryAfter)
    return unavailable(`B2 is not available now (${said(refusal)})`, isUpload)
  }
  switch (status) {
    case 400:
      return badRequest(refusal, circumstances)
    case 403:
      return forbidden(refusal)
    case 404:
      return new StorageError.NotFound({ message: "there is no such file" })
    case 409:
      return unavailable("something else changed the bucket at the same time", false)
    case 416:
      return new StorageError.InvalidRequest({ message: "the range lies outside the file" })
    default:
      return new StorageError.UnexpectedResponse({ message: `B2 answered ${said(refusal)}` })
  }
}
