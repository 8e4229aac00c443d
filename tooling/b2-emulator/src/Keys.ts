/** `b2_create_key`, `b2_list_keys` and `b2_delete_key`. */
import { randomBytes } from "node:crypto"
import { type Call, checkAccountId, type Operation } from "./Call.ts"
import { badBucketId, badRequest, unauthorized } from "./Errors.ts"
import { optionalInteger, optionalString, optionalStrings, requiredString } from "./Fields.ts"
import { accountCapabilities, allCapabilities, Key, type KeyRecord } from "./Key.ts"
import { pageSize } from "./PageSize.ts"

const mostSeconds = 86_400_000
const nameGrammar = /^[A-Za-z0-9-]{1,100}$/

/** Version 4 speaks of several buckets, the others of one. The secret is not part of it. */
const keyReply = (call: Call, record: KeyRecord) => {
  const { applicationKeyId, bucketIds, capabilities, expirationTimestamp, keyName, namePrefix } = record
  const scope = call.apiVersion === 4 ? { bucketIds } : { bucketId: bucketIds?.[0] ?? null }
  return {
    accountId: call.account.accountId,
    applicationKeyId,
    ...scope,
    capabilities,
    expirationTimestamp,
    keyName,
    namePrefix,
    options: ["s3"]
  }
}

export const newKeySecret = (): string => `K002${randomBytes(21).toString("base64url").slice(0, 27)}`

const requestedBuckets = (call: Call): readonly string[] | null => {
  const single = optionalString(call.fields, "bucketId")
  const bucketIds = optionalStrings(call.fields, "bucketIds") ?? (single === undefined ? null : [single])
  if (bucketIds === null) return null
  if (bucketIds.length === 0) throw badRequest("bucketIds must not be empty")
  for (const bucketId of bucketIds) if (!call.account.buckets.has(bucketId)) throw badBucketId(bucketId)
  return bucketIds
}

export const createKey: Operation = (call) => {
  const { account, fields, key } = call
  checkAccountId(call)
  const capabilities = optionalStrings(fields, "capabilities") ?? []
  const keyName = requiredString(fields, "keyName")
  const namePrefix = optionalString(fields, "namePrefix") ?? null
  const seconds = optionalInteger(fields, "validDurationInSeconds")
  key.mustHave("writeKeys")
  if (key.record.bucketIds !== null) throw unauthorized()
  const bucketIds = requestedBuckets(call)
  if (capabilities.length === 0) throw badRequest("capabilities must not be empty")
  for (const capability of capabilities) {
    if (!allCapabilities.includes(capability)) throw badRequest(`Unknown capability: ${capability}`)
    if (bucketIds !== null && (accountCapabilities as readonly string[]).includes(capability)) {
      throw badRequest(`A key for a bucket cannot have the capability ${capability}`)
    }
    key.mustHave(capability)
  }
  if (!nameGrammar.test(keyName)) throw badRequest("keyName must be 1 to 100 letters, digits and dashes")
  if (namePrefix !== null && bucketIds === null) throw badRequest("namePrefix needs a bucket")
  if (seconds !== undefined && (seconds < 1 || seconds > mostSeconds)) {
    throw badRequest(`validDurationInSeconds must be from 1 to ${mostSeconds}`)
  }
  const record: KeyRecord = {
    applicationKeyId: `002${account.accountId}${account.nextSequence().toString().padStart(10, "0")}`,
    secret: newKeySecret(),
    keyName,
    capabilities: [...new Set(capabilities)],
    bucketIds,
    namePrefix: namePrefix === "" ? null : namePrefix,
    expirationTimestamp: seconds === undefined ? null : account.clock.now() + seconds * 1000
  }
  account.saveKey(new Key(record))
  return JSON.stringify({ applicationKey: record.secret, ...keyReply(call, record) })
}

export const listKeys: Operation = (call) => {
  const { account } = call
  checkAccountId(call)
  const startId = optionalString(call.fields, "startApplicationKeyId")
  const start = startId ?? ""
  const limit = pageSize(call, "maxKeyCount", 100, 10_000, startId)
  call.key.mustHave("listKeys")
  const now = account.clock.now()
  const records = [...account.keys.values()]
    .filter((key) => !key.hasExpired(now) && key.record.applicationKeyId >= start)
    .map((key) => key.record)
    .sort((left, right) => (left.applicationKeyId < right.applicationKeyId ? -1 : 1))
  return JSON.stringify({
    keys: records.slice(0, limit).map((record) => keyReply(call, record)),
    nextApplicationKeyId: records[limit]?.applicationKeyId ?? null
  })
}

export const deleteKey: Operation = (call) => {
  const id = requiredString(call.fields, "applicationKeyId")
  call.key.mustHave("deleteKeys")
  const key = call.account.keys.get(id)
  if (key === undefined) throw badRequest(`Unknown applicationKeyId: ${id}`)
  call.account.deleteKey(key)
  return JSON.stringify(keyReply(call, key.record))
}
