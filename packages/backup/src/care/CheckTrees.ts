/**
 * Visits every directory of the given snapshots once, and sees that each makes
 * sense and that the index knows all blobs it names.
 *
 * Directories are taken pack by pack, since packs of trees are read as a whole.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as BlobTypes from "../format/BlobType.ts"
import { type Node, nameRefusal } from "../format/Node.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as Tree from "../format/Tree.ts"
import { BitSet } from "../repository/BitSet.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import type { Severity } from "./CheckResult.ts"

type E = StorageError | RepositoryError

const packsAtOnce = 5

export interface TreeRoot {
  /** Of the snapshot. */
  readonly id: string
  readonly tree: string
}

export interface CheckTreesOptions {
  readonly reader: BlobReader
  readonly onProblem: (severity: Severity, file: string, message: string) => void
  /** Called after each tree. */
  readonly onTree: (done: number) => void
  /** Called once for each blob that is needed, with an entry of it. */
  readonly onNeeded: (entry: number) => void
  /** Waited for before each tree: `Tell.room`. */
  readonly room: Effect.Effect<void>
}

interface Waiting {
  readonly entry: number
  /** `1a2b3c4d:/home/me`, where it was found first. */
  readonly path: string
}

const unknownType = (node: Node): boolean =>
  !["file", "dir", "symlink", "dev", "chardev", "fifo", "socket"].includes(node.type)

/** The top of a snapshot has no name. */
const shown = (path: string): string => (path.includes("/") ? path : `${path}/`)

const pathOf = (directory: string, { name }: Node): string =>
  `${directory}/${JSON.stringify(name.toString()).slice(1, -1)}`

/** What is wrong with a node by itself. */
const nodeProblem = (node: Node): string | undefined => {
  const refusal = nameRefusal(node, false)
  if (refusal !== undefined) return refusal
  if (node.type === "file" && node.content === null) return "it is a file without a list of blobs"
  if (node.type === "dir" && node.subtree === undefined) return "it is a directory without a subtree"
  return unknownType(node) ? `its type "${node.type}" is not known` : undefined
}

/** Gives how many trees there are. Fails only where the storage can not be reached. */
export const checkTrees = Effect.fnUntraced(function* (
  roots: ReadonlyArray<TreeRoot>,
  { onNeeded, onProblem, onTree, reader, room }: CheckTreesOptions
): Effect.fn.Return<number, E> {
  const { index } = reader
  const seen = new BitSet(index.size)
  const pending = new Map<number, Array<Waiting>>()
  let done = 0

  const fileOf = (entry: number): string => RepositoryFile.pathOf("data", index.packId(index.packOf(entry)))

  /** false when the index does not know the tree. */
  const visit = (id: string, path: string): boolean => {
    const entry = index.findHex(BlobTypes.tree, id)
    if (entry < 0 || !index.isPlaced(entry)) return false
    if (!seen.add(entry)) return true
    onNeeded(entry)
    const pack = index.packOf(entry)
    const waiting = pending.get(pack)
    if (waiting === undefined) pending.set(pack, [{ entry, path }])
    else waiting.push({ entry, path })
    return true
  }

  const checkContent = (file: string, path: string, node: Node, content: ReadonlyArray<string>): void => {
    for (const id of content) {
      const entry = index.findHex(BlobTypes.data, id)
      if (entry >= 0 && index.isPlaced(entry)) {
        if (seen.add(entry)) onNeeded(entry)
        continue
      }
      onProblem("error", file, `${pathOf(path, node)}: its data blob ${id} is in no index`)
    }
  }

  const checkNodes = (entry: number, path: string, nodes: ReadonlyArray<Node>): void => {
    const file = fileOf(entry)
    let previous: Buffer | undefined
    let isSorted = true
    for (const node of nodes) {
      const problem = nodeProblem(node)
      if (problem !== undefined) onProblem("error", file, `${pathOf(path, node)}: ${problem}`)
      if (previous !== undefined && Tree.compareNames(previous, node.name) >= 0) isSorted = false
      previous = node.name
      if (node.type === "file" && node.content !== null) checkContent(file, path, node, node.content)
      if (node.type !== "dir" || node.subtree === undefined || visit(node.subtree, pathOf(path, node))) continue
      onProblem("error", file, `${pathOf(path, node)}: its tree ${node.subtree} is in no index`)
    }
    if (!isSorted) onProblem("hint", file, `${shown(path)}: its entries are not in order, or one is there twice`)
  }

  const checkTree = ({ entry, path }: Waiting): Effect.Effect<void, E> => {
    const id = index.hexOf(entry)
    const checked = Effect.map(reader.treeBytes(id), (bytes) => {
      try {
        checkNodes(entry, path, Tree.decode(bytes))
      } catch (error) {
        if (!(error instanceof Tree.TreeError)) throw error
        onProblem("error", fileOf(entry), `${shown(path)}: its tree ${id} can not be read: ${error.message}`)
      }
    })
    const kept = Effect.catchReasons(checked, "RepositoryError", {
      Damaged: (reason) => Effect.sync(() => onProblem("error", reason.file, `${shown(path)}: ${reason.message}`)),
      Missing: (reason) => Effect.sync(() => onProblem("error", reason.file, `${shown(path)}: ${reason.message}`))
    })
    return Effect.andThen(
      kept,
      Effect.sync(() => onTree(++done))
    )
  }

  /** With what turns up for the same pack on the way. */
  const checkPack = Effect.fnUntraced(function* (pack: number): Effect.fn.Return<void, E> {
    for (let waiting = pending.get(pack); waiting !== undefined; waiting = pending.get(pack)) {
      pending.delete(pack)
      for (const one of waiting) {
        yield* room
        yield* checkTree(one)
        // Packs are read meanwhile.
        yield* Effect.yieldNow
      }
    }
  })

  for (const { id, tree } of roots) {
    const path = `${id.slice(0, 8)}:`
    if (visit(tree, path)) continue
    onProblem("error", RepositoryFile.pathOf("snapshots", id), `${shown(path)}: its tree ${tree} is in no index`)
  }
  while (pending.size > 0) {
    yield* Effect.forEach([...pending.keys()], checkPack, { concurrency: packsAtOnce, discard: true })
  }
  return done
})
