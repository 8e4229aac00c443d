/**
 * Makes trees out of trees: nodes changed or left out, all the way down.
 *
 * A tree in which nothing changes keeps its id and is not written; what lies
 * below a directory that the rules do not enter is not even read.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { Node } from "../format/Node.ts"
import * as Tree from "../format/Tree.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import type { TreeSaver } from "./TreeSaver.ts"

type E = StorageError | RepositoryError

export interface TreeRules {
  /** The node as it is to be, the very same when nothing changes; `undefined` leaves it out. `path` begins with `/`. */
  readonly node: (node: Node, path: Buffer) => Node | undefined
  /** Whether to look below a directory that stays. */
  readonly enters: (path: Buffer) => boolean
  /** What is in a directory that can not be read; `undefined` leaves the directory out. Without this it fails all. */
  readonly onUnreadable?: ((path: Buffer, error: RepositoryError) => ReadonlyArray<Node> | undefined) | undefined
  /** Refuse a tree whose nodes, written again, are other bytes: something of another program would be lost. */
  readonly mustKeepBytes: boolean
  /** Leave out a directory in which nothing is left of what the rules looked at. */
  readonly dropsEmpty?: boolean
  /** `node` looks at nothing but the node, so that a tree has the same result wherever it lies. */
  readonly ignoresPath: boolean
}

export interface Removed {
  /** Nodes left out, and everything below them. */
  readonly nodes: number
  readonly files: number
  /** By the sizes in the nodes. */
  readonly bytes: number
}

export interface RewrittenTree {
  /** `undefined` when the tree is left out. */
  readonly tree: string | undefined
  readonly removed: Removed
}

export interface TreeRewriteOptions {
  /** For messages. */
  readonly name: string
  readonly reader: BlobReader
  readonly saver: Pick<TreeSaver, "save">
  readonly rules: TreeRules
}

const none: Removed = { nodes: 0, files: 0, bytes: 0 }
const directory: Removed = { nodes: 1, files: 0, bytes: 0 }

const add = (left: Removed, right: Removed): Removed => ({
  nodes: left.nodes + right.nodes,
  files: left.files + right.files,
  bytes: left.bytes + right.bytes
})

export const root = Buffer.from("/")
const slash = Buffer.from("/")

const join = (directory: Buffer, name: Buffer): Buffer =>
  directory.length === 1 ? Buffer.concat([slash, name]) : Buffer.concat([directory, slash, name])

/** Remembers what became of every tree, so that one serves for all snapshots. */
export const make = (
  options: TreeRewriteOptions
): ((tree: string, path?: Buffer) => Effect.Effect<RewrittenTree, E>) => {
  const { name, reader, rules, saver } = options
  const done = new Map<string, RewrittenTree>()

  /** All that is lost with a tree. */
  const contentsOf = Effect.fnUntraced(function* (tree: string): Effect.fn.Return<Removed, E> {
    let sum = none
    for (const node of yield* reader.tree(tree)) sum = add(sum, yield* lossOf(node))
    return sum
  })

  const lossOf = (node: Node): Effect.Effect<Removed, E> => {
    const own = { nodes: 1, files: node.type === "file" ? 1 : 0, bytes: node.type === "file" ? node.size : 0 }
    if (node.subtree === undefined || rules.onUnreadable !== undefined) return Effect.succeed(own)
    return Effect.map(contentsOf(node.subtree), (below) => add(own, below))
  }

  const read = Effect.fnUntraced(function* (
    tree: string | undefined,
    path: Buffer
  ): Effect.fn.Return<ReadonlyArray<Node>, E> {
    if (tree === undefined) {
      const message = `the directory "${path}" names no tree`
      const reason = new Refused({ message, remedy: remedy("repairSnapshots") })
      return yield* Effect.fail(new RepositoryError({ repository: name, reason }))
    }
    if (rules.mustKeepBytes && !Tree.isReproducible(yield* reader.treeBytes(tree))) {
      const message = `the directory "${path}" holds something that this program does not know and would lose; nothing was changed. Rewrite this snapshot with the program that made it`
      return yield* Effect.fail(new RepositoryError({ repository: name, reason: new Refused({ message }) }))
    }
    return yield* reader.tree(tree)
  })

  const rewriteNode = Effect.fnUntraced(function* (
    node: Node,
    path: Buffer
  ): Effect.fn.Return<readonly [Node | undefined, Removed], E> {
    const changed = rules.node(node, path)
    if (changed === undefined) return [undefined, yield* lossOf(node)]
    if (changed.type !== "dir" || !rules.enters(path)) return [changed, none]
    const below = yield* rewrite(changed.subtree, path)
    if (below.tree === undefined) return [undefined, add(below.removed, directory)]
    return [below.tree === changed.subtree ? changed : { ...changed, subtree: below.tree }, below.removed]
  })

  const replaceUnreadable = (path: Buffer, error: RepositoryError): Effect.Effect<RewrittenTree, E> => {
    if (rules.onUnreadable === undefined) return Effect.fail(error)
    const nodes = rules.onUnreadable(path, error)
    if (nodes === undefined) return Effect.succeed({ tree: undefined, removed: none })
    return Effect.map(saver.save(Tree.joinTree(nodes.map(Tree.encodeNode))), (tree) => ({ tree, removed: none }))
  }

  const rewriteNodes = Effect.fnUntraced(function* (
    tree: string | undefined,
    path: Buffer
  ): Effect.fn.Return<RewrittenTree, E> {
    const nodes = yield* Effect.catchTag(read(tree, path), "RepositoryError", (error) => Effect.succeed(error))
    if (nodes instanceof RepositoryError) return yield* replaceUnreadable(path, nodes)
    const kept: Array<Node> = []
    let removed = none
    let isSame = true
    for (const node of nodes) {
      const [result, loss] = yield* rewriteNode(node, join(path, node.name))
      removed = add(removed, loss)
      isSame &&= result === node
      if (result !== undefined) kept.push(result)
    }
    if (kept.length === 0 && rules.dropsEmpty === true) return { tree: undefined, removed }
    if (isSame) return { tree, removed }
    return { tree: yield* saver.save(Tree.joinTree(kept.map(Tree.encodeNode))), removed }
  })

  const rewrite = (tree: string | undefined, path: Buffer): Effect.Effect<RewrittenTree, E> => {
    const key = rules.ignoresPath ? String(tree) : `${tree}${path.toString("latin1")}`
    const known = done.get(key)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.map(rewriteNodes(tree, path), (result) => {
      done.set(key, result)
      return result
    })
  }

  return (tree, path = root) => rewrite(tree, path)
}
