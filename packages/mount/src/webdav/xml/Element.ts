/** XML as WebDAV uses it: small documents, names resolved to their namespaces. */
import { SaxesParser } from "saxes"

export interface Element {
  readonly namespace: string
  readonly name: string
  /** Without declarations of namespaces. */
  readonly attributes: ReadonlyArray<{ readonly namespace: string; readonly name: string; readonly value: string }>
  readonly children: ReadonlyArray<Element | string>
}

export const dav = "DAV:"
const xmlNamespace = "http://www.w3.org/XML/1998/namespace"
/** Nested deeper than any client does. */
const deepest = 64

/** Not well formed, a namespace that is not declared, or a document type, which only attacks use. */
export class BadXml extends Error {}

interface Open {
  readonly namespace: string
  readonly name: string
  readonly attributes: Array<Element["attributes"][number]>
  readonly children: Array<Element | string>
}

/** Whoever reads takes care that the text is no longer than it may be. Fails with `BadXml`. */
export const parse = (text: string): Element => {
  const parser = new SaxesParser({ xmlns: true, position: false })
  const stack: Array<Open> = []
  let root: Element | undefined
  const refuse = (why: string): never => {
    throw new BadXml(why)
  }
  parser.on("error", (error) => refuse(error.message))
  parser.on("doctype", () => refuse("a document type is not taken"))
  parser.on("opentag", (tag) => {
    if (stack.length >= deepest) refuse("elements are nested too deep")
    const attributes = Object.values(tag.attributes).flatMap(({ prefix, local, uri, value }) => {
      const isDeclaration = prefix === "xmlns" || (prefix === "" && local === "xmlns")
      if (prefix === "xmlns" && value === "") refuse(`the prefix ${local} is declared as nothing`)
      return isDeclaration ? [] : [{ namespace: uri, name: local, value }]
    })
    const element: Open = { namespace: tag.uri, name: tag.local, attributes, children: [] }
    stack.at(-1)?.children.push(element)
    stack.push(element)
  })
  const addText = (piece: string) => stack.at(-1)?.children.push(piece)
  parser.on("text", addText)
  parser.on("cdata", addText)
  parser.on("closetag", () => {
    root = stack.pop()
  })
  parser.write(text).close()
  return root ?? refuse("there is no element")
}

export const is = (element: Element, name: string): boolean => element.namespace === dav && element.name === name

export const elementsOf = (element: Element): ReadonlyArray<Element> =>
  element.children.filter((child) => typeof child !== "string")

/** The first child of that name in `DAV:`. */
export const child = (element: Element, name: string): Element | undefined =>
  elementsOf(element).find((each) => is(each, name))

export const textOf = (element: Element): string =>
  element.children.map((each) => (typeof each === "string" ? each : textOf(each))).join("")

/** The same element in the language that holds where it stands, if it names none of its own. */
export const inLanguage = (element: Element, language: string | undefined): Element =>
  language === undefined || languageOf(element) !== undefined
    ? element
    : {
        ...element,
        attributes: [...element.attributes, { namespace: xmlNamespace, name: "lang", value: language }]
      }

export const languageOf = (element: Element): string | undefined =>
  element.attributes.find(({ namespace, name }) => namespace === xmlNamespace && name === "lang")?.value
