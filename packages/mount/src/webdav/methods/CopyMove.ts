/** COPY and MOVE: to a name that is free, or in place of what is there. */

import * as ByPath from "../ByPath.ts"
import { checkHttp } from "../Conditions.ts"
import { type Context, type DavRequest, depthOf, type Method, mustBeFree } from "../DavRequest.ts"
import * as Href from "../Href.ts"
import { Problem } from "../Problem.ts"
import { keptByLock, partly } from "./Delete.ts"

const destinationOf = ({ headers }: DavRequest): Href.DavPath => {
  const header = headers.get("destination")
  if (header === null) throw new Problem(400, "the header Destination is missing")
  const path = Href.parseReference(header, headers.get("host") ?? undefined)
  if (path === undefined) throw new Problem(502, "the destination is on another server")
  return path
}

const mayOverwrite = ({ headers }: DavRequest): boolean => {
  const header = headers.get("overwrite")?.trim().toUpperCase() ?? "T"
  if (header !== "T" && header !== "F") throw new Problem(400, "Overwrite is T or F")
  return header === "T"
}

/** Both places, after all that can forbid it: nothing has changed yet. */
const prepare = async (request: DavRequest, context: Context) => {
  const { fileSystem } = context
  const [from, to] = [request.path.names, destinationOf(request).names]
  const [fromKey, toKey] = [Href.keyOf(from), Href.keyOf(to)]
  if (fromKey === toKey) throw new Problem(403, "source and destination are one")
  const source = await ByPath.place(fileSystem, from)
  if (source.node === undefined) throw new Problem(404, "there is nothing of that name")
  if (toKey.startsWith(`${fromKey}/`) && source.node.kind === "directory")
    throw new Problem(409, "a folder can not be put into itself")
  if (fromKey.startsWith(`${toKey}/`)) throw new Problem(409, "the source is in what would be replaced")
  const target = await ByPath.place(fileSystem, to)
  if (target.node !== undefined && !mayOverwrite(request)) throw new Problem(412, "the destination is there already")
  checkHttp(request.headers, source.node, false)
  mustBeFree(context, request, to, { isMembership: target.node === undefined, withBelow: true })
  return { from, to, source: { ...source, node: source.node }, target }
}

/** What is there is deleted first, never merged with. */
const clear = async (
  request: DavRequest,
  context: Context,
  { parent, name, node }: ByPath.Place,
  names: ReadonlyArray<string>
): Promise<Response | undefined> => {
  if (node === undefined) return undefined
  const failures: ByPath.Failures = []
  await ByPath.remove(
    context.fileSystem,
    { parent: parent.ino, name, node },
    names,
    failures,
    keptByLock(context, request)
  )
  return partly(failures)
}

export const copy: Method = async (request, context) => {
  const depth = depthOf(request, "infinity")
  if (depth === "1") throw new Problem(400, "a copy is of depth 0 or infinity")
  const { to, source, target } = await prepare(request, context)
  const failed = await clear(request, context, target, to)
  if (failed !== undefined) return failed
  await ByPath.copy(context.fileSystem, source.node, { parent: target.parent.ino, name: target.name }, depth === "0")
  return new Response(null, { status: target.node === undefined ? 201 : 204 })
}

export const move: Method = async (request, context) => {
  if (depthOf(request, "infinity") !== "infinity") throw new Problem(400, "a folder is moved with all that is in it")
  const { fileSystem, locks } = context
  mustBeFree(context, request, request.path.names, { isMembership: true, withBelow: true })
  const { from, to, source, target } = await prepare(request, context)
  // A file takes the place of a file in one step, so that there is never none.
  const isOneStep = target.node === undefined || (target.node.kind === "file" && source.node.kind === "file")
  const failed = isOneStep ? undefined : await clear(request, context, target, to)
  if (failed !== undefined) return failed
  await ByPath.need(fileSystem.rename(source.parent.ino, source.name, target.parent.ino, target.name, "replace"))
  // A lock stays where it was taken, and there is nothing any more.
  locks.removeFrom(from)
  return new Response(null, { status: target.node === undefined ? 201 : 204 })
}
