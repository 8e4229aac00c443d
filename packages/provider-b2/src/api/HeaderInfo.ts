/** Headers that come with the bytes, as file info. */
import type { ContentHeaders } from "@ourclone/core/contract/ContentHeaders"
import type { Metadata } from "@ourclone/core/contract/Entry"

/** Names that B2 gives a meaning of their own: `b2-cache-control`. */
export const headerInfo = (headers: ContentHeaders | undefined): Metadata | undefined =>
  headers && Object.fromEntries(Object.entries(headers).map(([name, value]) => [`b2-${name}`, value]))
