/** Buckets of the S3 side, what they say of themselves, and removing many objects at once. */
import type { LifecycleRule } from "../Bucket.ts"
import { createBucket as createNative, deleteBucket as deleteNative, updateBucket } from "../Buckets.ts"
import { ApiError } from "../Errors.ts"
import { cancelLargeFile } from "../LargeFiles.ts"
import { deleteOne } from "./Objects.ts"
import { bucketNamed, native, param, reachBucket, type S3Call, sendEmpty, sendXml } from "./S3Call.ts"
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  notImplemented,
  S3Error,
  toS3Error
} from "./S3Error.ts"
import { childrenOf, element, parseXml, textOf, type XmlNode, xmlDocument } from "./Xml.ts"

export const usualRegion = "us-east-1"

export const listBuckets = (call: S3Call): void => {
  const { account, key } = call
  if (!key.can("listAllBucketNames") && !key.can("listBuckets")) throw accessDenied()
  const prefix = param(call, "prefix") ?? ""
  const after = param(call, "continuation-token") ?? ""
  const most = param(call, "max-buckets") ?? "10000"
  if (!/^\d+$/.test(most) || Number(most) < 1 || Number(most) > 10_000) {
    throw invalidArgument("Argument max-buckets must be an integer between 1 and 10000.", "max-buckets", most)
  }
  const names = [...account.buckets.values()]
    .filter((bucket) => key.can("listAllBucketNames") || key.reachesBucket(bucket.bucketId))
    .map(({ bucketName }) => bucketName)
    .filter((name) => name.startsWith(prefix) && name > after)
    .sort()
  const page = names.slice(0, Number(most))
  const rows = page.map(
    (name) => `<Bucket>${element("Name", name)}${element("CreationDate", "2024-01-01T00:00:00.000Z")}</Bucket>`
  )
  const owner = `<Owner>${element("ID", account.accountId)}${element("DisplayName", "")}</Owner>`
  sendXml(
    call,
    xmlDocument(
      "ListAllMyBucketsResult",
      `${owner}<Buckets>${rows.join("")}</Buckets>${prefix === "" ? "" : element("Prefix", prefix)}${
        names.length > page.length ? element("ContinuationToken", page.at(-1) ?? "") : ""
      }`
    )
  )
}

