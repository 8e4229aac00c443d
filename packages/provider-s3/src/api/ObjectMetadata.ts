/** Texts kept with an object: what a header can not hold is written as RFC 2047 says, as S3 itself answers with it. */
import type { Metadata } from "@ourclone/core/contract/Entry"

/** Ours and those of other tools, which are no one's metadata. */
const kept = new Set([
  "mtime",
  "src_last_modified_millis",
  "large_file_sha1",
  "ourclone-sha1",
  "md5chksum",
  "s3cmd-attrs"
])

/** In bytes, names and values together. */
const most = 2048

const plain = /^[\u0021-\u007e](?:[\u0020-\u007e]*[\u0021-\u007e])?$/

const encode = (value: string): string =>
  value === "" || (plain.test(value) && !value.startsWith("=?"))
    ? value
    : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`

const decode = (value: string): string =>
  value.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString()
      : Buffer.from(
          text
            .replaceAll("_", " ")
            .replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          "latin1"
        ).toString()
  )

/** Why S3 would refuse `metadata`; `undefined` when it would not. */
export const refusal = (metadata: Metadata | undefined, room = most): string | undefined => {
  let bytes = 0
  for (const [name, value] of Object.entries(metadata ?? {})) {
    if (!/^[a-z0-9_-]{1,50}$/.test(name)) return `metadata has names of up to 50 of a-z 0-9 - and _, not "${name}"`
    if (kept.has(name)) return `the metadata "${name}" is kept for times and digests; choose another name`
    bytes += name.length + encode(value).length
  }
  return bytes > room ? `S3 keeps up to ${room} bytes of metadata, and this is ${bytes}` : undefined
}

/** For times and digests. */
const ownBytes = 200

/** Why S3 would refuse `metadata` beside what this program notes itself. */
export const roomRefusal = (metadata: Metadata): string | undefined => refusal(metadata, most - ownBytes)

export const toHeaders = (metadata: Metadata | undefined): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, encode(value)]))

/** Of all that is kept with an object, what belongs to whoever stored it; nothing where that is nothing. */
export const ofHeaders = (headers: { readonly [name: string]: string }): Metadata | undefined => {
  const own = Object.entries(headers).filter(([name]) => !kept.has(name))
  return own.length === 0 ? undefined : Object.fromEntries(own.map(([name, value]) => [name, decode(value)]))
}

/** All that is kept with an object, with `metadata` in the place of what belongs to whoever stored it. */
export const replaced = (headers: { readonly [name: string]: string }, metadata: Metadata | undefined) => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => kept.has(name))),
  ...toHeaders(metadata)
})
