/** PROPFIND: what is known of a resource and of its members. The answer is written as it is read: listings have no end. */
import type { Attributes } from "../../contract/FileSystem.ts"
import { byteStream } from "../../http/ByteStream.ts"
import { find, need, pagesOf } from "../ByPath.ts"
import { bodyXml, type Context, depthOf, type Method } from "../DavRequest.ts"
import * as DeadProperties from "../DeadProperties.ts"
import * as Href from "../Href.ts"
import { type Known, keyOf, liveProperties, quotaKeys, type Resource } from "../LiveProperties.ts"
import { Problem } from "../Problem.ts"
import { child, type Element, elementsOf, is } from "../xml/Element.ts"
import { contentType, prolog, spell, write } from "../xml/XmlText.ts"

interface PropertyName {
  readonly namespace: string
  readonly name: string
}

type Asked =
  | { readonly _tag: "Names" }
  | { readonly _tag: "All"; readonly included: ReadonlyArray<PropertyName> }
  | { readonly _tag: "Some"; readonly names: ReadonlyArray<PropertyName> }

const longestBody = 64 * 1024

const askedBy = (body: Element | undefined): Asked => {
  if (body === undefined) return { _tag: "All", included: [] }
  if (!is(body, "propfind")) throw new Problem(400, "the body is no propfind")
  const prop = child(body, "prop")
  if (prop !== undefined) return { _tag: "Some", names: elementsOf(prop) }
  if (child(body, "propname") !== undefined) return { _tag: "Names" }
  if (child(body, "allprop") === undefined) throw new Problem(400, "propfind asks for nothing")
  const include = child(body, "include")
  return { _tag: "All", included: include === undefined ? [] : elementsOf(include) }
}

const element = ({ namespace, name }: PropertyName, inner?: string): string => {
  const empty = write({ namespace, name, attributes: [], children: [] })
  if (inner === undefined || inner === "") return empty
  const opened = empty.slice(0, -2)
  return `${opened}>${inner}</${opened.slice(1).split(" ", 1)[0]}>`
}

const propstat = (found: ReadonlyArray<string>, status: string): string =>
  `<D:propstat><D:prop>${found.join("")}</D:prop><D:status>HTTP/1.1 ${status}</D:status></D:propstat>`

const propertiesOf = async (
  asked: Asked,
  resource: Resource,
  known: Known,
  { fileSystem }: Context
): Promise<string> => {
  const { ino } = resource.attributes
  const found: Array<string> = []
  const missing: Array<string> = []
  const common = [...liveProperties.values()].filter(
    (live) => live.isCommon && live.value(resource, known) !== undefined
  )
  if (asked._tag === "Names") {
    const names = [...common, ...(await DeadProperties.list(fileSystem, ino))]
    return propstat(
      names.map((each) => element(each)),
      "200 OK"
    )
  }
  if (asked._tag === "All") for (const live of common) found.push(element(live, live.value(resource, known)))
  const dead = asked._tag === "All" ? await DeadProperties.list(fileSystem, ino) : []
  for (const property of [...dead, ...(asked._tag === "All" ? asked.included : asked.names)]) {
    const live = liveProperties.get(keyOf(property))
    const value = live?.value(resource, known)
    const kept = live === undefined ? await DeadProperties.read(fileSystem, ino, property) : undefined
    if (value !== undefined) found.push(element(property, value))
    else if (kept !== undefined) found.push(kept)
    else missing.push(element(property))
  }
  return [
    found.length > 0 || missing.length === 0 ? propstat(found, "200 OK") : "",
    missing.length > 0 ? propstat(missing, "404 Not Found") : ""
  ].join("")
}

export const propfind: Method = async (request, context) => {
  const { fileSystem, locks } = context
  const { names } = request.path
  const depth = depthOf(request, "infinity")
  const asked = askedBy(await bodyXml(request, longestBody))
  const node = await find(fileSystem, names)
  if (node === undefined) throw new Problem(404, "there is nothing of that name")
  if (depth === "infinity" && node.kind === "directory")
    throw new Problem(403, "a whole tree is not listed in one answer", "<D:propfind-finite-depth/>")
  const wanted = asked._tag === "Some" ? asked.names : asked._tag === "All" ? asked.included : []
  const known: Known = {
    locks,
    space: wanted.some((each) => quotaKeys.has(keyOf(each))) ? await need(fileSystem.space()) : undefined
  }
  const responseOf = async (at: ReadonlyArray<string>, attributes: Attributes): Promise<string> => {
    const href = spell(Href.write(at, attributes.kind === "directory"))
    const properties = await propertiesOf(asked, { names: at, attributes }, known, context)
    return `<D:response><D:href>${href}</D:href>${properties}</D:response>\n`
  }
  async function* pieces(of: Attributes): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${prolog}<D:multistatus xmlns:D="DAV:">\n${await responseOf(names, of)}`)
    if (depth === "1" && of.kind === "directory")
      for await (const page of pagesOf(fileSystem, of.ino)) {
        const texts: Array<string> = []
        for (const { name, attributes } of page) texts.push(await responseOf([...names, name], attributes))
        yield Buffer.from(texts.join(""))
      }
    yield Buffer.from("</D:multistatus>\n")
  }
  return new Response(byteStream(pieces(node)), { status: 207, headers: { "content-type": contentType } })
}
