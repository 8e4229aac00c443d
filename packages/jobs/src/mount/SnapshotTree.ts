/** Nodes of snapshots by their numbers, loaded as they are looked at. A number is good as long as the process lives. */
import type { Node } from "@ourclone/backup/format/Node"
import { nameRefusal } from "@ourclone/backup/format/Node"
import * as GoTime from "@ourclone/backup/go/GoTime"
import type { BlobReader } from "@ourclone/backup/repository/BlobReader"
import type { Attributes, NodeKind, Owner, Time } from "@ourclone/mount/contract/FileSystem"
import { rootIno } from "@ourclone/mount/contract/FileSystem"
import { Refused } from "@ourclone/mount/contract/Refusal"
import { type Asking, ask } from "./AskStorage.ts"

export interface Entry {
  readonly name: string
  readonly attributes: Attributes
  /** Of a file: its pieces in order. */
  readonly content: ReadonlyArray<string>
  readonly target: string | undefined
  /** Of a directory: the tree that holds its names. */
  readonly tree: string | undefined
}

export interface Top {
  readonly name: string
  readonly tree: string
  readonly time: Time
}

const kinds: { readonly [type: string]: NodeKind } = { file: "file", dir: "directory", symlink: "symlink" }

const timeOf = (text: string): Time => {
  const { nanoseconds = 0, seconds = 0 } = GoTime.read(text) ?? {}
  return { seconds: Math.max(0, seconds), nanoseconds }
}

export interface TreeOptions {
  readonly reader: BlobReader
  /** A tree, or the snapshots that are to be seen beside each other. */
  readonly root: string | ReadonlyArray<Top>
  readonly owner: Owner
  readonly time: Time
  readonly asking: Asking
}

export class SnapshotTree {
  private readonly reader: BlobReader
  private readonly asking: Asking
  private readonly entries = new Map<number, Entry>()
  private readonly children = new Map<number, ReadonlyMap<string, number>>()
  private readonly loading = new Map<number, Promise<ReadonlyMap<string, number> | Refused>>()
  private next = 16
  /** Names that no folder can show, and what is neither file, folder nor link. */
  hidden = 0

  constructor({ asking, owner, reader, root, time }: TreeOptions) {
    this.reader = reader
    this.asking = asking
    const top = this.directory(rootIno, "", typeof root === "string" ? root : undefined, owner, time)
    this.entries.set(rootIno, top)
    if (typeof root === "string") return
    const names = new Map<string, number>()
    for (const snapshot of root) {
      const ino = this.next++
      this.entries.set(ino, this.directory(ino, snapshot.name, snapshot.tree, owner, snapshot.time))
      names.set(snapshot.name, ino)
    }
    this.children.set(rootIno, names)
  }

  private directory(ino: number, name: string, tree: string | undefined, { gid, uid }: Owner, time: Time): Entry {
    return {
      name,
      content: [],
      target: undefined,
      tree,
      attributes: {
        ino,
        kind: "directory",
        size: 0,
        mode: 0o755,
        uid,
        gid,
        links: 1,
        modified: time,
        changed: time,
        generation: 1
      }
    }
  }

  get(ino: number): Entry | undefined {
    return this.entries.get(ino)
  }

  /** By name, in the order of numbers. */
  names(ino: number): ReadonlyMap<string, number> | Refused | Promise<ReadonlyMap<string, number> | Refused> {
    const known = this.children.get(ino) ?? this.loading.get(ino)
    if (known !== undefined) return known
    const entry = this.entries.get(ino)
    if (entry === undefined) return new Refused("NotFound")
    if (entry.tree === undefined) return new Refused("NotDirectory")
    const loading = ask(this.asking, "ListingFailed", this.reader.tree(entry.tree))
      .then((nodes) => (nodes instanceof Refused ? nodes : this.take(ino, nodes)))
      .finally(() => this.loading.delete(ino))
    this.loading.set(ino, loading)
    return loading
  }

  private take(parent: number, nodes: ReadonlyArray<Node>): ReadonlyMap<string, number> {
    const names = new Map<string, number>()
    for (const node of nodes) {
      const name = node.name.toString()
      const kind = kinds[node.type]
      if (kind === undefined || nameRefusal(node) !== undefined || names.has(name)) {
        this.hidden++
        continue
      }
      const ino = this.next++
      names.set(name, ino)
      this.entries.set(ino, this.entry(ino, name, kind, node))
    }
    this.children.set(parent, names)
    return names
  }

  private entry(ino: number, name: string, kind: NodeKind, node: Node): Entry {
    const target = kind === "symlink" ? node.linkTarget : undefined
    return {
      name,
      content: node.content ?? [],
      target,
      tree: node.subtree,
      attributes: {
        ino,
        kind,
        size: kind === "file" ? node.size : Buffer.byteLength(target ?? ""),
        mode: node.mode & 0o777,
        uid: node.uid,
        gid: node.gid,
        links: 1,
        modified: timeOf(node.mtime),
        changed: timeOf(node.ctime),
        generation: 1
      }
    }
  }
}
