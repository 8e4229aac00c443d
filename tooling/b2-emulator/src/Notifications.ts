/** `b2_get_bucket_notification_rules` and `b2_set_bucket_notification_rules`: kept and echoed, never delivered. */
import { type Operation, reachBucket } from "./Call.ts"
import { ApiError, badRequest } from "./Errors.ts"
import {
  type Fields,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalObjects,
  optionalString,
  optionalStrings,
  requiredString
} from "./Fields.ts"

const mostRules = 25
const eventTypes = [
  "b2:ObjectCreated:*",
  "b2:ObjectCreated:Upload",
  "b2:ObjectCreated:MultipartUpload",
  "b2:ObjectCreated:Copy",
  "b2:ObjectCreated:Replica",
  "b2:ObjectCreated:MultipartReplica",
  "b2:ObjectDeleted:*",
  "b2:ObjectDeleted:Delete",
  "b2:ObjectDeleted:LifecycleRule",
  "b2:HideMarkerCreated:*",
  "b2:HideMarkerCreated:Hide",
  "b2:HideMarkerCreated:LifecycleRule",
  "b2:MultipartUploadCreated:*",
  "b2:MultipartUploadCreated:LiveRead"
]

const customHeaders = (target: Fields): readonly Fields[] | null => {
  const headers = optionalObjects(target, "customHeaders") ?? null
  if (headers === null) return null
  let bytes = 0
  for (const header of headers) {
    const name = requiredString(header, "name")
    if (/^x-bz-/i.test(name)) throw badRequest(`A custom header must not begin with X-Bz-: ${name}`)
    bytes += name.length + Buffer.byteLength(requiredString(header, "value"))
  }
  if (headers.length > 10 || bytes > 2048) throw badRequest("At most 10 custom headers of 2048 bytes are allowed")
  return headers
}

const checkedRule = (rule: Fields): Fields => {
  const types = optionalStrings(rule, "eventTypes") ?? []
  if (types.length === 0) throw new ApiError(400, "event_types_empty", "A rule needs event types")
  for (const type of types) {
    if (!eventTypes.includes(type)) throw new ApiError(400, "event_type_invalid", `Unknown event type: ${type}`)
  }
  const target = optionalObject(rule, "targetConfiguration")
  if (target === undefined) throw badRequest("Missing required field targetConfiguration")
  if (target.targetType !== "webhook") throw badRequest("targetType must be webhook")
  const secret = optionalString(target, "hmacSha256SigningSecret") ?? null
  if (secret !== null && !/^[A-Za-z0-9]{32}$/.test(secret)) {
    throw badRequest("hmacSha256SigningSecret must be 32 letters and digits")
  }
  const url = requiredString(target, "url")
  if (!url.startsWith("https://")) throw badRequest("The url must begin with https://")
  const perBatch = optionalInteger(rule, "maxEventsPerBatch") ?? 1
  if (perBatch < 1 || perBatch > 50) throw badRequest("maxEventsPerBatch must be from 1 to 50")
  return {
    eventTypes: types,
    isEnabled: optionalBoolean(rule, "isEnabled") ?? true,
    isSuspended: false,
    maxEventsPerBatch: perBatch,
    name: requiredString(rule, "name"),
    objectNamePrefix: optionalString(rule, "objectNamePrefix") ?? "",
    suspensionReason: "",
    targetConfiguration: {
      customHeaders: customHeaders(target),
      hmacSha256SigningSecret: secret,
      targetType: "webhook",
      url
    }
  }
}

const covers = (left: string, right: string): boolean =>
  left === right || (left.endsWith("*") && right.startsWith(left.slice(0, -1)))

const overlap = (left: Fields, right: Fields): boolean => {
  const [first, second] = [String(left.objectNamePrefix), String(right.objectNamePrefix)]
  if (!first.startsWith(second) && !second.startsWith(first)) return false
  const others = right.eventTypes as string[]
  return (left.eventTypes as string[]).some((type) =>
    others.some((other) => covers(type, other) || covers(other, type))
  )
}

export const getNotificationRules: Operation = (call) => {
  const bucketId = requiredString(call.fields, "bucketId")
  call.key.mustHave("readBucketNotifications")
  const bucket = reachBucket(call, bucketId)
  return JSON.stringify({ bucketId, eventNotificationRules: bucket.notificationRules })
}

export const setNotificationRules: Operation = (call) => {
  const bucketId = requiredString(call.fields, "bucketId")
  const given = optionalObjects(call.fields, "eventNotificationRules")
  if (given === undefined) throw badRequest("Missing required field eventNotificationRules")
  call.key.mustHave("writeBucketNotifications")
  const bucket = reachBucket(call, bucketId)
  if (given.length > mostRules) throw badRequest(`A bucket has at most ${mostRules} notification rules`)
  const rules = given.map(checkedRule)
  rules.forEach((rule, index) => {
    for (const other of rules.slice(0, index)) {
      if (other.name === rule.name) throw badRequest(`Repeated rule name: ${String(rule.name)}`)
      if (overlap(rule, other)) {
        throw new ApiError(400, "event_type_overlap", `Rules ${String(other.name)} and ${String(rule.name)} overlap`)
      }
    }
  })
  bucket.notificationRules = rules
  bucket.revision++
  call.account.saveBucket(bucket)
  return JSON.stringify({ bucketId, eventNotificationRules: rules })
}
