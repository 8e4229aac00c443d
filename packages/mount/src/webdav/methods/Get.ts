/** GET and HEAD: the bytes of a file, or a part of them. */
import type { FileSystem } from "../../contract/FileSystem.ts"
import { isRefused } from "../../contract/Refusal.ts"
import { type Part, partOf } from "../../http/ByteRange.ts"
import { mediaType } from "../../http/MediaType.ts"
import { rangeOf } from "../../http/Preconditions.ts"
import { checkHttp } from "../Conditions.ts"
import { etag, httpDate, knownOf } from "../LiveProperties.ts"
import { Problem, problemOf } from "../Problem.ts"
import type { Method } from "../Request.ts"
import { find, need } from "../Tree.ts"

const piece = 256 * 1024

const streamOf = (fileSystem: FileSystem, handle: number, { start, end }: Part): ReadableStream<Uint8Array> => {
  let at = start
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const bytes = new Uint8Array(Math.min(piece, end - at))
        const length = bytes.length === 0 ? 0 : await fileSystem.read(handle, at, bytes)
        if (isRefused(length) || (length === 0 && at < end)) {
          fileSystem.release(handle)
          // The status is sent: only a connection that breaks tells the client that this is not all.
          return controller.error(isRefused(length) ? problemOf(length) : new Problem(500, "the file was cut"))
        }
        at += length
        if (length > 0) controller.enqueue(length === bytes.length ? bytes : bytes.subarray(0, length))
        if (at < end) return
        fileSystem.release(handle)
        controller.close()
      },
      cancel: () => fileSystem.release(handle)
    },
    { highWaterMark: 1 }
  )
}

export const get: Method = async (request, { fileSystem }) => {
  const { headers, path } = request
  const node = await find(fileSystem, path.names)
  if (node === undefined) throw new Problem(404, "there is nothing of that name")
  if (node.kind !== "file") throw new Problem(405, "a folder is read with PROPFIND")
  const common = {
    ETag: etag(node),
    "Last-Modified": httpDate(node.modified),
    "Accept-Ranges": "bytes",
    "Content-Type": mediaType(path.names.at(-1) ?? ""),
    // What is stored here is shown by no browser as a page of this server.
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff"
  }
  if (checkHttp(headers, node, true) === "notModified") return new Response(null, { status: 304, headers: common })
  const range = request.method === "GET" ? rangeOf(headers, knownOf(node)) : null
  const part = range === null ? undefined : partOf(range, node.size)
  if (part === "unsatisfiable")
    return new Response(null, { status: 416, headers: { ...common, "Content-Range": `bytes */${node.size}` } })
  const { start, end } = part ?? { start: 0, end: node.size }
  const told = {
    ...common,
    "Content-Length": String(end - start),
    ...(part !== undefined && { "Content-Range": `bytes ${start}-${end - 1}/${node.size}` })
  }
  const status = part === undefined ? 200 : 206
  if (request.method === "HEAD" || start === end) return new Response(null, { status, headers: told })
  const { handle } = await need(fileSystem.open(node.ino, { reads: true, writes: false }))
  return new Response(streamOf(fileSystem, handle, { start, end }), { status, headers: told })
}
