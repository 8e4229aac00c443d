/** Names and nodes. Rows are the truth, and a number of nodes is kept in memory; a node that is open or unsaved always is. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { type Attributes, rootIno } from "../contract/FileSystem.ts"
import type { Journal, Row } from "../journal/Journal.ts"
import {
  attributesOf,
  columns,
  type NewNode,
  type Node,
  ofRow,
  placeOf,
  stateColumns,
  stateOf,
  valuesOf
} from "./Node.ts"

/** Nodes in memory, some 500 bytes each. */
const mostKept = 50_000
/** Directories in one, whose number is looked at each time that somebody asks. */
const mostCounted = 256

const marks = columns.replace(/[^,]+/g, "?")
const assignments = stateColumns.replace(/\w+/g, "$& = ?")

export class Tree {
  private readonly journal: Journal
  private readonly nodes = new Map<number, Node>()
  /** Directories in one, as they were counted since any of them was made, moved or removed. */
  private readonly counts = new Map<number, number>()

  constructor(journal: Journal) {
    this.journal = journal
  }

  private keep(row: Row): Node {
    const known = this.nodes.get(Number(row.ino))
    if (known !== undefined) return known
    const node = ofRow(row)
    this.nodes.set(node.ino, node)
    if (this.nodes.size > mostKept) this.thin()
    return node
  }

  private thin(): void {
    let over = this.nodes.size - mostKept * 0.8
    for (const [ino, node] of this.nodes) {
      if (over-- <= 0) return
      if (node.opens === 0 && !node.isUnsaved) this.nodes.delete(ino)
    }
  }

  /** After a transaction that failed, what is in memory may be wrong. What is used is as its row says, but for what was written since. */
  forget(): void {
    this.counts.clear()
    for (const [ino, node] of this.nodes) {
      if (node.opens === 0 && !node.isUnsaved) this.nodes.delete(ino)
      else this.restore(node)
    }
  }

  private restore(node: Node): void {
    const row = this.journal.first("select * from node where ino = ?", node.ino)
    if (row === undefined) return
    const { content, isDirty, listedAt, name, parent, remote, seen } = ofRow(row)
    Object.assign(node, { content, isDirty, listedAt, name, parent, remote, seen })
  }

  get(ino: number): Node | undefined {
    const known = this.nodes.get(ino)
    if (known !== undefined) return known
    const row = this.journal.first("select * from node where ino = ?", ino)
    return row === undefined ? undefined : this.keep(row)
  }

  child(parent: number, name: string): Node | undefined {
    const row = this.journal.first("select * from node where parent = ? and name = ?", parent, name)
    return row === undefined ? undefined : this.keep(row)
  }

  /** In the order of numbers, above `after`. */
  children(parent: number, after: number, most: number): ReadonlyArray<Node> {
    // Of most directories that are read the nodes are in memory: an index gives their numbers for a tenth of the price.
    return this.journal
      .numbers("select ino from node where parent = ? and ino > ? order by ino limit ?", parent, after, most)
      .map((ino) => this.get(ino)!)
  }

  attributes(node: Node): Attributes {
    return attributesOf(node, this.links(node))
  }

  private links(node: Node): number {
    if (node.parent === undefined && node.ino !== rootIno) return 0
    if (node.kind !== "directory" || (node.remote !== undefined && node.listedAt === 0)) return 1
    const directories = this.counts.get(node.ino) ?? this.count(node.ino)
    return directories < mostCounted ? 2 + directories : 1
  }

  private count(parent: number): number {
    const sql = "select count(*) from (select 1 from node where parent = ? and kind = 1 limit ?)"
    const directories = this.journal.numbers(sql, parent, mostCounted)[0]!
    if (this.counts.size >= mostKept) this.counts.clear()
    this.counts.set(parent, directories)
    return directories
  }

  hasChildren(parent: number): boolean {
    return this.journal.first("select 1 from node where parent = ? limit 1", parent) !== undefined
  }

  /** Where it is to be in the storage; undefined of a node that has no name, or lies below one. */
  path(node: Node): RemotePath.RemotePath | undefined {
    const names: Array<string> = []
    let at: Node | undefined = node
    while (at !== undefined && at.ino !== rootIno) {
      if (at.parent === undefined || at.name === undefined) return undefined
      names.push(at.name)
      at = this.get(at.parent)
    }
    return at === undefined ? undefined : RemotePath.makeUnsafe(names.reverse().join("/"))
  }

  /** The node at a path, as far as names are known. */
  at(path: string): Node | undefined {
    let node = this.get(rootIno)
    for (const name of path === "" ? [] : path.split("/")) {
      if (node === undefined) return undefined
      node = this.child(node.ino, name)
    }
    return node
  }

  isInside(ino: number, above: number): boolean {
    for (let at = this.get(ino); at !== undefined; at = at.parent === undefined ? undefined : this.get(at.parent)) {
      if (at.ino === above) return true
    }
    return false
  }

  add(fields: NewNode, ino?: number): Node {
    const values = valuesOf(fields)
    const number =
      ino === undefined
        ? this.journal.insert(`insert into node (${columns}) values (${marks})`, ...values)
        : this.journal.insert(`insert into node (ino, ${columns}) values (?, ${marks})`, ino, ...values)
    return this.added(fields, number)
  }

  /** Adds nothing, and says so, where another has the name. */
  addWhereFree(fields: NewNode): boolean {
    const number = this.journal.insertOrNot(
      `insert into node (${columns}) values (${marks}) on conflict (parent, name) do nothing`,
      ...valuesOf(fields)
    )
    if (number === undefined) return false
    this.added(fields, number)
    return true
  }

  private added(fields: NewNode, ino: number): Node {
    const node: Node = { ...fields, ino, opens: 0, isUnsaved: false, settledAt: 0, openedAt: -1, writers: 0 }
    this.nodes.set(ino, node)
    if (this.nodes.size > mostKept) this.thin()
    if (node.kind === "directory") this.counts.clear()
    return node
  }

  save(node: Node): void {
    this.journal.run(`update node set ${assignments} where ino = ?`, ...stateOf(node), node.ino)
    // Writing what an index is made of, though it be as it was, changes every index.
    const placed = this.journal.run(
      "update node set parent = ?1, name = ?2, remote = ?3 where ino = ?4 and (parent is not ?1 or name is not ?2 or remote is not ?3)",
      ...placeOf(node),
      node.ino
    )
    if (placed > 0 && node.kind === "directory") this.counts.clear()
    if (!node.isUnsaved) return
    node.isUnsaved = false
    this.journal.orElse(() => {
      node.isUnsaved = true
    })
  }

  /** The node is no more; its number is not given again. */
  remove(node: Node): void {
    this.journal.run("delete from node where ino = ?", node.ino)
    this.journal.run("delete from property where ino = ?", node.ino)
    this.nodes.delete(node.ino)
    if (node.kind === "directory") this.counts.clear()
  }
}
