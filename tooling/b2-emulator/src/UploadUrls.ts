/** `b2_get_upload_url` and `b2_get_upload_part_url`. */
import { type Call, reachBucket } from "./Call.ts"
import { requiredString } from "./Fields.ts"
import { activeLargeFile } from "./LargeFiles.ts"

/** `base` is the address of uploads, without a slash at the end. */
export const getUploadUrl = (call: Call, base: string): string => {
  const bucketId = requiredString(call.fields, "bucketId")
  call.key.mustHave("writeFiles")
  const bucket = reachBucket(call, bucketId)
  const { value, path } = call.account.tokens.newUploadToken(call.key, bucket, null, `b2_upload_file/${bucketId}`)
  const uploadUrl = `${base}/b2api/v${call.apiVersion}/${path}`
  return JSON.stringify({ authorizationToken: value, bucketId, uploadUrl })
}

export const getUploadPartUrl = (call: Call, base: string): string => {
  const fileId = requiredString(call.fields, "fileId")
  call.key.mustHave("writeFiles")
  const version = activeLargeFile(call, fileId)
  const path = `b2_upload_part/${fileId}`
  const token = call.account.tokens.newUploadToken(call.key, version.bucket, version, path)
  const uploadUrl = `${base}/b2api/v${call.apiVersion}/${token.path}`
  return JSON.stringify({ authorizationToken: token.value, fileId, uploadUrl })
}
