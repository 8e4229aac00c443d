/** The text after `b2:`: a bucket and a folder in it, or nothing for the whole account. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"
import { bucketRefusal } from "./api/B2Names.ts"

/** Leading slashes are dropped, as B2 has none. */
export const parse = (location: string) => {
  const path = Spelling.ofTyped(location.replace(/^\/+|\/+$/g, ""))
  const slash = path.indexOf("/")
  return slash < 0 ? { bucket: path, folder: "" } : { bucket: path.slice(0, slash), folder: path.slice(slash + 1) }
}

export const refusal = (location: string): string | undefined => {
  const { bucket, folder } = parse(location)
  const ofBucket = bucket === "" ? undefined : bucketRefusal(bucket)
  const ofFolder = RemotePath.refusal(folder)
  if (ofBucket !== undefined || ofFolder === undefined) return ofBucket
  return `${ofFolder}; what has this name in the bucket is written ${bucket}/${Spelling.segments.toPath(folder)}`
}
