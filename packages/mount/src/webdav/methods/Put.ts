/** PUT: a whole file, or with `Content-Range` a piece of one. */
import type { Time } from "../../contract/FileSystem.ts"
import * as ByPath from "../ByPath.ts"
import { checkHttp } from "../Conditions.ts"
import { type DavRequest, type Method, mustBeFree } from "../DavRequest.ts"
import { etag } from "../LiveProperties.ts"
import { Problem } from "../Problem.ts"
import * as Upload from "../Upload.ts"

/** What the client says of the length; Finder does so in a header of its own, and sends in chunks. */
export const lengthOf = ({ headers }: DavRequest): number | undefined => {
  const said = headers.get("content-length") ?? headers.get("x-expected-entity-length")
  if (said === null) return undefined
  const length = Number(said)
  if (!Number.isSafeInteger(length) || length < 0) throw new Problem(400, "the length is no number")
  return length
}

/** rclone and Nextcloud's clients give the time of the file: seconds since 1970. */
const modifiedOf = (headers: Headers): Time | undefined => {
  const said = Number(headers.get("x-oc-mtime") ?? Number.NaN)
  if (!Number.isFinite(said) || Math.abs(said) > 1e11) return undefined
  const seconds = Math.floor(said)
  return { seconds, nanoseconds: Math.round((said - seconds) * 1e9) }
}

const rangeOf = (header: string): { readonly start: number; readonly length: number } => {
  const found = /^bytes (\d+)-(\d+)\/(?:\*|\d+)$/.exec(header.trim())
  const [start, end] = [Number(found?.[1]), Number(found?.[2]) + 1]
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || end <= start)
    throw new Problem(400, "Content-Range is not of the form: bytes FIRST-LAST/*")
  return { start, length: end - start }
}

export const put: Method = async (request, context) => {
  const { headers, path, body } = request
  const { fileSystem } = context
  if (path.isFolder) throw new Problem(409, "the name of a file does not end with a slash")
  const place = await ByPath.place(fileSystem, path.names)
  const { node } = place
  if (node?.kind === "directory") throw new Problem(405, "there is a folder of that name")
  checkHttp(headers, node, false)
  mustBeFree(context, request, path.names, { isMembership: node === undefined })
  const length = lengthOf(request)
  const contentRange = headers.get("content-range")
  const modified = modifiedOf(headers)
  const accepted = modified === undefined ? {} : { "X-OC-MTime": "accepted" }
  if (contentRange !== null) {
    const range = rangeOf(contentRange)
    if (node === undefined) throw new Problem(409, "a piece can only be put into a file that is there")
    if (length !== undefined && length !== range.length) throw new Problem(400, "Content-Range names another length")
    const now = await Upload.patch(fileSystem, node, range.start, { body, length: range.length })
    return new Response(null, { status: 204, headers: { ETag: etag(now) } })
  }
  const now = await Upload.replace(fileSystem, { place, body, length, modified })
  return new Response(null, { status: node === undefined ? 201 : 204, headers: { ETag: etag(now), ...accepted } })
}
