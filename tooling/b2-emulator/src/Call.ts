/** What a JSON operation is given, and the look-ups most of them begin with. */
import type { Account } from "./Account.ts"
import type { Bucket } from "./Bucket.ts"
import { badBucketId, invalidFileId, notFound, unauthorized } from "./Errors.ts"
import { type Fields, requiredString } from "./Fields.ts"
import type { Key } from "./Key.ts"
import { parseFileId, type Version } from "./Version.ts"

export interface Call {
  readonly account: Account
  readonly key: Key
  readonly fields: Fields
  /** 1 to 4. */
  readonly apiVersion: number
}

/** Returns the JSON text of the reply, as a string or as UTF-8. Fails with an ApiError. */
export type Operation = (call: Call) => string | Buffer | Promise<string>

/** The bucket, after the check that the key reaches it. */
export const reachBucket = (call: Call, bucketId: string): Bucket => {
  call.key.mustReachBucket(bucketId)
  const bucket = call.account.buckets.get(bucketId)
  if (bucket === undefined) throw badBucketId(bucketId)
  return bucket
}

/** The version, after the check that the key reaches it. 404 `not_found`, or 400 when it cannot be a file id. */
export const reachFile = (call: Call, fileId: string): Version => {
  const version = call.account.files.get(fileId)
  if (version === undefined) throw parseFileId(fileId) === undefined ? invalidFileId(fileId) : notFound()
  call.key.mustReachBucket(version.bucket.bucketId)
  call.key.mustReachName(version.name)
  return version
}

/** Most calls name the account. Any account but the own one is out of reach. */
export const checkAccountId = (call: Call): void => {
  if (requiredString(call.fields, "accountId") !== call.account.accountId) throw unauthorized()
}
