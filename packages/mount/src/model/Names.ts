/** Names: each operation reads and decides, then changes tree and queue in one transaction. */
import { refusal as pathRefusal } from "@ourclone/core/contract/RemotePath"
import { isStorageError } from "@ourclone/core/contract/StorageError"
import type { Attributes, FileSystem, ListedPage, NodeKind, Opened, Owner } from "../contract/FileSystem.ts"
import { rootIno } from "../contract/FileSystem.ts"
import { isRefused, Refused } from "../contract/Refusal.ts"
import { ofStorageError } from "../contract/StorageRefusal.ts"
import { isUnfinished } from "../contract/UnfinishedName.ts"
import { commit } from "../queue/Commit.ts"
import { ListAhead } from "../queue/ListAhead.ts"
import type { Relist } from "../queue/Relist.ts"
import type { Sender } from "../queue/Sender.ts"
import type { World } from "../queue/World.ts"
import { type NewNode, type Node, timeOf } from "../tree/Node.ts"
import type { Bytes } from "./Bytes.ts"
import type { Saving } from "./Saving.ts"
import { type Answer, onceKnown, type Soon } from "./Soon.ts"

/** Bytes of UTF-8. */
export const longestName = 255
const isTooLong = (name: string): boolean => Buffer.byteLength(name) > longestName
/** What names do is told to the storage a little later, as programs often undo it at once. */
const nameDelay = 1_000

const refuse = (refusal: Refused["refusal"], message?: string) => new Refused(refusal, message)

export class Names {
  private readonly world: World
  private readonly relist: Relist
  private readonly ahead: ListAhead
  private readonly sender: Sender
  private readonly saving: Saving
  private readonly bytes: Bytes

  constructor(world: World, relist: Relist, sender: Sender, saving: Saving, bytes: Bytes) {
    this.world = world
    this.relist = relist
    this.ahead = new ListAhead(world, relist)
    this.sender = sender
    this.saving = saving
    this.bytes = bytes
  }

  private attributes(node: Node): Attributes {
    return this.world.tree.attributes(node)
  }

  private commit<A>(work: () => A): A {
    const result = commit(this.world, work)
    this.sender.wake()
    return result
  }

  private get due(): number {
    const { now, uploadDelay } = this.world.settings
    return now() + Math.min(nameDelay, uploadDelay)
  }

  private directory(ino: number): Answer<Node> {
    const node = this.world.tree.get(ino)
    if (node === undefined) return refuse("NotFound")
    return node.kind === "directory" ? node : refuse("NotDirectory")
  }

  /** The directory, once its names are known and young enough. */
  private fresh(ino: number): Soon<Node> {
    const node = this.directory(ino)
    if (isRefused(node)) return node
    const known = this.relist.fresh(node)
    return known === true ? node : onceKnown(known, () => this.directory(ino))
  }

  /** `fresh` of a directory that a program begins to read. */
  private begun(ino: number): Soon<Node> {
    const known = this.fresh(ino)
    const node = this.directory(ino)
    if (!isRefused(node)) this.ahead.read(node)
    return known
  }

  private child(parent: number, name: string): Soon<Node> {
    return onceKnown(this.fresh(parent), () => {
      // Another client may have made a longer one than can be made here.
      return this.world.tree.child(parent, name) ?? refuse(isTooLong(name) ? "NameTooLong" : "NotFound")
    })
  }

  readonly lookup: FileSystem["lookup"] = (parent, name) =>
    onceKnown(this.child(parent, name), (node) => this.attributes(node))

  /** The node, once what another client did to it is seen. */
  current(ino: number): Soon<Node> {
    const node = this.world.tree.get(ino)
    if (node === undefined) return refuse("NotFound")
    if (node.parent === undefined) return node
    return onceKnown(this.fresh(node.parent), () => this.world.tree.get(ino) ?? refuse("NotFound"))
  }

  readonly readDirectory: FileSystem["readDirectory"] = (ino, after, most) =>
    onceKnown(after === 0 ? this.begun(ino) : this.directory(ino), (): ListedPage => {
      const nodes = this.world.tree.children(ino, after, most + 1)
      const shown = nodes.slice(0, most).map((node) => ({ name: node.name ?? "", attributes: this.attributes(node) }))
      return { nodes: shown, isLast: nodes.length <= most }
    })

