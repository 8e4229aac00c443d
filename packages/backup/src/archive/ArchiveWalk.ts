/**
 * The directories of a backup: which are to be read, and the tree of each once
 * everything in it has one.
 *
 * Deep before wide, so that only the directories on the way to what is being
 * read, and their neighbours, are in memory. It does nothing but keep the books;
 * threads read, and whoever owns it stores trees.
 */
import { release } from "../format/Crypto.ts"
import type { DirectoryJob, DirectoryResult, Failure, FoundDirectory } from "./ArchiveMessages.ts"
import { type TargetDirectory, targetsIn } from "./BackupTargets.ts"

/** A part of a directory; in the end its nodes, or the parts it was cut in. */
interface Part {
  parts: ReadonlyArray<Part>
  nodes: Buffer
  directories: ReadonlyArray<FoundDirectory>
  /** Begins and ends of nodes that are to be left out. */
  readonly left: Array<readonly [start: number, end: number]>
}

interface Directory {
  readonly parent: { readonly directory: Directory; readonly part: Part; readonly found: FoundDirectory } | undefined
  readonly targets: TargetDirectory | undefined
  readonly content: Part
  /** Parts and directories in it that are not finished. */
  open: number
}

/** One for a thread to do. */
export interface WalkJob {
  readonly job: DirectoryJob
  /** Id of the tree in the parent snapshot, when the job does not have it with it. */
  readonly parentTree: string | undefined
  readonly directory: Directory
  readonly part: Part
}

export interface WalkEvents {
  /** Called once for each tree of a directory with directories in it, with its parts, which are not used afterwards; gives its id. */
  readonly onTree: (tree: ReadonlyArray<Buffer>) => string
  readonly onFailure: (failure: Failure) => void
  /** A directory is finished. */
  readonly onDirectory: (change: "new" | "changed" | "unmodified") => void
}

const makePart = (): Part => ({ parts: [], nodes: Buffer.alloc(0), directories: [], left: [] })

const opening = Buffer.from('{"nodes":[')
const closing = Buffer.from("]}\n")
const comma = Buffer.from(",")

/** The nodes of a part without those that are left out, in pieces that need commas between them. */
const piecesOf = ({ left, nodes }: Part): ReadonlyArray<Buffer> => {
  if (left.length === 0) return nodes.length === 0 ? [] : [nodes]
  const pieces: Array<Buffer> = []
  let start = 0
  for (const [from, to] of left.sort(([one], [other]) => one - other)) {
    if (from > start) pieces.push(nodes.subarray(start, from - 1))
    start = to + 1
  }
  if (start < nodes.length) pieces.push(nodes.subarray(start))
  return pieces
}

const leaves = (part: Part): ReadonlyArray<Part> => (part.parts.length === 0 ? [part] : part.parts.flatMap(leaves))

const treeOf = (part: Part): ReadonlyArray<Buffer> => {
  const pieces = leaves(part).flatMap(piecesOf)
  return [opening, ...pieces.flatMap((piece, index) => (index === 0 ? [piece] : [comma, piece])), closing]
}

export class ArchiveWalk {
  readonly #jobs: Array<WalkJob> = []
  readonly #events: WalkEvents
  #running = 0
  /** Of the top, once everything is finished. */
  tree: string | undefined
  /** Nothing has come in: all of it is excluded, or there was nothing. Known once everything is finished. */
  isEmpty = true
  readonly #top: Directory

  constructor(top: TargetDirectory, parentTree: string | undefined, events: WalkEvents) {
    this.#events = events
    this.#top = this.#begin(undefined, top, { path: top.path, targets: targetsIn(top) }, parentTree)
  }

  /** Jobs that nobody has taken. */
  get waiting(): number {
    return this.#jobs.length
  }

  get isFinished(): boolean {
    return this.#jobs.length === 0 && this.#running === 0
  }

  take(count: number): ReadonlyArray<WalkJob> {
    const taken = this.#jobs.splice(Math.max(0, this.#jobs.length - count))
    this.#running += taken.length
    return taken.reverse()
  }

  /** Takes in what became of a job. */
  accept(done: WalkJob, result: DirectoryResult): void {
    this.#running--
    const { directory, part } = done
    switch (result._tag) {
      case "NotBegun": {
        const { parentTree } = result
        const isLoaded = parentTree !== undefined
        this.#jobs.push({
          ...done,
          job: { ...done.job, parentTree },
          parentTree: isLoaded ? undefined : done.parentTree
        })
        return
      }
      case "Sliced": {
        part.parts = result.slices.map(makePart)
        directory.open += result.slices.length
        const jobs = result.slices.map(({ names, parentTree }, index): WalkJob => {
          const job = { ...done.job, names, parentTree }
          return { job, parentTree: undefined, directory, part: part.parts[index]! }
        })
        this.#jobs.push(...jobs.reverse())
        break
      }
      case "Failed":
        if (result.failure !== undefined) this.#events.onFailure(result.failure)
        this.#close(directory, undefined)
        return
      case "Tree":
        this.#close(directory, result.id)
        return
      case "Nodes":
        part.nodes = Buffer.from(result.nodes.buffer, result.nodes.byteOffset, result.nodes.byteLength)
        part.directories = result.directories
        directory.open += result.directories.length
        for (const found of result.directories.toReversed()) this.#enter(directory, part, found)
    }
    this.#finishOne(directory)
  }

  #enter(directory: Directory, part: Part, found: FoundDirectory): void {
    const parent = { directory, part, found }
    if (found.isLeftEmpty) {
      this.#close({ parent, targets: undefined, content: makePart(), open: 0 }, this.#events.onTree(treeOf(makePart())))
      return
    }
    const node = directory.targets?.children.get(found.name)
    if (node === undefined || node.target !== undefined) {
      this.#begin(parent, undefined, { path: found.path, deviceId: found.deviceId }, found.parentTree)
    } else {
      const job = { path: found.path, targets: targetsIn(node.directory) }
      this.#begin(parent, node.directory, job, found.parentTree)
    }
  }

  #begin(
    parent: Directory["parent"],
    targets: TargetDirectory | undefined,
    job: DirectoryJob,
    parentTree: string | undefined
  ): Directory {
    const content = makePart()
    const directory: Directory = { parent, targets, content, open: 1 }
    this.#jobs.push({ job, parentTree, directory, part: content })
    return directory
  }

  #finishOne(directory: Directory): void {
    directory.open--
    if (directory.open > 0) return
    const parts = leaves(directory.content)
    if (directory === this.#top) this.isEmpty = parts.every((part) => piecesOf(part).length === 0)
    const id = this.#events.onTree(treeOf(directory.content))
    for (const { nodes } of parts) release(nodes)
    this.#close(directory, id)
  }

  /** `undefined`: it is left out of the directory that it is in. */
  #close({ parent }: Directory, id: string | undefined): void {
    if (parent === undefined) {
      this.tree = id
      return
    }
    const { directory, found, part } = parent
    if (id === undefined) part.left.push([found.start, found.end])
    else {
      part.nodes.write(id, found.treeAt, "latin1")
      this.#events.onDirectory(
        found.node === "new" ? "new" : found.node === "same" && found.parentTree === id ? "unmodified" : "changed"
      )
    }
    this.#finishOne(directory)
  }
}
