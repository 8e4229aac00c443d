/** The text after `s3:`: a bucket and a folder in it, or nothing for the whole account. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import * as Spelling from "@ourclone/core/contract/Spelling"

/** Leading slashes are dropped, as keys have none. */
export const parse = (location: string) => {
  const path = Spelling.ofTyped(location.replace(/^\/+|\/+$/g, ""))
  const slash = path.indexOf("/")
  return slash < 0 ? { bucket: path, folder: "" } : { bucket: path.slice(0, slash), folder: path.slice(slash + 1) }
}

/** What AWS takes, and what others do beside: capitals and underscores. */
const bucketName = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*[A-Za-z0-9]$/

/** Why `name` can be no bucket; `undefined` when it can. */
export const bucketRefusal = (name: string): string | undefined => {
  if (name.length < 3 || name.length > 63) return `a bucket name has 3 to 63 characters, "${name}" has ${name.length}`
  if (!bucketName.test(name) || /^\d+(?:\.\d+){3}$/.test(name)) {
    return `a bucket name holds letters, digits, "-", "_" and ".", and begins and ends with a letter or digit; "${name}" does not`
  }
  return undefined
}

export const refusal = (location: string): string | undefined => {
  const { bucket, folder } = parse(location)
  const ofBucket = bucket === "" ? undefined : bucketRefusal(bucket)
  const ofFolder = RemotePath.refusal(folder)
  if (ofBucket !== undefined || ofFolder === undefined) return ofBucket
  return `${ofFolder}; what has this name in the bucket is written ${bucket}/${Spelling.segments.toPath(folder)}`
}
