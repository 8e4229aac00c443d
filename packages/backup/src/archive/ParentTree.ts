/**
 * A directory as the parent snapshot knows it.
 *
 * What is unchanged is encoded to the very same bytes, in the same order. So the
 * JSON is not parsed: each new node is compared with the bytes where it should
 * be. Only when one differs is the tree decoded, and names looked up.
 */

import type { Node } from "../format/Node.ts"
import * as Tree from "../format/Tree.ts"
import * as GoTime from "../go/GoTime.ts"

export interface ParentOptions {
  readonly ignoreInode: boolean
  readonly ignoreCtime: boolean
}

/** What became of a name since the parent snapshot. */
export interface ParentNode {
  /** Everything but content and tree is what it was. */
  readonly isSame: boolean
  /** JSON of the ids of a file that need not be read again. */
  readonly content?: string | undefined
  readonly subtree?: string | undefined
}

export interface ParentTree {
  /** Ask in the order of names; `head` is the JSON of `node` up to its content or tree. `undefined`: the name is new. */
  readonly find: (head: string, node: Node) => ParentNode | undefined
}

export const none: ParentTree = { find: () => undefined }

const opening = '{"nodes":['
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const closeBrace = 0x7d
const quote = 0x22

let scratch = Buffer.alloc(65_536)

const isUnchanged = (before: Node, now: Node, { ignoreCtime, ignoreInode }: ParentOptions): boolean =>
  before.type === "file" &&
  before.content !== null &&
  before.size === now.size &&
  GoTime.isSame(before.mtime, now.mtime) &&
  (ignoreCtime || ignoreInode || GoTime.isSame(before.ctime, now.ctime)) &&
  (ignoreInode || before.inode === now.inode)

/** Times count as instants: a summer's file is not changed by winter, nor by a journey. */
const isSameNode = (before: Node, now: Node): boolean => {
  const times = ["mtime", "atime", "ctime"] as const
  if (!times.every((time) => GoTime.isSame(before[time], now[time]))) return false
  const { atime, ctime, mtime } = now
  return Tree.encodeNode({ ...before, mtime, atime, ctime, content: null, subtree: undefined }) === Tree.encodeNode(now)
}

export const contentText = (ids: ReadonlyArray<string>): string => (ids.length === 0 ? "[]" : `["${ids.join('","')}"]`)

const compare = (before: Node, now: Node, options: ParentOptions): ParentNode => {
  const isSame = before.type === now.type && isSameNode(before, now)
  if (now.type === "file") {
    return { isSame, content: isUnchanged(before, now, options) ? contentText(before.content ?? []) : undefined }
  }
  return { isSame, subtree: before.type === "dir" ? before.subtree : undefined }
}

const decode = (bytes: Uint8Array): Map<string, Node> => {
  try {
    return new Map(Tree.decode(bytes).map((node) => [node.name.toString("latin1"), node]))
  } catch {
    return new Map()
  }
}

export const make = (tree: Uint8Array, options: ParentOptions): ParentTree => {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength)
  let at = bytes.toString("latin1", 0, opening.length) === opening ? opening.length : -1
  let nodes: Map<string, Node> | undefined

  /** Goes on behind the `}` of a node at `end`. */
  const passOver = (end: number): boolean => {
    if (bytes[end] !== closeBrace) return false
    at = bytes[end + 1] === comma ? end + 2 : -1
    return true
  }

  /** The node at `at`, when its head is the new one's. */
  const same = (head: string, node: Node): ParentNode | undefined => {
    if (head.length * 3 > scratch.length) scratch = Buffer.alloc(head.length * 3)
    const length = scratch.write(head)
    const end = at + length
    if (end > bytes.length || bytes.compare(scratch, 0, length, at, end) !== 0) return undefined
    if (node.type === "file") {
      const close = bytes.indexOf(closeBracket, end)
      if (bytes[end] !== openBracket || close < 0 || !passOver(close + 1)) return undefined
      return { isSame: true, content: bytes.toString("latin1", end, close + 1) }
    }
    if (node.type === "dir") {
      if (bytes[end + 64] !== quote || !passOver(end + 65)) return undefined
      return { isSame: true, subtree: bytes.toString("latin1", end, end + 64) }
    }
    return passOver(end - 1) ? { isSame: true } : undefined
  }

  return {
    find: (head, node) => {
      const found = nodes === undefined && at >= 0 ? same(head, node) : undefined
      if (found !== undefined) return found
      nodes ??= decode(bytes)
      const before = nodes.get(node.name.toString("latin1"))
      return before && compare(before, node, options)
    }
  }
}
