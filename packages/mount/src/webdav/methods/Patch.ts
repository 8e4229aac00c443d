/** PATCH as SabreDAV defines it, the one partial write that clients know: `X-Update-Range` says where. */

import { find } from "../ByPath.ts"
import { checkHttp } from "../Conditions.ts"
import { type Method, mustBeFree } from "../DavRequest.ts"
import { etag } from "../LiveProperties.ts"
import { Problem } from "../Problem.ts"
import * as Upload from "../Upload.ts"
import { lengthOf } from "./Put.ts"

const type = "application/x-sabredav-partialupdate"

const startOf = (header: string | null, size: number, length: number): number => {
  if (header?.trim() === "append") return size
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "")
  if (found === null) throw new Problem(400, "X-Update-Range is: append, bytes=FIRST-LAST, bytes=FIRST- or bytes=-LAST")
  const [first, last] = [found[1]!, found[2]!]
  if (first === "") {
    if (last === "" || Number(last) > size) throw new Problem(416, "the range begins before the file")
    return size - Number(last)
  }
  if (last !== "" && Number(last) - Number(first) + 1 !== length)
    throw new Problem(416, "the range is not as long as the body")
  if (!Number.isSafeInteger(Number(first))) throw new Problem(416, "the range begins after every file")
  return Number(first)
}

export const patch: Method = async (request, context) => {
  const { headers, path, body } = request
  const { fileSystem } = context
  const node = await find(fileSystem, path.names)
  if (node === undefined) throw new Problem(404, "there is nothing of that name")
  if (node.kind !== "file") throw new Problem(405, "only a file has content")
  if (headers.get("content-type")?.split(";")[0]?.trim() !== type)
    throw new Problem(415, `the type of a piece is ${type}`)
  const length = lengthOf(request)
  if (length === undefined) throw new Problem(411, "the length of the piece is missing")
  checkHttp(headers, node, false)
  mustBeFree(context, request, path.names)
  const start = startOf(headers.get("x-update-range"), node.size, length)
  const now = await Upload.patch(fileSystem, node, start, { body, length })
  return new Response(null, { status: 204, headers: { ETag: etag(now) } })
}
