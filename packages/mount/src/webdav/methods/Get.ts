/** GET and HEAD: the bytes of a file, or a part of them. */
import type { FileSystem } from "../../contract/FileSystem.ts"
import { isRefused } from "../../contract/Refusal.ts"
import type { Part } from "../../http/ByteRange.ts"
import { fileAnswer } from "../../http/FileAnswer.ts"
import { mediaType } from "../../http/MediaType.ts"
import { find, need } from "../ByPath.ts"
import type { DavRequest, Method } from "../DavRequest.ts"
import { etag, millisOf } from "../LiveProperties.ts"
import { Problem } from "../Problem.ts"

const piece = 256 * 1024

const streamOf = (
  fileSystem: FileSystem,
  handle: number,
  { start, end }: Part,
  breakOff: DavRequest["breakOff"]
): ReadableStream<Uint8Array> => {
  let at = start
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const bytes = new Uint8Array(Math.min(piece, end - at))
        const length = bytes.length === 0 ? 0 : await fileSystem.read(handle, at, bytes)
        if (isRefused(length) || (length === 0 && at < end)) {
          fileSystem.release(handle)
          breakOff()
          return controller.close()
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
  const { path } = request
  const node = await find(fileSystem, path.names)
  if (node === undefined) throw new Problem(404, "there is nothing of that name")
  if (node.kind !== "file") throw new Problem(405, "a folder is read with PROPFIND")
  return fileAnswer(request, {
    etag: etag(node),
    modifiedAt: millisOf(node.modified),
    size: node.size,
    headers: {
      "Content-Type": mediaType(path.names.at(-1) ?? ""),
      // What is stored here is shown by no browser as a page of this server.
      "Content-Security-Policy": "sandbox"
    },
    open: async (part) => {
      const { handle } = await need(fileSystem.open(node.ino, { reads: true, writes: false }))
      return streamOf(fileSystem, handle, part ?? { start: 0, end: node.size }, request.breakOff)
    }
  })
}
