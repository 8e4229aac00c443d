/** PROPPATCH: all of its changes or none. */
import type { AttributeChanges } from "../../contract/FileSystem.ts"
import { find, need } from "../ByPath.ts"
import { bodyXml, type Method, mustBeFree } from "../DavRequest.ts"
import * as DeadProperties from "../DeadProperties.ts"
import * as Href from "../Href.ts"
import { keyOf, liveProperties } from "../LiveProperties.ts"
import { Problem } from "../Problem.ts"
import { child, dav, type Element, elementsOf, inLanguage, is, languageOf } from "../xml/Element.ts"
import { contentType, prolog, spell, write } from "../xml/XmlText.ts"

const longestBody = 1024 * 1024

/** In the order of the document, each with the language that holds where it stands. */
const instructionsOf = (body: Element | undefined): ReadonlyArray<DeadProperties.Change> => {
  if (body === undefined || !is(body, "propertyupdate")) throw new Problem(400, "the body is no propertyupdate")
  return elementsOf(body).flatMap((update) => {
    if (!is(update, "set") && !is(update, "remove")) return []
    const prop = child(update, "prop")
    if (prop === undefined) throw new Problem(400, "an update names no properties")
    const language = languageOf(prop) ?? languageOf(update) ?? languageOf(body)
    return elementsOf(prop).map((each) => ({ isRemoval: is(update, "remove"), element: inLanguage(each, language) }))
  })
}

export const proppatch: Method = async (request, context) => {
  const { fileSystem } = context
  const { names } = request.path
  const instructions = instructionsOf(await bodyXml(request, longestBody))
  const node = await find(fileSystem, names)
  if (node === undefined) throw new Problem(404, "there is nothing of that name")
  mustBeFree(context, request, names)

  let changes: AttributeChanges = {}
  const refusals = instructions.map(({ isRemoval, element }) => {
    const live = liveProperties.get(keyOf(element))
    // Nobody but this server says what a property of DAV: means.
    if (live === undefined) return element.namespace === dav && element.name.startsWith("get") ? 403 : undefined
    if (live.change === undefined || isRemoval) return 403
    const change = live.change(element, node)
    if (change === undefined) return 409
    changes = { ...changes, ...change }
    return undefined
  })

  const isRefusedAsAWhole = refusals.some((status) => status !== undefined)
  if (!isRefusedAsAWhole) {
    if (Object.keys(changes).length > 0) await need(fileSystem.setAttributes(node.ino, changes))
    const dead = instructions.filter(({ element }) => !liveProperties.has(keyOf(element)))
    if (dead.length > 0) await DeadProperties.change(fileSystem, node.ino, dead)
  }

  const statusOf = (refusal: number | undefined): string => {
    if (refusal === 403) return "403 Forbidden"
    if (refusal === 409) return "409 Conflict"
    return isRefusedAsAWhole ? "424 Failed Dependency" : "200 OK"
  }
  const propstats = instructions.map(({ element }, index) => {
    const empty = write({ ...element, attributes: [], children: [] })
    const condition = refusals[index] === 403 ? "<D:error><D:cannot-modify-protected-property/></D:error>" : ""
    return `<D:propstat><D:prop>${empty}</D:prop><D:status>HTTP/1.1 ${statusOf(refusals[index])}</D:status>${condition}</D:propstat>`
  })
  const href = spell(Href.write(names, node.kind === "directory"))
  const body = `${prolog}<D:multistatus xmlns:D="DAV:"><D:response><D:href>${href}</D:href>${propstats.join("")}</D:response></D:multistatus>\n`
  return new Response(body, { status: 207, headers: { "content-type": contentType } })
}
