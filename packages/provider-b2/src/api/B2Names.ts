/** What B2 takes as names, and how they are written in headers and addresses. */
import type { Metadata } from "@ourclone/core/contract/Entry"

const bucketName = /^[A-Za-z0-9](?:[A-Za-z0-9-]|\.(?!\.))*[A-Za-z0-9]$/

/** Why B2 would refuse `name` for a bucket; `undefined` when it would not. */
export const bucketRefusal = (name: string): string | undefined => {
  if (name.length < 6 || name.length > 63) return `a bucket name has 6 to 63 characters, "${name}" has ${name.length}`
  if (!bucketName.test(name)) {
    return `a bucket name holds letters, digits, "-" and ".", and begins and ends with a letter or digit; "${name}" does not`
  }
  if (/^b2-/i.test(name) && !/^b2-snapshots-/i.test(name)) {
    return `bucket names that begin with "b2-" are kept for Backblaze`
  }
  return undefined
}

/** Whether `text` looks like the id of a bucket. */
export const isBucketId = (text: string): boolean => /^[0-9a-f]{24}$/.test(text)

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that B2 refuses
const control = /[\u0000-\u001f\u007f]/

/** Why B2 would refuse `name` for a file; `undefined` when it would not. */
export const fileRefusal = (name: string): string | undefined => {
  if (name === "") return "a file needs a name"
  if (control.test(name)) return "B2 takes no control characters in names; rename the file"
  if (name.length > 1024 / 3 && Buffer.byteLength(name) > 1024) {
    return `B2 takes names of up to 1024 bytes with all their folders, this one has ${Buffer.byteLength(name)}; shorten it`
  }
  return undefined
}

const plain = /^[A-Za-z0-9._\-/~!$'()*;=:@]*$/

/** Percent-coded UTF-8, `/` left as it is. `name` holds no half surrogate pair. */
export const encode = (name: string): string =>
  plain.test(name) ? name : encodeURIComponent(name).replaceAll("%2F", "/")

/** Why B2 would refuse `metadata` as file info; `undefined` when it would not, as far as names go. */
export const infoRefusal = (metadata: Metadata | undefined): string | undefined => {
  for (const name in metadata) {
    if (!/^[a-z0-9_-]{1,50}$/.test(name)) return `metadata has names of up to 50 of a-z 0-9 - and _, not "${name}"`
  }
  return undefined
}

/** Of ten, with a time, and with sizes and a SHA-1 of a large file, which this program notes itself. */
const mostEntries = 6
/** The name and all info of a file that is encrypted, or in a bucket with object lock; elsewhere there is room for more. */
const mostBytes = 2048
/** For what this program notes itself. */
const ownBytes = 250

/** Why B2 would refuse a file of this name with `metadata`, wherever it is stored; `undefined` when it would not. */
export const roomRefusal = (metadata: Metadata, fileName: string): string | undefined => {
  const refused = infoRefusal(metadata)
  if (refused !== undefined) return refused
  const entries = Object.entries(metadata)
  if (entries.length > mostEntries) return `B2 has room for ${mostEntries} of them beside a file`
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + encodeURIComponent(value).length, 0)
  const most = Math.max(0, mostBytes - ownBytes - encode(fileName).length)
  return bytes > most ? `B2 has room for ${most} bytes beside a file of this name, and this is ${bytes}` : undefined
}
