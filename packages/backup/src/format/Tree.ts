/**
 * Tree blobs: the JSON of one directory, byte for byte as restic writes it.
 *
 * The id of a tree is the hash of this text, so a field in another order or another escape would make
 * every directory new for the other program.
 */
import { isUtf8 } from "node:buffer"
import * as GoJson from "../go/GoJson.ts"
import * as GoQuote from "../go/GoQuote.ts"
import type { ExtendedAttribute, Node } from "./Node.ts"
import { type Fields, isFields, nodeOf } from "./NodeFields.ts"
import * as PlainTree from "./PlainTree.ts"
import * as TreeLinks from "./TreeLinks.ts"

/** A tree that cannot be read; the message names the node. */
export class TreeError extends Error {
  override readonly name = "TreeError"
}

/** The order of nodes in a tree: that of the bytes of their names. */
export const compareNames = (left: Uint8Array, right: Uint8Array): number => Buffer.compare(left, right)

/** 1 where a byte of a name is written as it is, by both layers. */
const isPlainByte = new Uint8Array(256)
for (let byte = 0x20; byte < 0x7f; byte++) isPlainByte[byte] = '"\\<>&'.includes(String.fromCharCode(byte)) ? 0 : 1

const quoteName = ({ name, quotedName }: Node): string => {
  if (quotedName !== undefined) return GoJson.quote(quotedName)
  for (let at = 0; at < name.length; at++) {
    if (isPlainByte[name[at]!] === 0) return GoJson.quote(GoQuote.quote(name))
  }
  return `"${name.toString("latin1")}"`
}

const encodeAttribute = ({ name, value }: ExtendedAttribute): string => {
  const bytes = value === null ? "null" : `"${Buffer.from(value).toString("base64")}"`
  return `{"name":${GoJson.quote(name)},"value":${bytes}}`
}

const encodeLinkTarget = (node: Node): string => {
  const raw = node.linkTargetRaw
  if (raw === undefined) return node.linkTarget === "" ? "" : `,"linktarget":${GoJson.quote(node.linkTarget)}`
  const text = `,"linktarget":${GoJson.quote(GoJson.textOf(raw))}`
  return isUtf8(raw) ? text : `${text},"linktarget_raw":"${raw.toString("base64")}"`
}

const encodeContent = (content: ReadonlyArray<string> | null): string => {
  if (content === null) return "null"
  return content.length === 0 ? "[]" : `["${content.join('","')}"]`
}

/** JSON of one node. The order is Go's; what is empty or zero is left out, but for a few fields. */
export const encodeNode = (node: Node): string => {
  let text = `{"name":${quoteName(node)},"type":${GoJson.quote(node.type)}`
  if (node.mode !== 0) text += `,"mode":${node.mode}`
  text += `,"mtime":"${node.mtime}","atime":"${node.atime}","ctime":"${node.ctime}","uid":${node.uid},"gid":${node.gid}`
  if (node.user !== "") text += `,"user":${GoJson.quote(node.user)}`
  if (node.group !== "") text += `,"group":${GoJson.quote(node.group)}`
  if (node.inode !== 0n) text += `,"inode":${node.inode}`
  if (node.deviceId !== 0n) text += `,"device_id":${node.deviceId}`
  if (node.size !== 0) text += `,"size":${node.size}`
  if (node.links !== 0) text += `,"links":${node.links}`
  text += encodeLinkTarget(node)
  if (node.extendedAttributes.length > 0) {
    text += `,"extended_attributes":[${node.extendedAttributes.map(encodeAttribute).join(",")}]`
  }
  if (node.genericAttributes !== undefined) text += `,"generic_attributes":${node.genericAttributes}`
  if (node.device !== 0n) text += `,"device":${node.device}`
  text += `,"content":${encodeContent(node.content)}`
  if (node.subtree !== undefined) text += `,"subtree":"${node.subtree}"`
  if (node.error !== "") text += `,"error":${GoJson.quote(node.error)}`
  return `${text}}`
}

/** The blob of a directory. The nodes have to be in the order of `compareNames`. */
export const joinTree = (nodes: ReadonlyArray<string>): Buffer => Buffer.from(`{"nodes":[${nodes.join(",")}]}\n`)

/** Numbers that a `number` cannot hold become bigints. */
const exactly = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ""
  return /^\d+$/.test(source) ? BigInt(source) : value
}

const fieldsOf = (json: string, isExact: boolean): ReadonlyArray<Fields> => {
  let tree: unknown
  try {
    tree = isExact ? JSON.parse(json, exactly) : JSON.parse(json)
  } catch (error) {
    throw new TreeError(`the tree is no JSON: ${(error as Error).message}`)
  }
  const nodes = isFields(tree) ? (tree.nodes ?? []) : undefined
  if (!Array.isArray(nodes)) throw new TreeError("the tree is no list of nodes")
  const other = nodes.findIndex((node) => !isFields(node))
  if (other >= 0) throw new TreeError(`node ${other + 1} is no object`)
  return nodes
}

const isLarge = (value: unknown): boolean => typeof value === "number" && value > Number.MAX_SAFE_INTEGER

const hasLargeNumbers = (node: Fields): boolean =>
  isLarge(node.inode) || isLarge(node.device_id) || isLarge(node.device)

const decodeJson = (json: string): ReadonlyArray<Node> => {
  const rounded = fieldsOf(json, false)
  // Reading numbers exactly takes three times as long, and few file systems need it.
  const exact = rounded.some(hasLargeNumbers) ? fieldsOf(json, true) : rounded
  return exact.map((fields, index) => {
    try {
      return nodeOf(fields)
    } catch (error) {
      const node = typeof fields.name === "string" ? JSON.stringify(fields.name) : `${index + 1}`
      throw new TreeError(`node ${node}: ${(error as Error).message}`)
    }
  })
}

/** The nodes of a tree in the order they are in, which other programs may have left unsorted. Throws `TreeError`. */
export const decode = (bytes: Uint8Array): ReadonlyArray<Node> => {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  return PlainTree.read(json) ?? decodeJson(json)
}

/** Whether the nodes of a tree, written again, are the same bytes: only then may a tree be rewritten. */
export const isReproducible = (bytes: Uint8Array): boolean => joinTree(decode(bytes).map(encodeNode)).equals(bytes)

/**
 * The blobs that a tree names, as often as it names them; five times faster than `decode`.
 *
 * Throws `TreeError` like `decode` where it has to read the tree in full. It does not find everything that is wrong
 * with a tree, and a tree with objects of other programs inside of its nodes may seem to name more than it does:
 * never less.
 */
export const decodeLinks = (bytes: Uint8Array): TreeLinks.TreeLinks => {
  const links = TreeLinks.scan(bytes)
  if (links !== undefined) return links
  const nodes = decode(bytes)
  const packed = (ids: ReadonlyArray<string>): Buffer => Buffer.from(ids.join(""), "hex")
  return {
    content: packed(nodes.flatMap((node) => node.content ?? [])),
    subtrees: packed(nodes.flatMap((node) => node.subtree ?? []))
  }
}
