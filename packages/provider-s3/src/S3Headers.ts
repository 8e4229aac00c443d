/** Headers that come with the bytes, in the fields of a command. */
import type { ContentHeaders } from "@ourclone/core/contract/ContentHeaders"
import type { ObjectHead } from "./api/ObjectHead.ts"

/** Those of an object. */
export const headersOf = (head: ObjectHead): ContentHeaders => {
  const found = {
    "cache-control": head.CacheControl,
    "content-disposition": head.ContentDisposition,
    "content-encoding": head.ContentEncoding,
    "content-language": head.ContentLanguage,
    expires: head.ExpiresString
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

const dateOf = (text: string | undefined): Date | undefined => {
  const millis = Date.parse(text ?? "")
  return Number.isNaN(millis) ? undefined : new Date(millis)
}

export const headerFields = (headers: ContentHeaders = {}) => ({
  CacheControl: headers["cache-control"],
  ContentDisposition: headers["content-disposition"],
  ContentEncoding: headers["content-encoding"],
  ContentLanguage: headers["content-language"],
  Expires: dateOf(headers.expires)
})
