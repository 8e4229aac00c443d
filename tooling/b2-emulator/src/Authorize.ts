/** `b2_authorize_account`, in the shape of each API version. */
import { timingSafeEqual } from "node:crypto"
import type { Account } from "./Account.ts"
import { type Addresses, addressOf, s3AddressOf } from "./Addresses.ts"
import { ApiError } from "./Errors.ts"
import type { Exchange } from "./Exchange.ts"
import type { Key } from "./Key.ts"

const usesInTestMode = 5

const badCredentials = () =>
  new ApiError(401, "bad_auth_token", "", ["WWW-Authenticate", 'BASIC realm="authorize_account"'])

const sameText = (left: string, right: string): boolean => {
  const [first, second] = [Buffer.from(left), Buffer.from(right)]
  return first.length === second.length && timingSafeEqual(first, second)
}

const keyFromBasic = (header: string | undefined, account: Account): Key => {
  if (header?.slice(0, 6).toLowerCase() !== "basic ") throw badCredentials()
  const text = Buffer.from(header.slice(6), "base64").toString()
  const colon = text.indexOf(":")
  const id = text.slice(0, colon)
  const isMaster = id === account.accountId || id === account.masterKey.record.applicationKeyId
  const key = isMaster ? account.masterKey : account.keys.get(id)
  if (colon < 0 || key === undefined || !sameText(text.slice(colon + 1), key.record.secret)) throw badCredentials()
  if (key.hasExpired(account.clock.now())) throw badCredentials()
  return key
}

export const authorizeAccount = (
  exchange: Exchange,
  account: Account,
  addresses: Addresses,
  apiVersion: number
): string => {
  const key = keyFromBasic(exchange.header("authorization"), account)
  const { bucketIds, capabilities, expirationTimestamp, namePrefix } = key.record
  if (apiVersion < 4 && bucketIds !== null && bucketIds.length > 1) {
    throw new ApiError(401, "unsupported", "A key for several buckets needs version 4 of b2_authorize_account")
  }
  const expires = exchange.header("x-bz-test-mode") === "expire_some_account_authorization_tokens"
  const authorizationToken = account.tokens.newAccountToken(key, expires ? usesInTestMode : undefined)
  const host = exchange.header("host")
  const apiUrl = addressOf(addresses, host, "api")
  const { accountId } = account
  const bucketName = (id: string) => account.buckets.get(id)?.bucketName ?? null
  const bucketId = bucketIds?.[0] ?? null
  const scope = { bucketId, bucketName: bucketId === null ? null : bucketName(bucketId), capabilities, namePrefix }
  const service = {
    absoluteMinimumPartSize: account.minimumPartSize,
    apiUrl,
    downloadUrl: addressOf(addresses, host, "download"),
    recommendedPartSize: account.recommendedPartSize,
    s3ApiUrl: s3AddressOf(addresses, host) ?? apiUrl
  }
  if (apiVersion <= 2) {
    const deprecated = apiVersion === 1 ? { minimumPartSize: account.recommendedPartSize } : {}
    return JSON.stringify({ accountId, allowed: scope, authorizationToken, ...service, ...deprecated })
  }
  const allowed = {
    buckets: bucketIds === null ? null : bucketIds.map((id) => ({ id, name: bucketName(id) })),
    capabilities,
    namePrefix
  }
  const storageApi =
    apiVersion === 3
      ? { infoType: "storageApi", ...service, ...scope }
      : { infoType: "storageApi", ...service, allowed }
  const applicationKeyExpirationTimestamp = expirationTimestamp
  return JSON.stringify({ accountId, apiInfo: { storageApi }, applicationKeyExpirationTimestamp, authorizationToken })
}
