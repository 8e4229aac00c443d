/**
 * Trees in the form that restic and we write, read twice as fast as by way of `JSON.parse`.
 *
 * An expression takes the fields of one node in their order, with nothing escaped in them. Whatever it does not
 * match is not judged here: `read` gives nothing and the caller reads the whole tree as JSON.
 */
import * as GoQuote from "../go/GoQuote.ts"
import * as GoTime from "../go/GoTime.ts"
import type { Node, NodeType } from "./Node.ts"
import { attributesOf, noAttributes } from "./NodeFields.ts"

const text = String.raw`"([^"\\\u0000-\u001f]*)"`
const number = String.raw`(0|[1-9]\d{0,14})`

const beforeContent = new RegExp(
  [
    `\\{"name":${text},"type":${text}(?:,"mode":${number})?,"mtime":${text},"atime":${text},"ctime":${text}`,
    `,"uid":${number},"gid":${number}(?:,"user":${text})?(?:,"group":${text})?(?:,"inode":${number})?`,
    `(?:,"device_id":${number})?(?:,"size":${number})?(?:,"links":${number})?(?:,"linktarget":${text})?`,
    `(?:,"extended_attributes":(\\[[^\\]]*\\]))?,"content":(null|\\[\\]|\\[(?="))`
  ].join(""),
  "y"
)

const quotedId = /"([0-9a-f]{64})"(,|\])/y
const afterContent = /(?:,"subtree":"([0-9a-f]{64})")?\}(,(?=\{)|\]\}\n?$)/y

const opening = '{"nodes":['
const maximum32 = 2 ** 32 - 1

const attributes = (json: string): Node["extendedAttributes"] | undefined => {
  try {
    return attributesOf(JSON.parse(json))
  } catch {
    return undefined
  }
}

/** Node by node through the text of one tree. */
class PlainReader {
  readonly json: string
  #at = opening.length
  isAtEnd = false

  constructor(json: string) {
    this.json = json
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const match = expression.exec(this.json)
    this.#at = expression.lastIndex
    return match
  }

  #ids(): ReadonlyArray<string> | undefined {
    const ids: Array<string> = []
    while (true) {
      const match = this.#match(quotedId)
      if (match === null) return undefined
      ids.push(match[1]!)
      if (match[2] === "]") return ids
    }
  }

  next(): Node | undefined {
    const match = this.#match(beforeContent)
    if (match === null) return undefined
    const content = match[17] === "null" ? null : match[17] === "[]" ? [] : this.#ids()
    const end = content === undefined ? null : this.#match(afterContent)
    if (content === undefined || end === null) return undefined
    this.isAtEnd = end[2] !== ","
    const mode = Number(match[3] ?? 0)
    const mtime = match[4]!
    const atime = match[5] === mtime ? mtime : match[5]!
    const ctime = match[6] === mtime ? mtime : match[6]!
    const uid = Number(match[7])
    const gid = Number(match[8])
    const extendedAttributes = match[16] === undefined ? noAttributes : attributes(match[16])
    if (mode > maximum32 || uid > maximum32 || gid > maximum32 || extendedAttributes === undefined) return undefined
    if (GoTime.read(mtime) === undefined) return undefined
    if (atime !== mtime && GoTime.read(atime) === undefined) return undefined
    if (ctime !== mtime && GoTime.read(ctime) === undefined) return undefined
    const name = Buffer.from(match[1]!)
    return {
      name,
      quotedName: GoQuote.unusual(match[1]!, name),
      type: match[2] as NodeType,
      mode,
      mtime,
      atime,
      ctime,
      uid,
      gid,
      user: match[9] ?? "",
      group: match[10] ?? "",
      inode: BigInt(match[11] ?? 0),
      deviceId: BigInt(match[12] ?? 0),
      size: Number(match[13] ?? 0),
      links: Number(match[14] ?? 0),
      linkTarget: match[15] ?? "",
      linkTargetRaw: undefined,
      extendedAttributes,
      genericAttributes: undefined,
      device: 0n,
      content,
      subtree: end[1],
      error: ""
    }
  }
}

/** The nodes of a tree, or nothing when one of them is not in the plain form. */
export const read = (json: string): ReadonlyArray<Node> | undefined => {
  if (!json.startsWith(opening)) return undefined
  const reader = new PlainReader(json)
  const nodes: Array<Node> = []
  while (!reader.isAtEnd) {
    const node = reader.next()
    if (node === undefined) return undefined
    nodes.push(node)
  }
  return nodes
}
