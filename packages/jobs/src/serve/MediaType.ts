import type { File } from "@ourclone/core/contract/Entry"
import { basename } from "@ourclone/core/contract/RemotePath"
import { mediaType } from "@ourclone/mount/http/MediaType"

/** What somebody stored may be anything: a header takes this alone. */
const form = /^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=[\w.-]+)?$/

/** As it is stored with the file, where that says something, and else by its name. */
export const mediaTypeOf = ({ contentType, path }: File): string =>
  contentType !== undefined && contentType !== "application/octet-stream" && form.test(contentType)
    ? contentType
    : mediaType(basename(path))
