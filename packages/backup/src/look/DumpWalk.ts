/**
 * Goes through a directory of a snapshot in order and cuts it into windows: as
 * much as is read from the repository at a time.
 *
 * Links come last in their directory, and last of all directories that may be one, such as `D` and `d`. Whoever
 * unpacks the archive then writes nothing below a name after it has become a link.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as BlobType from "../format/BlobType.ts"
import { type Node, nameRefusal } from "../format/Node.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import type { DumpEntry } from "./DumpWriter.ts"

type E = StorageError | RepositoryError

/** A piece of the content of the entry before it, by its entry in the index. */
export interface Piece {
  readonly _tag: "Piece"
  readonly id: string
  readonly entry: number
}

export type Step = { readonly _tag: "Entry"; readonly entry: DumpEntry } | Piece

const windowBytes = 8 * 1024 * 1024
const windowSteps = 2048

interface Link {
  readonly path: Buffer
  readonly node: Node
}

interface Place {
  readonly path: Buffer
  readonly nodes: ReadonlyArray<Node>
  /** Nodes whose name another has before them. */
  readonly twice: ReadonlySet<Node>
  /** Directories that may be one directory where the archive is unpacked. */
  readonly merging: ReadonlySet<Node>
  /** To be written at the end of this directory. */
  readonly links: Array<Link>
  /** Where links go instead: the directory in which this one, or one around it, may be one with another. */
  readonly linksOf: Place | undefined
  linksWritten: number
  next: number
}

const namedTwice = (nodes: ReadonlyArray<Node>): ReadonlySet<Node> => {
  const seen = new Set<string>()
  return new Set(
    nodes.filter(({ name }) => {
      const key = name.toString("latin1")
      const isTaken = seen.has(key)
      seen.add(key)
      return isTaken
    })
  )
}

/** Equal for names that some file system takes for one: letter case, accents, and dots or blanks at the end. */
const foldedName = ({ name }: Node): string =>
  name
    .toString()
    .normalize("NFD")
    .toUpperCase()
    .toLowerCase()
    .replace(/[. ]+$/, "")

const mergingOf = (nodes: ReadonlyArray<Node>): ReadonlySet<Node> => {
  const directories = nodes.filter(({ type }) => type === "dir")
  const counts = new Map<string, number>()
  for (const node of directories) counts.set(foldedName(node), (counts.get(foldedName(node)) ?? 0) + 1)
  return counts.size === directories.length
    ? new Set()
    : new Set(directories.filter((node) => counts.get(foldedName(node)) !== 1))
}

const placeOf = (path: Buffer, nodes: ReadonlyArray<Node>, linksOf?: Place): Place => ({
  path,
  nodes,
  twice: namedTwice(nodes),
  merging: mergingOf(nodes),
  links: [],
  linksOf,
  linksWritten: 0,
  next: 0
})

const slash = Buffer.from("/")

/** Windows takes a backslash for a slash, wherever the archive was made. */
const outwardsOnWindows = ({ name }: Node): string | undefined =>
  name.includes("\\") && /^\\|(^|\\)\.\.(\\|$)/.test(name.toString("latin1"))
    ? "the name leads out of its folder on Windows"
    : undefined

const isKept = (node: Node): boolean => node.type === "file" || node.type === "dir" || node.type === "symlink"

export interface DumpWalk {
  /** The next steps, files before what they hold; none when all is done. */
  readonly next: Effect.Effect<ReadonlyArray<Step>, E>
}

export interface DumpWalkOptions {
  readonly path: Buffer
  readonly nodes: ReadonlyArray<Node>
  /** Hears of what is left out: special files, and names that could lead out of where the archive is unpacked. */
  readonly onSkipped: (path: Buffer, reason: string) => void
}

/** Starts before the first of `nodes`, which lie in the directory `path`. */
export const make = (reader: BlobReader, options: DumpWalkOptions): DumpWalk => {
  const { index } = reader
  const stack: Array<Place> = [placeOf(options.path, options.nodes)]
  let pieces: ReadonlyArray<string> = []
  let nextPiece = 0

  const lookUp = (id: string): Effect.Effect<number, E> => {
    const entry = index.findHex(BlobType.data, id)
    // Fails, and says what is missing.
    return entry >= 0 && index.isPlaced(entry) ? Effect.succeed(entry) : Effect.as(reader.blob("data", id), entry)
  }

  const takePieces = (steps: Array<Step>, bytes: number): Effect.Effect<number, E> =>
    Effect.gen(function* () {
      let size = bytes
      while (nextPiece < pieces.length && size < windowBytes && steps.length < windowSteps) {
        const id = pieces[nextPiece++]!
        const entry = yield* lookUp(id)
        steps.push({ _tag: "Piece", id, entry })
        size += index.plainLengthOf(entry)
      }
      return size
    })

  const takeNode = (place: Place, steps: Array<Step>): Effect.Effect<void, E> =>
    Effect.gen(function* () {
      const node = place.nodes[place.next++]!
      const path = place.path.length === 0 ? node.name : Buffer.concat([place.path, slash, node.name])
      const refusal = !isKept(node)
        ? "archives hold files, directories and symbolic links only"
        : (nameRefusal(node, false) ??
          outwardsOnWindows(node) ??
          (place.twice.has(node) ? "the name is in its directory twice" : undefined))
      if (refusal !== undefined) {
        options.onSkipped(path, refusal)
        return
      }
      if (node.type === "symlink") {
        const holder = place.linksOf ?? place
        holder.links.push({ path, node })
        return
      }
      pieces = node.type === "file" ? (node.content ?? []) : []
      nextPiece = 0
      let size = 0
      for (const id of pieces) size += index.plainLengthOf(yield* lookUp(id))
      steps.push({ _tag: "Entry", entry: { path, node, size } })
      if (node.type === "dir" && node.subtree !== undefined) {
        const linksOf = place.linksOf ?? (place.merging.has(node) ? place : undefined)
        stack.push(placeOf(path, yield* reader.tree(node.subtree), linksOf))
      }
    })

  const next = Effect.gen(function* () {
    const steps: Array<Step> = []
    let bytes = 0
    for (;;) {
      bytes = yield* takePieces(steps, bytes)
      if (bytes >= windowBytes || steps.length >= windowSteps) return steps
      const place = stack.at(-1)
      if (place === undefined) return steps
      const link = place.next < place.nodes.length ? undefined : place.links[place.linksWritten++]
      if (link !== undefined) steps.push({ _tag: "Entry", entry: { ...link, size: 0 } })
      else if (place.next < place.nodes.length) yield* takeNode(place, steps)
      else stack.pop()
    }
  })

  return { next }
}