export const createBucket = async (call: S3Call): Promise<void> => {
  const { account, bucketName } = call
  if (bucketNamed(account, bucketName) !== undefined) {
    throw new S3Error(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded.")
  }
  await createNative(native(call, { bucketName, bucketType: "allPrivate" }))
  sendEmpty(call, 200, ["Location", `/${bucketName}`])
}

export const deleteBucket = async (call: S3Call): Promise<void> => {
  const { bucketId, unfinished } = reachBucket(call)
  // Uploads that nobody finished hold no bucket.
  for (const { fileId, name } of call.behaviour.asB2 ? [] : [...unfinished]) {
    await cancelLargeFile(native({ ...call, name }, { fileId }))
  }
  await deleteNative(native(call, { bucketId }))
  sendEmpty(call, 204)
}

export const headBucket = (call: S3Call, region: string): void => {
  reachBucket(call)
  if (!call.key.can("listBuckets") && !call.key.can("listFiles")) throw accessDenied()
  sendEmpty(call, 200, ["x-amz-bucket-region", region])
}

const missing = (code: string) => new S3Error(404, code, "There is no such configuration")

/** What a bucket has no more to say about than that there is nothing. */
const absent: Readonly<Record<string, string>> = {
  cors: "NoSuchCORSConfiguration",
  encryption: "ServerSideEncryptionConfigurationNotFoundError",
  "object-lock": "ObjectLockConfigurationNotFoundError",
  policy: "NoSuchBucketPolicy",
  publicAccessBlock: "NoSuchPublicAccessBlockConfiguration",
  replication: "ReplicationConfigurationNotFoundError",
  tagging: "NoSuchTagSet",
  website: "NoSuchWebsiteConfiguration"
}

const aclOf = (call: S3Call): string => {
  const owner = `<Owner>${element("ID", call.account.accountId)}</Owner>`
  const type = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"'
  const grantee = `<Grantee ${type}>${element("ID", call.account.accountId)}</Grantee>`
  const grant = `<Grant>${grantee}${element("Permission", "FULL_CONTROL")}</Grant>`
  return xmlDocument("AccessControlPolicy", `${owner}<AccessControlList>${grant}</AccessControlList>`)
}

const ruleRow = (rule: LifecycleRule, index: number): string => {
  const days = (name: string, inner: string, value: number | null | undefined) =>
    value === null || value === undefined ? "" : `<${name}>${element(inner, value)}</${name}>`
  const { daysFromStartingToCancelingUnfinishedLargeFiles: cancel } = rule
  return (
    `<Rule>${element("ID", `rule-${index + 1}`)}<Filter>${element("Prefix", rule.fileNamePrefix)}</Filter>` +
    element("Status", "Enabled") +
    days("Expiration", "Days", rule.daysFromUploadingToHiding) +
    days("NoncurrentVersionExpiration", "NoncurrentDays", rule.daysFromHidingToDeleting) +
    `${days("AbortIncompleteMultipartUpload", "DaysAfterInitiation", cancel)}</Rule>`
  )
}

const settingText = (call: S3Call, setting: string, region: string): string => {
  const { lifecycleRules } = reachBucket(call)
  const code = absent[setting]
  if (code !== undefined) throw missing(code)
  switch (setting) {
    case "location":
      return xmlDocument("LocationConstraint", region === usualRegion ? "" : region)
    case "versioning":
      return xmlDocument("VersioningConfiguration", call.behaviour.keepsVersions ? element("Status", "Enabled") : "")
    case "acl":
      return aclOf(call)
    case "lifecycle":
      if (lifecycleRules.length === 0) throw missing("NoSuchLifecycleConfiguration")
      return xmlDocument("LifecycleConfiguration", lifecycleRules.map(ruleRow).join(""))
    case "requestPayment":
      return xmlDocument("RequestPaymentConfiguration", element("Payer", "BucketOwner"))
    case "logging":
      return xmlDocument("BucketLoggingStatus", "")
    default:
      throw notImplemented(setting)
  }
}

export const getBucketSetting = (call: S3Call, setting: string, region: string): void =>
  sendXml(call, settingText(call, setting, region))

const daysOf = (rule: XmlNode, name: string, inner: string): number | null => {
  const [child] = childrenOf(rule, name)
  const text = child === undefined ? undefined : textOf(child, inner)
  return text === undefined ? null : Number(text)
}

const ruleOf = (rule: XmlNode) => {
  const [filter] = childrenOf(rule, "Filter")
  const cancel = daysOf(rule, "AbortIncompleteMultipartUpload", "DaysAfterInitiation")
  return {
    fileNamePrefix: (filter === undefined ? textOf(rule, "Prefix") : textOf(filter, "Prefix")) ?? "",
    daysFromUploadingToHiding: daysOf(rule, "Expiration", "Days"),
    daysFromHidingToDeleting: daysOf(rule, "NoncurrentVersionExpiration", "NoncurrentDays"),
    ...(cancel === null ? {} : { daysFromStartingToCancelingUnfinishedLargeFiles: cancel })
  }
}

export const putBucketSetting = async (call: S3Call, setting: string): Promise<void> => {
  const { bucketId } = reachBucket(call)
  if (setting !== "lifecycle" && setting !== "versioning") throw notImplemented(setting)
  const root = parseXml(call.payload.bytes.toString())
  if (root === undefined) throw malformedXml()
  if (setting === "versioning") {
    const isKept = textOf(root, "Status") === "Enabled"
    if (isKept !== call.behaviour.keepsVersions) throw notImplemented("versioning of one bucket apart from the others")
    return sendEmpty(call, 200)
  }
  await updateBucket(native(call, { bucketId, lifecycleRules: childrenOf(root, "Rule").map(ruleOf) }))
  sendEmpty(call, 200)
}

export const deleteBucketSetting = async (call: S3Call, setting: string): Promise<void> => {
  const { bucketId } = reachBucket(call)
  if (setting === "lifecycle") await updateBucket(native(call, { bucketId, lifecycleRules: [] }))
  sendEmpty(call, 204)
}

const mostDeleted = 1000

const hasDigest = (call: S3Call): boolean =>
  [...call.exchange.request.head.headers.keys()].some(
    (name) => name === "content-md5" || name.startsWith("x-amz-checksum-") || name === "x-amz-trailer"
  )

export const deleteMany = (call: S3Call): void => {
  const bucket = reachBucket(call)
  if (!hasDigest(call)) throw invalidRequest("Missing required header for this request: Content-MD5")
  const root = parseXml(call.payload.bytes.toString())
  const objects = root?.name === "Delete" ? childrenOf(root, "Object") : []
  if (root === undefined || objects.length === 0 || objects.length > mostDeleted) throw malformedXml()
  const isQuiet = textOf(root, "Quiet") === "true"
  const rows = objects.map((object) => {
    const key = object.children.find(({ name }) => name === "Key")?.text ?? ""
    const versionId = textOf(object, "VersionId")
    const given = versionId === undefined ? "" : element("VersionId", versionId)
    try {
      const deleted = deleteOne(call, bucket, key, versionId)
      if (isQuiet) return ""
      const marker = deleted.isMarker
        ? element("DeleteMarker", true) + element("DeleteMarkerVersionId", deleted.versionId ?? "")
        : ""
      return `<Deleted>${element("Key", key)}${given}${marker}</Deleted>`
    } catch (failure) {
      const error = toS3Error(failure)
      if (!(error instanceof ApiError)) throw error
      return `<Error>${element("Key", key)}${given}${element("Code", error.code)}${element("Message", error.message)}</Error>`
    }
  })
  sendXml(call, xmlDocument("DeleteResult", rows.join("")))
}
