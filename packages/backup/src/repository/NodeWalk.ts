/**
 * Everything below a tree, in the order of the directories: each one before what is in it.
 *
 * Only the directories on the way to the current node are in memory.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Node } from "../format/Node.ts"
import type { BlobReader } from "./BlobReader.ts"
import type { RepositoryError } from "./RepositoryError.ts"

type E = StorageError | RepositoryError

export const root = Buffer.from("/")

/** The path of something in a directory; both absolute. */
export const join = (directory: Buffer, name: Buffer): Buffer =>
  directory.length === 1 ? Buffer.concat([directory, name]) : Buffer.concat([directory, root, name])

export interface WalkedNode {
  /** Absolute in the snapshot. */
  readonly path: Buffer
  readonly node: Node
  /** Id of the tree that the node is in, where it was reached that way. */
  readonly tree: string | undefined
}

export interface WalkOptions {
  readonly tree: string
  /** Path of that tree; `/` when absent. */
  readonly path?: Buffer
  /** Whether to go into a directory that was just given; all of them when absent. */
  readonly enters?: (directory: WalkedNode) => boolean
}

interface Level {
  readonly path: Buffer
  readonly tree: string
  readonly nodes: ReadonlyArray<Node>
  next: number
}

const nodesAtOnce = 512

export const stream = (reader: BlobReader, options: WalkOptions): Stream.Stream<WalkedNode, E> => {
  const { enters = () => true, path = root, tree } = options
  const open = (id: string, at: Buffer): Effect.Effect<Level, E> =>
    Effect.map(reader.tree(id), (nodes) => ({ path: at, tree: id, nodes, next: 0 }))

  /** Nodes up to the next directory to go into, or as many as are given at once. */
  const take = (levels: Array<Level>, found: Array<WalkedNode>): WalkedNode | undefined => {
    while (found.length < nodesAtOnce) {
      const level = levels.at(-1)
      if (level === undefined) return undefined
      const node = level.nodes[level.next++]
      if (node === undefined) {
        levels.pop()
        continue
      }
      const walked = { path: join(level.path, node.name), node, tree: level.tree }
      found.push(walked)
      if (node.type === "dir" && node.subtree !== undefined && enters(walked)) return walked
    }
    return undefined
  }

  const more = Effect.fnUntraced(function* (levels: Array<Level>) {
    const found: Array<WalkedNode> = []
    while (found.length < nodesAtOnce) {
      const directory = take(levels, found)
      if (directory === undefined) break
      levels.push(yield* open(directory.node.subtree!, directory.path))
    }
    return [found, levels.length === 0 ? Option.none<Array<Level>>() : Option.some(levels)] as const
  })

  return Stream.unwrap(Effect.map(open(tree, path), (first) => Stream.paginate([first], more)))
}
