/** What changed between two trees, and what that means in blobs. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Node } from "../format/Node.ts"
import * as Tree from "../format/Tree.ts"
import * as GoTime from "../go/GoTime.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import { join } from "../repository/NodeWalk.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import { DiffBlobs } from "./DiffBlobs.ts"

type E = StorageError | RepositoryError

/**
 * One path. `+` is only in the second tree, `-` only in the first; `T` has another type, `M` other content, `U`
 * other metadata; `M?` has other content although all metadata are the same, which is how failing disks look.
 */
export interface Change {
  readonly _tag: "Change"
  /** Absolute in the snapshot; directories end in a slash. */
  readonly path: Buffer
  readonly modifier: string
}

export interface SideStatistics {
  readonly files: number
  readonly dirs: number
  readonly others: number
  readonly dataBlobs: number
  readonly treeBlobs: number
  /** Bytes of these blobs before compression. */
  readonly bytes: number
}

/** Of blobs that only one of the trees needs. */
export interface Statistics {
  readonly _tag: "Statistics"
  readonly changedFiles: number
  readonly added: SideStatistics
  readonly removed: SideStatistics
}

export type DiffEvent = Change | Statistics

export interface DiffOptions {
  /** Also report `U`. */
  readonly metadata: boolean
}

class Counts {
  files = 0
  dirs = 0
  others = 0

  add({ type }: Node): void {
    if (type === "file") this.files += 1
    else if (type === "dir") this.dirs += 1
    else this.others += 1
  }
}

const slash = Buffer.from("/")

/** Other programs may leave trees unsorted. */
const sorted = (nodes: ReadonlyArray<Node>): ReadonlyArray<Node> =>
  nodes.every((node, index) => index === 0 || Tree.compareNames(nodes[index - 1]!.name, node.name) < 0)
    ? nodes
    : [...nodes].sort((left, right) => Tree.compareNames(left.name, right.name))

const sameTime = (left: string, right: string): string => (GoTime.isSame(left, right) ? left : right)

/** Whether all is the same, however times are written; `right` is given the first's names for the same instants. */
const isEqual = (left: Node, right: Node): boolean => {
  const alike = {
    ...right,
    quotedName: left.quotedName,
    mtime: sameTime(left.mtime, right.mtime),
    atime: sameTime(left.atime, right.atime),
    ctime: sameTime(left.ctime, right.ctime)
  }
  return Tree.encodeNode(left) === Tree.encodeNode(alike)
}

const hasSameContent = (left: Node, right: Node): boolean =>
  (left.content ?? []).length === (right.content ?? []).length &&
  (left.content ?? []).every((id, index) => id === right.content?.[index])

const modifierOf = (left: Node, right: Node, { metadata }: DiffOptions): string => {
  const type = left.type === right.type ? "" : "T"
  if (left.type === "file" && right.type === "file" && !hasSameContent(left, right)) {
    return isEqual({ ...left, content: null }, { ...right, content: null }) ? `${type}M?` : `${type}M`
  }
  return metadata && !isEqual(left, right) ? `${type}U` : type
}

const subtreeOf = (node: Node): string | undefined => (node.type === "dir" ? node.subtree : undefined)

/** Changes in the order of paths, then the statistics. Directories that are the same are not compared, only counted. */
export const compare = (
  reader: BlobReader,
  first: string,
  second: string,
  options: DiffOptions
): Stream.Stream<DiffEvent, E> =>
  Stream.callback<DiffEvent, E>(
    (events) => {
      const blobs = new DiffBlobs(reader)
      const added = new Counts()
      const removed = new Counts()
      let changedFiles = 0

      const report = (directory: Buffer, node: Node, modifier: string) => {
        const path = join(directory, node.name)
        return Queue.offer(events, {
          _tag: "Change",
          path: node.type === "dir" ? Buffer.concat([path, slash]) : path,
          modifier
        })
      }

      /** Something that is only in one of the trees, with everything below it. */
      const onlyIn = (side: "first" | "second", directory: Buffer, node: Node): Effect.Effect<void, E> =>
        Effect.gen(function* () {
          const counts = side === "first" ? removed : added
          blobs.add(side, node)
          counts.add(node)
          yield* report(directory, node, side === "first" ? "-" : "+")
          const subtree = subtreeOf(node)
          if (subtree === undefined) return
          const path = join(directory, node.name)
          for (const child of sorted(yield* reader.tree(subtree))) yield* onlyIn(side, path, child)
        })

      const inBoth = (directory: Buffer, left: Node, right: Node): Effect.Effect<void, E> =>
        Effect.gen(function* () {
          blobs.add("first", left)
          blobs.add("second", right)
          const modifier = modifierOf(left, right, options)
          if (modifier.includes("M")) changedFiles += 1
          if (modifier !== "") yield* report(directory, right, modifier)
          const [before, after] = [subtreeOf(left), subtreeOf(right)]
          if (before === undefined || after === undefined) return
          yield* before === after ? blobs.addCommon(before) : trees(join(directory, left.name), before, after)
        })

      const trees = (directory: Buffer, before: string, after: string): Effect.Effect<void, E> =>
        Effect.gen(function* () {
          const left = sorted(yield* reader.tree(before))
          const right = sorted(yield* reader.tree(after))
          for (let at = 0, other = 0; at < left.length || other < right.length; ) {
            const [one, two] = [left[at], right[other]]
            const order = one === undefined ? 1 : two === undefined ? -1 : Tree.compareNames(one.name, two.name)
            if (order <= 0) at += 1
            if (order >= 0) other += 1
            if (order < 0) yield* onlyIn("first", directory, one!)
            else if (order > 0) yield* onlyIn("second", directory, two!)
            else yield* inBoth(directory, one!, two!)
          }
        })

      return Effect.gen(function* () {
        blobs.addTree("first", first)
        blobs.addTree("second", second)
        if (first === second) yield* blobs.addCommon(first)
        else yield* trees(slash, first, second)
        const sides = blobs.onlyInOne()
        yield* Queue.offer(events, {
          _tag: "Statistics",
          changedFiles,
          added: { files: added.files, dirs: added.dirs, others: added.others, ...sides.second },
          removed: { files: removed.files, dirs: removed.dirs, others: removed.others, ...sides.first }
        })
        yield* Queue.end(events)
      })
    },
    { bufferSize: 256 }
  )
