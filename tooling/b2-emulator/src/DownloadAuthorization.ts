/** `b2_get_download_authorization`: a token for reading the names of one prefix. */
import { type Operation, reachBucket } from "./Call.ts"
import { overrideHeaders } from "./Download.ts"
import { badRequest } from "./Errors.ts"
import { optionalString, requiredInteger, requiredString } from "./Fields.ts"
import { checkStandardHeader } from "./StandardHeaders.ts"

const mostSeconds = 604_800

export const getDownloadAuthorization: Operation = (call) => {
  const bucketId = requiredString(call.fields, "bucketId")
  const fileNamePrefix = requiredString(call.fields, "fileNamePrefix")
  const seconds = requiredInteger(call.fields, "validDurationInSeconds")
  if (seconds < 1 || seconds > mostSeconds) throw badRequest(`validDurationInSeconds must be from 1 to ${mostSeconds}`)
  call.key.mustHave("shareFiles")
  const bucket = reachBucket(call, bucketId)
  call.key.mustReachName(fileNamePrefix)
  const overrides: Record<string, string> = {}
  for (const name in overrideHeaders) {
    const value = optionalString(call.fields, name)
    if (value === undefined) continue
    checkStandardHeader(overrideHeaders[name]!, value)
    overrides[name] = value
  }
  const token = { key: call.key, bucket, fileNamePrefix, overrides }
  const authorizationToken = call.account.tokens.newDownloadToken(token, seconds)
  return JSON.stringify({ authorizationToken, bucketId, fileNamePrefix })
}
