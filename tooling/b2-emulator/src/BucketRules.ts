/** What B2 demands of bucket names and of each bucket setting. Every check fails with status 400. */
import { type BucketSettings, type DefaultRetention, isReplicated, type LifecycleRule } from "./Bucket.ts"
import { checkCorsRules } from "./CorsRules.ts"
import { encryptionFromSetting } from "./EncryptionSettings.ts"
import { ApiError, badRequest } from "./Errors.ts"
import {
  type Fields,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalObjects,
  optionalString,
  optionalStringMap,
  requiredInteger,
  requiredString
} from "./Fields.ts"
import { checkReplication } from "./ReplicationRules.ts"
import { checkStandardHeader } from "./StandardHeaders.ts"

const nameGrammar = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/
const fourNumbers = /^\d+\.\d+\.\d+\.\d+$/

export const checkBucketName = (name: string): string => {
  const fits = name.length >= 6 && name.length <= 63 && nameGrammar.test(name)
  if (!fits || name.includes("..") || fourNumbers.test(name) || name.toLowerCase().startsWith("b2-")) {
    throw new ApiError(400, "invalid_bucket_name", `Bucket name is not valid: ${name}`)
  }
  return name
}

export const checkBucketType = (type: string): string => {
  if (type !== "allPublic" && type !== "allPrivate") throw badRequest(`Bad bucketType: ${type}`)
  return type
}

const mostInfoBytes = 550
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const controlCharacter = /[\u0000-\u001f\u007f]/

const checkBucketInfo = (info: Record<string, string>): Record<string, string> => {
  const keys = Object.keys(info)
  if (keys.length > 10) throw badRequest("bucketInfo has at most 10 entries")
  let bytes = 0
  for (const key of keys) {
    if (!/^[A-Za-z0-9-_]{1,50}$/.test(key)) throw badRequest(`Bad bucketInfo key: ${key}`)
    if (controlCharacter.test(info[key]!)) throw badRequest(`Bad bucketInfo value of ${key}`)
    if (key.toLowerCase() === "cache-control") checkStandardHeader("Cache-Control", info[key]!)
    bytes += key.length + Buffer.byteLength(info[key]!)
  }
  if (bytes > mostInfoBytes) throw badRequest(`bucketInfo takes ${bytes} bytes; the limit is ${mostInfoBytes}`)
  return info
}

const badLifecycle = (message: string) => new ApiError(400, "invalid_lifecycle_rules", message)

const days = (rule: Fields, name: string): number | null => {
  const value = optionalInteger(rule, name) ?? null
  if (value !== null && value <= 0) throw badLifecycle(`${name} must be positive`)
  return value
}

export const checkLifecycleRules = (rules: readonly Fields[]): readonly LifecycleRule[] => {
  if (rules.length > 100) throw badLifecycle("A bucket has at most 100 lifecycle rules")
  const checked = rules.map((rule): LifecycleRule => {
    const fileNamePrefix = requiredString(rule, "fileNamePrefix")
    const daysFromUploadingToHiding = days(rule, "daysFromUploadingToHiding")
    const daysFromHidingToDeleting = days(rule, "daysFromHidingToDeleting")
    const cancel = "daysFromStartingToCancelingUnfinishedLargeFiles"
    const daysToCancel = days(rule, cancel)
    if (daysFromUploadingToHiding === null && daysFromHidingToDeleting === null && daysToCancel === null) {
      throw badLifecycle("A lifecycle rule needs at least one number of days")
    }
    const base = { daysFromHidingToDeleting, daysFromUploadingToHiding, fileNamePrefix }
    return cancel in rule ? { ...base, [cancel]: daysToCancel } : base
  })
  const prefixes = checked.map((rule) => rule.fileNamePrefix).sort()
  for (let index = 1; index < prefixes.length; index++) {
    if (prefixes[index]!.startsWith(prefixes[index - 1]!)) {
      throw badLifecycle(`Lifecycle rules overlap: "${prefixes[index - 1]}" and "${prefixes[index]}"`)
    }
  }
  return checked
}

/** Whether new files are encrypted where the request that makes them says nothing. No mode means the service's own. */
const checkDefaultEncryption = (setting: Fields, ofService: boolean): boolean => {
  if (optionalString(setting, "mode") === "SSE-C") throw badRequest("SSE-C cannot be the default of a bucket")
  return encryptionFromSetting(setting, "defaultServerSideEncryption") !== undefined || ofService
}

const checkDefaultRetention = (setting: Fields): DefaultRetention | null => {
  const { mode } = setting
  if (mode === undefined || mode === null || mode === "none") return null
  if (mode !== "governance" && mode !== "compliance") throw badRequest(`Unknown retention mode: ${String(mode)}`)
  const period = optionalObject(setting, "period")
  if (period === undefined) throw badRequest("defaultRetention needs a period")
  const duration = requiredInteger(period, "duration")
  const unit = requiredString(period, "unit")
  if (unit !== "days" && unit !== "years") throw badRequest(`Unknown unit of a period: ${unit}`)
  if (duration < 1 || duration * (unit === "years" ? 365 : 1) > 3000) {
    throw badRequest("A default retention lasts from 1 to 3000 days")
  }
  return { mode, period: { duration, unit } }
}

const turnOnLock = (fields: Fields, bucket: BucketSettings): boolean => {
  const asked = optionalBoolean(fields, "fileLockEnabled")
  if (asked === undefined) return bucket.fileLockEnabled
  if (asked === true && !bucket.fileLockEnabled && isReplicated(bucket)) {
    throw new ApiError(
      400,
      "source_replication_conflict",
      "Turning on file lock for an existing bucket having source replication configuration is not allowed."
    )
  }
  if (asked === false && bucket.fileLockEnabled) {
    throw new ApiError(
      400,
      "file_lock_conflict",
      "fileLockEnabled value of false is not allowed when bucket is already file lock enabled."
    )
  }
  return asked
}

/** The settings after the request; what it does not name stays. `encryptsByDefault` is what the service does. */
export const changedSettings = (fields: Fields, bucket: BucketSettings, encryptsByDefault: boolean): BucketSettings => {
  const type = optionalString(fields, "bucketType")
  const info = optionalStringMap(fields, "bucketInfo")
  const cors = optionalObjects(fields, "corsRules")
  const lifecycle = optionalObjects(fields, "lifecycleRules")
  const encryption = optionalObject(fields, "defaultServerSideEncryption")
  const retention = optionalObject(fields, "defaultRetention")
  const replication = optionalObject(fields, "replicationConfiguration")
  const fileLockEnabled = turnOnLock(fields, bucket)
  const defaultRetention = retention === undefined ? bucket.defaultRetention : checkDefaultRetention(retention)
  if (defaultRetention !== null && !fileLockEnabled) {
    throw new ApiError(400, "bucket_missing_file_lock", "The bucket is not file lock enabled")
  }
  return {
    bucketType: type === undefined ? bucket.bucketType : checkBucketType(type),
    bucketInfo: info === undefined ? bucket.bucketInfo : checkBucketInfo(info),
    corsRules: cors === undefined ? bucket.corsRules : checkCorsRules(cors),
    lifecycleRules: lifecycle === undefined ? bucket.lifecycleRules : checkLifecycleRules(lifecycle),
    encrypted: encryption === undefined ? bucket.encrypted : checkDefaultEncryption(encryption, encryptsByDefault),
    fileLockEnabled,
    defaultRetention,
    replicationConfiguration:
      replication === undefined ? bucket.replicationConfiguration : checkReplication(replication),
    notificationRules: bucket.notificationRules
  }
}
