/** A file, directory or link as the tree knows it. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Attributes, NodeKind, Time } from "../contract/FileSystem.ts"
import type { Row, Value } from "../journal/Journal.ts"

export interface Node {
  readonly ino: number
  readonly kind: NodeKind
  /** Undefined of a node without a name, which lives while it is open, and of the root. */
  parent: number | undefined
  name: string | undefined
  size: number
  mode: number
  uid: number
  gid: number
  modified: Time
  changed: Time
  generation: number
  target: string | undefined
  /** Where the storage has it; undefined where it has nothing of it. */
  remote: string | undefined
  /** What the storage had there when it was last seen or sent; never of a directory. */
  seen: File | undefined
  /** In the cache. */
  content: number | undefined
  /** The storage has to learn something of it; a row of the queue says so too. */
  isDirty: boolean
  /** Of a directory: when the listing began that gave its names, in milliseconds; 0 where there was none. */
  listedAt: number

  /** Not kept: handles on it. */
  opens: number
  /** Not kept: attributes changed and not saved. */
  isUnsaved: boolean
  /** Not kept: when it last changed here or was sent. A listing that began before says nothing of it. */
  settledAt: number
  /** Not kept: `generation` at the last open. */
  openedAt: number
  /** Not kept: handles that write. */
  writers: number
}

export type NewNode = Omit<Node, "ino" | "opens" | "isUnsaved" | "settledAt" | "openedAt" | "writers">

const kinds: ReadonlyArray<NodeKind> = ["file", "directory", "symlink"]

export const ofRow = (row: Row): Node => ({
  ino: Number(row.ino),
  kind: kinds[Number(row.kind)]!,
  parent: row.parent === null ? undefined : Number(row.parent),
  name: row.name === null ? undefined : String(row.name),
  size: Number(row.size),
  mode: Number(row.mode),
  uid: Number(row.uid),
  gid: Number(row.gid),
  modified: { seconds: Number(row.mtime), nanoseconds: Number(row.mtimeNs) },
  changed: { seconds: Number(row.ctime), nanoseconds: Number(row.ctimeNs) },
  generation: Number(row.generation),
  target: row.target === null ? undefined : String(row.target),
  remote: row.remote === null ? undefined : String(row.remote),
  seen: row.seen === null ? undefined : (JSON.parse(String(row.seen)) as File),
  content: row.content === null ? undefined : Number(row.content),
  isDirty: row.isDirty === 1,
  listedAt: Number(row.listedAt),
  opens: 0,
  isUnsaved: false,
  settledAt: 0,
  openedAt: -1,
  writers: 0
})

/** What indexes are made of: where a node is, here and in the storage. The kind never changes. */
const placeColumns = "parent, name, remote, kind"
export const stateColumns =
  "size, mode, uid, gid, mtime, mtimeNs, ctime, ctimeNs, generation, target, seen, content, isDirty, listedAt"
export const columns = `${placeColumns}, ${stateColumns}`

export const placeOf = ({ name, parent, remote }: NewNode): readonly [parent: Value, name: Value, remote: Value] => [
  parent ?? null,
  name ?? null,
  remote ?? null
]

/** In the order of `stateColumns`. */
export const stateOf = (node: NewNode): ReadonlyArray<Value> => [
  node.size,
  node.mode,
  node.uid,
  node.gid,
  node.modified.seconds,
  node.modified.nanoseconds,
  node.changed.seconds,
  node.changed.nanoseconds,
  node.generation,
  node.target ?? null,
  node.seen === undefined ? null : JSON.stringify(node.seen),
  node.content ?? null,
  node.isDirty ? 1 : 0,
  node.listedAt
]

/** In the order of `columns`. */
export const valuesOf = (node: NewNode): ReadonlyArray<Value> => [
  ...placeOf(node),
  kinds.indexOf(node.kind),
  ...stateOf(node)
]

export const attributesOf = (node: Node, links: number): Attributes => ({
  ino: node.ino,
  kind: node.kind,
  size: node.kind === "directory" ? 0 : node.size,
  mode: node.mode,
  uid: node.uid,
  gid: node.gid,
  links,
  modified: node.modified,
  changed: node.changed,
  generation: node.generation
})

export const timeOf = (millis: number): Time => {
  const seconds = Math.floor(millis / 1000)
  return { seconds, nanoseconds: Math.round((millis - seconds * 1000) * 1_000_000) }
}

export const millisOf = ({ nanoseconds, seconds }: Time): number => seconds * 1000 + Math.floor(nanoseconds / 1_000_000)
