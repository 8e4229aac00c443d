/** One request to the S3 side, authenticated, and how it is answered. */
import type { Account } from "../Account.ts"
import type { Bucket } from "../Bucket.ts"
import type { Call } from "../Call.ts"
import type { Exchange } from "../Exchange.ts"
import type { Faults } from "../Faults.ts"
import type { Fields } from "../Fields.ts"
import { Key } from "../Key.ts"
import type { Payload } from "./Payload.ts"
import { accessDenied, noSuchBucket } from "./S3Error.ts"
import type { Pairs } from "./Signature.ts"
import { xmlType } from "./Xml.ts"

export interface S3Behaviour {
  /** As B2's S3 side is: no conditions, no checksum headers, no master key. */
  readonly asB2: boolean
  /** Whether what is replaced or deleted stays as an older version. */
  readonly keepsVersions: boolean
}

export interface S3Call {
  readonly account: Account
  readonly faults: Faults
  readonly exchange: Exchange
  readonly behaviour: S3Behaviour
  /** Without rights when the request is not signed. */
  readonly key: Key
  /** "" when the account itself is meant. */
  readonly bucketName: string
  /** "" when the bucket itself is meant. */
  readonly name: string
  readonly pairs: Pairs
  readonly payload: Payload
}

export const anonymous = new Key({
  applicationKeyId: "",
  secret: "",
  keyName: "",
  capabilities: [],
  bucketIds: [],
  namePrefix: null,
  expirationTimestamp: null
})

export const param = (call: S3Call, name: string): string | undefined => call.pairs.find(([key]) => key === name)?.[1]

export const bucketNamed = (account: Account, name: string): Bucket | undefined => {
  for (const bucket of account.buckets.values()) if (bucket.bucketName === name) return bucket
  return undefined
}

/** The bucket of the path, after the check that the key reaches it. */
export const reachBucket = (call: S3Call): Bucket => {
  const bucket = bucketNamed(call.account, call.bucketName)
  if (bucket === undefined) throw noSuchBucket(call.bucketName)
  if (call.key !== anonymous && !call.key.reachesBucket(bucket.bucketId)) throw accessDenied()
  return bucket
}

/** The same request as one of the native side, which does the work. */
export const native = (call: S3Call, fields: Fields): Call => ({
  account: call.account,
  apiVersion: 4,
  fields: { accountId: call.account.accountId, ...fields },
  key: call.key
})

export const sendXml = (call: S3Call, text: string, headers: readonly string[] = []): void =>
  call.exchange.sendText(200, text, ["Content-Type", xmlType, ...headers])

export const sendEmpty = (call: S3Call, status: number, headers: readonly string[] = []): void =>
  call.exchange.sendText(status, "", headers)
