/** Headers that come with the bytes, in the fields of a command. */
import type { ContentHeaders } from "@ourclone/core/contract/ContentHeaders"

export const headerFields = (headers: ContentHeaders = {}) => ({
  CacheControl: headers["cache-control"],
  ContentDisposition: headers["content-disposition"],
  ContentEncoding: headers["content-encoding"],
  ContentLanguage: headers["content-language"],
  Expires: headers.expires === undefined ? undefined : new Date(headers.expires)
})
