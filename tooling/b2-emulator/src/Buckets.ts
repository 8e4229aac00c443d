/** `b2_list_buckets`, `b2_create_bucket`, `b2_update_bucket` and `b2_delete_bucket`. */
import { randomBytes } from "node:crypto"
import type { Bucket, BucketSettings } from "./Bucket.ts"
import { changedSettings, checkBucketName, checkBucketType } from "./BucketRules.ts"
import { type Call, checkAccountId, type Operation, reachBucket } from "./Call.ts"
import { ApiError, badRequest, unauthorized } from "./Errors.ts"
import { type Fields, optionalInteger, optionalString, optionalStrings, requiredString } from "./Fields.ts"
import type { Key } from "./Key.ts"
import { SortedNames } from "./SortedNames.ts"

const mostBuckets = 100
const bucketTypes = ["all", "allPublic", "allPrivate", "restricted", "snapshot", "shared"]

/** Names that begin so belong to another account, for tests of `duplicate_bucket_name`. */
const takenPrefix = "taken-"

const settingFor = (key: Key, capability: string, value: unknown) =>
  key.can(capability) ? { isClientAuthorizedToRead: true, value } : { isClientAuthorizedToRead: false, value: null }

const bucketReply = (call: Call, bucket: Bucket) => {
  const { key, account } = call
  const { bucketId, bucketName, bucketType, defaultRetention } = bucket
  if (!key.can("listBuckets") && !key.can("writeBuckets") && !key.can("deleteBuckets")) {
    return { accountId: account.accountId, bucketId, bucketName, bucketType }
  }
  return {
    accountId: account.accountId,
    bucketId,
    bucketInfo: bucket.bucketInfo,
    bucketName,
    bucketType,
    corsRules: bucket.corsRules,
    defaultServerSideEncryption: settingFor(
      key,
      "readBucketEncryption",
      bucket.encrypted ? { algorithm: "AES256", mode: "SSE-B2" } : { algorithm: null, mode: null }
    ),
    fileLockConfiguration: settingFor(key, "readBucketRetentions", {
      defaultRetention: defaultRetention ?? { mode: null, period: null },
      isFileLockEnabled: bucket.fileLockEnabled
    }),
    lifecycleRules: bucket.lifecycleRules,
    options: ["s3"],
    replicationConfiguration: settingFor(key, "readBucketReplications", bucket.replicationConfiguration),
    revision: bucket.revision
  }
}

export const listBuckets: Operation = (call) => {
  const { account, fields, key } = call
  checkAccountId(call)
  const bucketId = optionalString(fields, "bucketId")
  const bucketName = optionalString(fields, "bucketName")
  const types = optionalStrings(fields, "bucketTypes") ?? ["allPublic", "allPrivate", "snapshot"]
  for (const type of types) if (!bucketTypes.includes(type)) throw badRequest(`Unknown bucket type: ${type}`)
  if (types.includes("all") && types.length > 1) throw badRequest("The bucket type all must stand alone")
  if (!key.can("listBuckets") && !key.can("listAllBucketNames")) throw unauthorized()
  const reach = key.record.bucketIds
  const unnamed = bucketId === undefined && bucketName === undefined
  if (reach !== null && key.can("listBuckets")) {
    const named = (id: string) => id === bucketId || account.buckets.get(id)?.bucketName === bucketName
    const severalOfVersion4 = unnamed && call.apiVersion === 4 && reach.length > 1
    if (!severalOfVersion4 && (unnamed || !reach.some(named))) throw unauthorized()
  }
  const found = [...account.buckets.values()].filter(
    (bucket) =>
      (bucketId === undefined || bucket.bucketId === bucketId) &&
      (bucketName === undefined || bucket.bucketName === bucketName) &&
      (types[0] === "all" || types.includes(bucket.bucketType)) &&
      (!key.can("listBuckets") || key.reachesBucket(bucket.bucketId))
  )
  found.sort((left, right) => (left.bucketName < right.bucketName ? -1 : 1))
  return JSON.stringify({ buckets: found.map((bucket) => bucketReply(call, bucket)) })
}

/** The settings that need more than `writeBuckets`. */
const checkSettingCapabilities = (key: Key, fields: Fields): void => {
  const given = (name: string) => fields[name] !== undefined && fields[name] !== null
  if (given("defaultServerSideEncryption")) key.mustHave("writeBucketEncryption")
  if (given("defaultRetention") || given("fileLockEnabled")) key.mustHave("writeBucketRetentions")
  if (given("replicationConfiguration")) key.mustHave("writeBucketReplications")
}

const freshSettings: BucketSettings = {
  bucketType: "allPrivate",
  bucketInfo: {},
  corsRules: [],
  lifecycleRules: [],
  encrypted: false,
  fileLockEnabled: false,
  defaultRetention: null,
  replicationConfiguration: null,
  notificationRules: []
}

export const createBucket: Operation = (call) => {
  const { account, fields, key } = call
  checkAccountId(call)
  const bucketName = requiredString(fields, "bucketName")
  checkBucketType(requiredString(fields, "bucketType"))
  key.mustHave("writeBuckets")
  checkSettingCapabilities(key, fields)
  if (key.record.bucketIds !== null) throw unauthorized()
  checkBucketName(bucketName)
  const settings = changedSettings(
    fields,
    { ...freshSettings, encrypted: account.encryptsByDefault },
    account.encryptsByDefault
  )
  const folded = bucketName.toLowerCase()
  const taken = [...account.buckets.values()].some((bucket) => bucket.bucketName.toLowerCase() === folded)
  if (taken || folded.startsWith(takenPrefix)) {
    throw new ApiError(400, "duplicate_bucket_name", "Bucket name is already in use.")
  }
  if (account.buckets.size >= mostBuckets) {
    throw new ApiError(400, "too_many_buckets", `An account has at most ${mostBuckets} buckets`)
  }
  const bucket: Bucket = {
    ...settings,
    bucketId: randomBytes(12).toString("hex"),
    bucketName,
    revision: 2,
    names: new SortedNames(),
    unfinished: new Set()
  }
  account.saveBucket(bucket)
  return JSON.stringify(bucketReply(call, bucket))
}

export const updateBucket: Operation = (call) => {
  const { account, fields, key } = call
  checkAccountId(call)
  const bucketId = requiredString(fields, "bucketId")
  const revision = optionalInteger(fields, "ifRevisionIs")
  key.mustHave("writeBuckets")
  checkSettingCapabilities(key, fields)
  const bucket = reachBucket(call, bucketId)
  if (revision !== undefined && revision !== bucket.revision) {
    throw new ApiError(409, "conflict", "simultaneous updates to bucket")
  }
  Object.assign(bucket, changedSettings(fields, bucket, account.encryptsByDefault))
  bucket.revision++
  account.saveBucket(bucket)
  return JSON.stringify(bucketReply(call, bucket))
}

export const deleteBucket: Operation = (call) => {
  checkAccountId(call)
  const bucketId = requiredString(call.fields, "bucketId")
  call.key.mustHave("deleteBuckets")
  const bucket = reachBucket(call, bucketId)
  if (bucket.names.size > 0) {
    throw new ApiError(400, "cannot_delete_non_empty_bucket", "Cannot delete a bucket that holds files")
  }
  bucket.revision++
  call.account.deleteBucket(bucket)
  return JSON.stringify(bucketReply(call, bucket))
}