  /** The directory in which a name is free. */
  private free(parent: number, name: string, mayBeUnfinished = false): Soon<Node> {
    if (this.world.settings.isReadOnly) return refuse("ReadOnly")
    if (isTooLong(name)) return refuse("NameTooLong")
    const bad =
      name === "" || name.includes("/")
        ? "it is empty or holds a slash"
        : isUnfinished(name) && !mayBeUnfinished
          ? "it is the name of an upload that is under way"
          : pathRefusal(name)
    if (bad !== undefined) {
      this.world.settings.note("NameRefused", `${JSON.stringify(name)} can not be a name: ${bad}`)
      return refuse("BadName", bad)
    }
    return onceKnown(this.fresh(parent), (directory) => {
      if (directory.parent === undefined && directory.ino !== rootIno) return refuse("NotFound")
      return this.world.tree.child(parent, name) === undefined ? directory : refuse("AlreadyExists")
    })
  }

  private add(
    directory: Node,
    name: string,
    kind: NodeKind,
    mode: number,
    by: Owner,
    { content, target }: { readonly content?: number; readonly target?: string } = {}
  ): Node {
    const { queue, settings, tree } = this.world
    const time = timeOf(settings.now())
    const fields: NewNode = {
      parent: directory.ino,
      name,
      kind,
      size: target === undefined ? 0 : Buffer.byteLength(target),
      mode: mode & 0o7777,
      uid: by.uid,
      gid: by.gid,
      modified: time,
      changed: time,
      generation: 1,
      target,
      remote: undefined,
      seen: undefined,
      content,
      isDirty: true,
      listedAt: 0
    }
    const node = tree.add(fields)
    queue.want(node.ino, kind === "file" ? settings.now() + settings.uploadDelay : this.due)
    this.touch(directory)
    return node
  }

  private touch(directory: Node): void {
    directory.modified = timeOf(this.world.settings.now())
    directory.changed = directory.modified
    this.world.tree.save(directory)
  }

  readonly create: FileSystem["create"] = (parent, name, mode, owner, open) =>
    onceKnown(this.free(parent, name, open.isUnfinished), (directory): Answer<Opened> => {
      const node = this.commit(() => {
        const { id } = this.world.contents.create(undefined)
        return this.add(directory, name, "file", mode, owner, { content: id })
      })
      return this.bytes.opened(node, open)
    })

  readonly makeDirectory: FileSystem["makeDirectory"] = (parent, name, mode, owner) =>
    onceKnown(this.free(parent, name), (directory) =>
      this.attributes(this.commit(() => this.add(directory, name, "directory", mode, owner)))
    )

  readonly makeLink: FileSystem["makeLink"] = (parent, name, target, owner) => {
    if (!this.world.provider.capabilities.keepsMetadata) {
      return refuse("NotPermitted", `${this.world.provider.name} keeps nothing that tells a link from a file`)
    }
    return onceKnown(this.free(parent, name), (directory) =>
      this.attributes(this.commit(() => this.add(directory, name, "symlink", 0o777, owner, { target })))
    )
  }

  readonly readLink: FileSystem["readLink"] = (ino) => {
    const node = this.world.tree.get(ino)
    if (node === undefined) return refuse("NotFound")
    if (node.kind !== "symlink") return refuse("WrongKind")
    return node.target ?? this.fetchTarget(node)
  }

  private async fetchTarget(node: Node): Promise<Answer<string>> {
    const { provider, tree } = this.world
    if (node.seen === undefined || node.seen.size > 4_096) return refuse("Failed", "the link has no target")
    try {
      const target = Buffer.from(await this.world.run(provider.readAll(node.seen))).toString()
      node.target = target
      if (tree.get(node.ino) === node) tree.save(node)
      return target
    } catch (error) {
      return isStorageError(error) ? ofStorageError(error) : refuse("Failed", String(error))
    }
  }

  /** Takes the name of a node. What the storage has of it goes, unless something new takes its place. */
  private detach(node: Node): void {
    const { queue, tree } = this.world
    if (node.remote !== undefined) {
      queue.bury(node.kind === "directory" ? "removeDirectory" : "removeFile", node.remote, node.seen, this.due)
    }
    this.saving.forget(node)
    const parent = node.parent === undefined ? undefined : tree.get(node.parent)
    this.relist.detach(node)
    if (parent !== undefined) this.touch(parent)
  }

