/** Object lock: what protects a new version, what a key may change, and `b2_update_file_retention` and `..._legal_hold`. */
import type { Bucket } from "./Bucket.ts"
import type { Call, Operation } from "./Call.ts"
import { millisecondsPerDay } from "./Clock.ts"
import { ApiError, accessDenied, badRequest, fileNotPresent } from "./Errors.ts"
import {
  type Fields,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalString,
  requiredString
} from "./Fields.ts"
import type { Key } from "./Key.ts"
import type { LegalHold, Retention, Version } from "./Version.ts"

const missingLock = () => new ApiError(400, "bucket_missing_file_lock", "The bucket is not file lock enabled")

/** Undefined when nothing was asked for; null asks for no retention. */
export const parseRetention = (
  mode: string | null | undefined,
  until: number | undefined,
  now: number
): Retention | null | undefined => {
  if (mode === undefined && until === undefined) return undefined
  if (mode === null || mode === "none" || mode === undefined) {
    if (until !== undefined) throw badRequest("retainUntilTimestamp needs a mode")
    return null
  }
  if (mode !== "governance" && mode !== "compliance") throw badRequest(`Unknown retention mode: ${mode}`)
  if (until === undefined) throw badRequest("A retention mode needs retainUntilTimestamp")
  if (!Number.isSafeInteger(until)) throw badRequest("retainUntilTimestamp must be an integer")
  if (until <= now) {
    const code = "retain_until_timestamp_must_be_in_future"
    throw new ApiError(400, code, "The retainUntilTimestamp must be in future")
  }
  return { mode, retainUntilTimestamp: until }
}

export const retentionFromFields = (setting: Fields | undefined, now: number): Retention | null | undefined =>
  setting === undefined
    ? undefined
    : parseRetention(optionalString(setting, "mode") ?? null, optionalInteger(setting, "retainUntilTimestamp"), now)

/** Accepts what clients spell "not set" as; undefined then. */
export const parseLegalHold = (value: string | undefined): LegalHold | undefined => {
  if (value === undefined || value === "unset") return undefined
  if (value !== "on" && value !== "off") throw badRequest(`legalHold must be on or off, not ${value}`)
  return value
}

/** The protection of a version uploaded now: what the request asks for, else the bucket's default. */
export const protection = (
  key: Key,
  bucket: Bucket,
  retention: Retention | null | undefined,
  legalHold: LegalHold | undefined,
  now: number
): { retention: Retention | null; legalHold: LegalHold | null } => {
  if (retention !== undefined && retention !== null) key.mustHave("writeFileRetentions")
  if (legalHold !== undefined) key.mustHave("writeFileLegalHolds")
  if (!bucket.fileLockEnabled) {
    if (retention || legalHold !== undefined) throw missingLock()
    return { retention: null, legalHold: null }
  }
  return {
    retention: retention === undefined ? defaultRetention(bucket, now) : retention,
    legalHold: legalHold ?? null
  }
}

const defaultRetention = (bucket: Bucket, now: number): Retention | null => {
  if (bucket.defaultRetention === null) return null
  const { mode, period } = bucket.defaultRetention
  const days = period.unit === "years" ? period.duration * 365 : period.duration
  return { mode, retainUntilTimestamp: now + days * millisecondsPerDay }
}

/** Whether a lifecycle rule, which never bypasses anything, has to leave the version alone. */
export const isLocked = (version: Version, now: number): boolean =>
  version.legalHold === "on" || (version.retention !== null && version.retention.retainUntilTimestamp > now)

/** Asking for it without the right is refused, whether or not anything has to be bypassed. */
const mayBypass = (call: Call): boolean => {
  if (optionalBoolean(call.fields, "bypassGovernance") !== true) return false
  if (!call.key.can("bypassGovernance")) throw accessDenied(401)
  return true
}

/** Fails with 401 `access_denied` when the version is protected against this call. */
export const checkDeletable = (call: Call, version: Version): void => {
  const bypasses = mayBypass(call)
  const bypassed = bypasses && version.retention?.mode === "governance" && version.legalHold !== "on"
  if (isLocked(version, call.account.clock.now()) && !bypassed) throw accessDenied(401, "Access Denied")
}

const lockedFile = (call: Call, capability: string): Version => {
  const fileName = requiredString(call.fields, "fileName")
  const fileId = requiredString(call.fields, "fileId")
  if (!call.key.can(capability)) throw accessDenied(403, "Access Denied")
  const version = call.account.files.get(fileId)
  if (version === undefined) throw fileNotPresent(fileName)
  call.key.mustReachBucket(version.bucket.bucketId)
  call.key.mustReachName(version.name)
  if (version.name !== fileName) throw fileNotPresent(fileName)
  if (!version.bucket.fileLockEnabled) throw missingLock()
  if (version.action !== "upload") throw badRequest("Only uploaded files can be locked")
  return version
}

/** Whether `next` protects at least as long and as hard as `current`. */
const strengthens = (current: Retention, next: Retention | null): boolean =>
  next !== null &&
  next.retainUntilTimestamp >= current.retainUntilTimestamp &&
  !(current.mode === "compliance" && next.mode === "governance")

export const updateFileRetention: Operation = (call) => {
  const version = lockedFile(call, "writeFileRetentions")
  const now = call.account.clock.now()
  const setting = optionalObject(call.fields, "fileRetention")
  if (setting === undefined) throw badRequest("Missing required field fileRetention")
  const retention = retentionFromFields(setting, now) ?? null
  const bypasses = mayBypass(call)
  const current = version.retention
  if (current !== null && current.retainUntilTimestamp > now && !strengthens(current, retention)) {
    if (current.mode === "compliance" || !bypasses) throw accessDenied(403, "Access Denied")
  }
  version.retention = retention
  call.account.saveLock(version)
  const { mode, retainUntilTimestamp } = retention ?? { mode: null, retainUntilTimestamp: null }
  const fileRetention = { mode, retainUntilTimestamp }
  return JSON.stringify({ fileId: version.fileId, fileName: version.name, fileRetention })
}

export const updateFileLegalHold: Operation = (call) => {
  const version = lockedFile(call, "writeFileLegalHolds")
  const legalHold = parseLegalHold(optionalString(call.fields, "legalHold"))
  if (legalHold === undefined) throw badRequest("Missing required field legalHold")
  version.legalHold = legalHold
  call.account.saveLock(version)
  return JSON.stringify({ fileId: version.fileId, fileName: version.name, legalHold })
}
