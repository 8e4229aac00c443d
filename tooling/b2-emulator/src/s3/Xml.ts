/** XML as S3 writes and reads it: elements and text; attributes, comments and processing instructions are passed over. */

export const xmlType = "application/xml"

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\r": "&#13;"
}

export const escapeXml = (text: string): string => text.replace(/[&<>"'\r]/g, (character) => references[character]!)

export const element = (name: string, text: string | number | boolean): string =>
  `<${name}>${typeof text === "string" ? escapeXml(text) : text}</${name}>`

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

/** A whole reply; `content` is XML. */
export const xmlDocument = (root: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${content}</${root}>`

export interface XmlNode {
  /** Without its prefix. */
  readonly name: string
  readonly children: XmlNode[]
  text: string
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return named[name ?? ""] ?? whole
  })

const token = /<\?[^>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>]+)[^>]*?(\/?)>|([^<]+)/g

/** The outermost element; undefined when `text` is no XML. */
export const parseXml = (text: string): XmlNode | undefined => {
  const outside: XmlNode = { name: "", children: [], text: "" }
  const open = [outside]
  for (const [, cdata, closing, qualified, empty, plain] of text.matchAll(token)) {
    const current = open.at(-1)!
    if (cdata !== undefined) current.text += cdata
    else if (plain !== undefined) current.text += unescapeXml(plain)
    else if (qualified !== undefined) {
      const name = qualified.slice(qualified.indexOf(":") + 1)
      if (closing === "/") {
        if (open.pop()?.name !== name || open.length === 0) return undefined
      } else {
        const node: XmlNode = { name, children: [], text: "" }
        current.children.push(node)
        if (empty !== "/") open.push(node)
      }
    }
  }
  return open.length === 1 ? outside.children[0] : undefined
}

export const childrenOf = (node: XmlNode, name: string): readonly XmlNode[] =>
  node.children.filter((child) => child.name === name)

export const textOf = (node: XmlNode, name: string): string | undefined =>
  node.children.find((child) => child.name === name)?.text.trim()
