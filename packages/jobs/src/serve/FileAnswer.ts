/** The answer to GET and HEAD of a file: its bytes or a part of them, and what caches and resuming clients go by. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import { partOf } from "@ourclone/mount/http/ByteRange"
import * as Preconditions from "@ourclone/mount/http/Preconditions"
import * as Stream from "effect/Stream"
import { bodyOf } from "./Pieces.ts"
import { type PlaceAsked, Refused } from "./ServeRun.ts"

/** Changes with every change of the content that the storage can tell. */
const etagOf = ({ identity, modifiedAt, nanoseconds, size, versionId }: File): string =>
  `"${Buffer.from([versionId, identity, size, modifiedAt, nanoseconds].join("/")).toString("base64url")}"`

export const fileAnswer = async (
  provider: Provider,
  file: File,
  asked: PlaceAsked,
  own: Readonly<Record<string, string>>,
  etag = etagOf(file)
): Promise<Response> => {
  const { headers, method } = asked
  const { modifiedAt = 0, size } = file
  const known = { etag, modifiedSeconds: Math.floor(modifiedAt / 1000) }
  const common = {
    ETag: known.etag,
    "Last-Modified": new Date(modifiedAt).toUTCString(),
    "X-Content-Type-Options": "nosniff",
    ...own
  }
  const result = Preconditions.check(headers, known, true)
  if (result === "failed") throw new Refused(412, "it is not the version that was asked for")
  if (result === "notModified") return new Response(null, { status: 304, headers: common })
  // What is read decides how long it is.
  if (file.isSizeUnsure === true) {
    const body = method === "HEAD" ? null : await bodyOf(Stream.toAsyncIterable(provider.read(file)), asked)
    return new Response(body, { headers: common })
  }
  const range = method === "GET" ? Preconditions.rangeOf(headers, known) : null
  const part = range === null ? undefined : partOf(range, size)
  if (part === "unsatisfiable")
    return new Response(null, { status: 416, headers: { ...common, "Content-Range": `bytes */${size}` } })
  const { start, end } = part ?? { start: 0, end: size }
  const told = {
    ...common,
    "Accept-Ranges": "bytes",
    "Content-Length": String(end - start),
    ...(part !== undefined && { "Content-Range": `bytes ${start}-${end - 1}/${size}` })
  }
  const status = part === undefined ? 200 : 206
  if (method === "HEAD" || start === end) return new Response(null, { status, headers: told })
  const bytes = part === undefined ? provider.read(file) : provider.read(file, { offset: start, length: end - start })
  return new Response(await bodyOf(Stream.toAsyncIterable(bytes), asked), { status, headers: told })
}
