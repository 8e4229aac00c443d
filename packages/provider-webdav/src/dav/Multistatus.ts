/** Answers to PROPFIND and PROPPATCH, read while they arrive: namespaces by what they are, whatever their prefixes. */
import { SaxesParser } from "saxes"

/** `{DAV:}getetag` */
export type PropertyName = `{${string}}${string}`

export interface Row {
  /** As it was sent, in percent-coding. */
  readonly href: string
  /** Of the resource as a whole, where there are no properties. */
  readonly status: number | undefined
  /** Texts of those that were found; names of the elements inside of one are in its place where it has no text. */
  readonly properties: ReadonlyMap<PropertyName, string>
  /** Statuses of those that were not. */
  readonly refused: ReadonlyMap<PropertyName, number>
}

/** The answer is none: another document, or one that is cut off. */
export class NoMultistatus extends Error {
  readonly isCutOff: boolean = false
}
class CutOff extends NoMultistatus {
  override readonly isCutOff = true
}

const dav = "DAV:"

const statusOf = (text: string): number | undefined => {
  const found = /^HTTP\/[\d.]+ (\d{3})/.exec(text.trim())?.[1]
  return found === undefined ? undefined : Number(found)
}

/** More than any name, time or list of digests, in characters. */
const longestText = 16 * 1024
/** Elements in each other. */
const deepest = 64

/** Takes pieces of text. `write` throws `NoMultistatus` when they can be no answer, `end` when they were no whole one. */
export const makeReader = (onRow: (row: Row) => void) => {
  const parser = new SaxesParser({ xmlns: true })
  const path: Array<PropertyName> = []
  let failure: Error | undefined
  let isMultistatus = false
  let isOver = false
  let text = ""
  let href = ""
  let status: number | undefined
  let properties = new Map<PropertyName, string>()
  let refused = new Map<PropertyName, number>()
  let inPropstat: Array<readonly [PropertyName, string]> = []
  let propstatStatus: number | undefined

  /** Where the element stands: `response/propstat/prop/…`. */
  const isAt = (...names: ReadonlyArray<string>): boolean =>
    path.length === names.length + 1 && names.every((name, index) => path[index + 1] === `{${dav}}${name}`)
  const property = (): PropertyName | undefined =>
    path.length >= 5 && path[3] === `{${dav}}prop` && path[2] === `{${dav}}propstat` ? path[4] : undefined

  parser.on("error", (error) => {
    failure ??= error
  })
  parser.on("opentag", ({ local, uri }) => {
    const name: PropertyName = `{${uri}}${local}`
    if (path.length === 0) isMultistatus = name === `{${dav}}multistatus`
    path.push(name)
    if (path.length > deepest) failure ??= new Error("its elements have no end")
    // What stands in a property, such as a kind of resource, is told by its name.
    if (property() !== undefined && path.length > 5) text += ` ${name}`
    else text = ""
    if (isAt("response")) {
      href = ""
      status = undefined
      properties = new Map()
      refused = new Map()
    } else if (isAt("response", "propstat")) {
      inPropstat = []
      propstatStatus = undefined
    }
  })
  const add = (more: string) => {
    if (text.length < longestText) text += more.slice(0, longestText - text.length)
  }
  parser.on("text", add)
  parser.on("cdata", add)
  parser.on("closetag", () => {
    const name = property()
    if (isAt("response", "href")) href = text.trim()
    else if (isAt("response", "status")) status = statusOf(text)
    else if (isAt("response", "propstat", "status")) propstatStatus = statusOf(text)
    else if (name !== undefined && path.length === 5) inPropstat.push([name, text.trim()])
    else if (isAt("response", "propstat")) {
      for (const [each, value] of inPropstat) {
        if (propstatStatus === undefined || propstatStatus < 300) properties.set(each, value)
        else refused.set(each, propstatStatus)
      }
    } else if (isAt("response") && isMultistatus) onRow({ href, status, properties, refused })
    path.pop()
    if (path.length === 0) isOver = true
  })

  const check = (): void => {
    if (failure !== undefined) throw new NoMultistatus(`the answer is no XML that can be read: ${failure.message}`)
  }

  return {
    write: (piece: string): void => {
      parser.write(piece)
      check()
    },
    end: (): void => {
      check()
      if (isMultistatus && !isOver) throw new CutOff("the answer is cut off")
      parser.close()
      check()
      if (!isMultistatus || !isOver) throw new NoMultistatus("the answer is no WebDAV one; is the address right?")
    }
  }
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? "")

const elementOf = (name: PropertyName, index: number) => {
  const [, uri = "", local = ""] = /^\{(.*)\}(.*)$/.exec(name) ?? []
  return { open: `<p${index}:${local} xmlns:p${index}="${escaped(uri)}">`, close: `</p${index}:${local}>` }
}

export const propfind = (names: ReadonlyArray<PropertyName>): string => {
  const elements = names.map((name, index) => {
    const { close, open } = elementOf(name, index)
    return open + close
  })
  return `<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop>${elements.join("")}</D:prop></D:propfind>`
}

export const proppatch = (values: Readonly<Record<PropertyName, string>>): string => {
  const elements = Object.entries(values).map(([name, value], index) => {
    const { close, open } = elementOf(name as PropertyName, index)
    return open + escaped(value) + close
  })
  return `<?xml version="1.0" encoding="utf-8"?><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>${elements.join("")}</D:prop></D:set></D:propertyupdate>`
}