  readonly unlink: FileSystem["unlink"] = (parent, name) =>
    onceKnown(this.child(parent, name), (node) => {
      if (this.world.settings.isReadOnly) return refuse("ReadOnly")
      if (node.kind === "directory") return refuse("IsDirectory")
      this.commit(() => this.detach(node))
      this.bytes.roomMade()
      return undefined
    })

  readonly removeDirectory: FileSystem["removeDirectory"] = (parent, name) =>
    onceKnown(this.child(parent, name), (node) => {
      if (this.world.settings.isReadOnly) return refuse("ReadOnly")
      if (node.kind !== "directory") return refuse("NotDirectory")
      return onceKnown(this.fresh(node.ino), () => {
        if (this.world.tree.hasChildren(node.ino)) return refuse("NotEmpty")
        return this.commit(() => this.detach(node))
      })
    })

  readonly rename: FileSystem["rename"] = (parent, name, toParent, toName, how) =>
    onceKnown(this.child(parent, name), (node) =>
      onceKnown(this.target(toParent, toName), (target) => {
        if (target === undefined || target.kind !== "directory")
          return this.renameNow(node, target, toParent, toName, how)
        return onceKnown(this.fresh(target.ino), () => this.renameNow(node, target, toParent, toName, how))
      })
    )

  private target(parent: number, name: string): Soon<Node | undefined> {
    const free = this.free(parent, name)
    const settle = (answer: Answer<Node>): Answer<Node | undefined> => {
      if (!isRefused(answer)) return undefined
      return answer.refusal === "AlreadyExists" ? this.world.tree.child(parent, name) : answer
    }
    return free instanceof Promise ? free.then(settle) : settle(free)
  }

  private renameNow(
    node: Node,
    target: Node | undefined,
    toParent: number,
    toName: string,
    how: "replace" | "keep" | "exchange"
  ): Answer<void> {
    const { tree } = this.world
    const [from, to] = [node.parent === undefined ? undefined : tree.get(node.parent), tree.get(toParent)]
    if (from === undefined || to === undefined || node.name === undefined) return refuse("NotFound")
    if (target === node) return how === "keep" ? refuse("AlreadyExists") : undefined
    if (node.kind === "directory" && tree.isInside(toParent, node.ino)) return refuse("IntoItself")
    if (how === "exchange") {
      if (target === undefined) return refuse("NotFound")
      if (target.kind === "directory" && tree.isInside(from.ino, target.ino)) return refuse("IntoItself")
      return this.commit(() => this.exchange(node, target))
    }
    if (target !== undefined) {
      if (how === "keep") return refuse("AlreadyExists")
      if (target.kind === "directory" && node.kind !== "directory") return refuse("IsDirectory")
      if (target.kind !== "directory" && node.kind === "directory") return refuse("NotDirectory")
      if (tree.hasChildren(target.ino)) return refuse("NotEmpty")
    }
    return this.commit(() => {
      if (target !== undefined) this.detach(target)
      this.place(node, to.ino, toName)
      this.touch(from)
      if (from !== to) this.touch(to)
    })
  }

  private exchange(node: Node, target: Node): void {
    const { tree } = this.world
    const [a, b] = [
      { parent: node.parent!, name: node.name! },
      { parent: target.parent!, name: target.name! }
    ]
    // Two rows can not have one name, not even within a transaction.
    target.name = undefined
    tree.save(target)
    this.place(node, b.parent, b.name)
    this.place(target, a.parent, a.name)
    for (const parent of new Set([a.parent, b.parent])) this.touch(tree.get(parent)!)
  }

  private place(node: Node, parent: number, name: string): void {
    const { queue, tree } = this.world
    node.parent = parent
    node.name = name
    node.changed = timeOf(this.world.settings.now())
    // What was never sent, and is not dirty, does not exist.
    if (!node.isDirty || node.kind === "directory") queue.want(node.ino, this.due)
    else queue.changed(node.ino)
    node.isDirty = true
    tree.save(node)
  }
}
