/** MKCOL: a new folder. */

import * as ByPath from "../ByPath.ts"
import { bodyBytes, type Method, mustBeFree } from "../DavRequest.ts"
import { Problem } from "../Problem.ts"

const mode = 0o755

export const mkcol: Method = async (request, context) => {
  const { names } = request.path
  const { fileSystem } = context
  if (names.length === 0) throw new Problem(405, "the root is there")
  // No kind of body means anything.
  if ((await bodyBytes(request, 64 * 1024)).length > 0) throw new Problem(415, "a new folder takes no body")
  const { parent, name, node } = await ByPath.place(fileSystem, names)
  if (node !== undefined) throw new Problem(405, "the name is taken")
  mustBeFree(context, request, names, { isMembership: true })
  await ByPath.need(fileSystem.makeDirectory(parent.ino, name, mode, fileSystem.owner))
  return new Response(null, { status: 201 })
}
