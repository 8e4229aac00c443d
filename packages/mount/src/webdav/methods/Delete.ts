/** DELETE: a resource with all that is below it. */

import { type Failures, place, remove } from "../ByPath.ts"
import { checkHttp } from "../Conditions.ts"
import { type Context, type DavRequest, depthOf, type Method, mustBeFree } from "../DavRequest.ts"
import * as Href from "../Href.ts"
import { Problem } from "../Problem.ts"
import { contentType, prolog, spell } from "../xml/XmlText.ts"

/** The refusal for a path that a lock keeps, or nothing. */
export const keptByLock =
  (context: Context, request: DavRequest) =>
  (names: ReadonlyArray<string>): Problem | undefined =>
    context.locks.forbidding(names, request.tokens) === undefined ? undefined : new Problem(423, "it is locked")

/** What could not be, of what was asked for: `207`; `undefined` where all was done. */
export const partly = (failures: Failures): Response | undefined => {
  if (failures.length === 0) return undefined
  const responses = failures.map(
    ({ names, problem }) =>
      `<D:response><D:href>${spell(Href.write(names, false))}</D:href><D:status>HTTP/1.1 ${problem.status} ${spell(problem.message)}</D:status></D:response>`
  )
  const body = `${prolog}<D:multistatus xmlns:D="DAV:">${responses.join("")}</D:multistatus>\n`
  return new Response(body, { status: 207, headers: { "content-type": contentType } })
}

export const remover: Method = async (request, context) => {
  const { names } = request.path
  if (depthOf(request, "infinity") !== "infinity") throw new Problem(400, "a folder is deleted with all that is in it")
  const { parent, name, node } = await place(context.fileSystem, names)
  if (node === undefined) throw new Problem(404, "there is nothing of that name")
  checkHttp(request.headers, node, false)
  mustBeFree(context, request, names, { isMembership: true })
  const failures: Failures = []
  await remove(context.fileSystem, { parent: parent.ino, name, node }, names, failures, keptByLock(context, request))
  if (failures.length === 0) context.locks.removeFrom(names)
  const [only] = failures
  if (only !== undefined && failures.length === 1 && Href.keyOf(only.names) === Href.keyOf(names)) throw only.problem
  return partly(failures) ?? new Response(null, { status: 204 })
}
