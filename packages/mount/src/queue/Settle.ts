/**
 * Makes the storage agree with the tree, one row of the queue at a time: compares what is wanted with what is there, and
 * does the one next thing.
 */
import { createHash } from "node:crypto"
import type { File } from "@ourclone/core/contract/Entry"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { isStorageError } from "@ourclone/core/contract/StorageError"
import type { Content } from "../cache/Content.ts"
import { Ranges } from "../cache/Ranges.ts"
import { isUnfinished } from "../contract/UnfinishedName.ts"
import { millisOf, type Node, timeOf } from "../tree/Node.ts"
import { commit } from "./Commit.ts"
import { contentOf } from "./ContentOf.ts"
import { Holders } from "./Holders.ts"
import { moved } from "./Moved.ts"
import type { QueueRow } from "./Queue.ts"
import type { Relist } from "./Relist.ts"
import { Removals } from "./Removals.ts"
import { orNothing, pause } from "./Run.ts"
import { haveSameBytes, isSameVersion } from "./Same.ts"
import type { Settled } from "./Settled.ts"
import {
  attributesDiffer,
  dressed,
  dropCutOff,
  isOvertaken,
  type Look,
  lookAfter,
  lookBefore,
  type Sent,
  send,
  sendingOf,
  sendLink,
  tellsReplaced
} from "./Storing.ts"
import type { World } from "./World.ts"

const slice = 1_000

/** Whether a content is not what the storage has as `seen`: it was written to, or has become a copy of another file. */
const isOther = (content: Content, seen: File): boolean => content.isChanged || !isSameVersion(content.base, seen)

export class Settle {
  private readonly world: World
  private readonly relist: Relist
  private readonly removals: Removals
  private readonly holders: Holders
  /** Paths that the storage is being told something of: one thing at a time each, as the last to come would stay. */
  private readonly taken = new Set<string>()
  /** It is known of a node what the storage has of it, also of what a process before began; the rest may take long. */
  onLooked: (ino: number) => void = () => {}

  constructor(world: World, relist: Relist) {
    this.world = world
    this.relist = relist
    this.holders = new Holders(world)
    this.removals = new Removals(world, relist, this.holders)
  }

  async row(row: QueueRow): Promise<Settled> {
    if (row.kind === "node") {
      const settled = await this.node(row)
      if (settled === "done" || settled === "noted") await dropCutOff(this.world, row.ino ?? 0)
      return settled
    }
    return this.alone(row.path ?? "", () =>
      row.kind === "removeFile" ? this.removals.file(row) : this.removals.directory(row)
    )
  }

  private async alone(path: string, work: () => Promise<Settled>): Promise<Settled> {
    if (this.taken.has(path)) return "wait"
    this.taken.add(path)
    try {
      return await work()
    } finally {
      this.taken.delete(path)
    }
  }

  private async node(row: QueueRow): Promise<Settled> {
    const { tree } = this.world
    const node = tree.get(row.ino ?? 0)
    const path = node === undefined ? undefined : tree.path(node)
    if (node === undefined || path === undefined || isUnfinished(node.name ?? "")) return "done"
    for (const begun of this.world.begun.pathsOf(node.ino)) {
      if (begun === path) continue
      if ((await this.alone(begun, () => this.resolve(node, RemotePath.makeUnsafe(begun)))) === "wait") return "wait"
    }
    if (tree.path(node) !== path) return "again"
    return this.alone(path, () => this.nodeAt(row, node, path))
  }

  private async nodeAt(row: QueueRow, node: Node, path: RemotePath.RemotePath): Promise<Settled> {
    if (node.kind === "directory") return this.directory(row, node, path)
    const isCached = node.kind === "file" && node.content !== undefined
    const content = isCached ? this.world.contents.get(node.content ?? 0) : undefined
    if (node.seen === undefined || (content !== undefined && isOther(content, node.seen))) {
      return this.store(row, node, path)
    }
    if (node.remote !== path) return this.move(node, path)
    const { metadata, time } = attributesDiffer(this.world, node)
    if (!metadata && !time) return "done"
    const { setMetadata, touch } = this.world.provider
    if ((metadata ? setMetadata : touch) !== undefined) return this.dress(node, node.seen)
    return this.store(row, node, path)
  }

  /** The node has another name than what was begun at `path`, whose end nobody noted: it may have come there. */
  private async resolve(node: Node, path: RemotePath.RemotePath): Promise<Settled> {
    const { begun, provider, queue, settings, tree } = this.world
    const kind = node.kind === "directory" ? "removeDirectory" : "removeFile"
    const current = kind === "removeFile" ? await orNothing(this.world.run, provider.stat(path)) : undefined
    const isMoved = current !== undefined && (await this.isMoved(node, current))
    if (isMoved) await this.relist.implied.around(node.remote ?? "", () => Promise.resolve())
    const isOurs = current !== undefined && begun.at(path).some((file) => haveSameBytes(file, current))
    commit(this.world, () => {
      if (tree.get(node.ino) !== node) return
      if (isMoved) return this.cameTo(node, path, current)
      if (node.remote !== path) {
        begun.leave(node.ino, path)
        const other = tree.at(path)
        if (other?.remote !== path) queue.bury(kind, path, undefined, settings.now())
        else if (isOurs && !isSameVersion(other.seen, current)) this.holders.displace(other)
        return
      }
      const isOther = isOurs && !this.cameOf(node, path, current) && !isSameVersion(node.seen, current)
      if (isOther) return this.holders.displace(node)
      begun.over(path)
      if (isOurs) this.adopt(node, current)
    })
    return "again"
  }

  /** Whether it is what was stored for this very node, of a try whose end was not noted. */
  private cameOf({ ino }: Node, path: string, current: File): boolean {
    return this.world.begun.of(ino, path).some((file) => haveSameBytes(file, current))
  }

  /** Its own older bytes were replaced there by `current`. What was edited since is marked, the rest is the same. */
  private adopt(node: Node, current: File): void {
    const { contents, tree } = this.world
    const content = node.kind === "file" && node.content !== undefined ? contents.get(node.content) : undefined
    if (content?.base !== undefined && isSameVersion(content.base, node.seen)) content.base = current
    if (content !== undefined) {
      content.isUnsaved = true
      contents.save(content)
    }
    node.seen = current
    tree.save(node)
  }

  /** What the storage has of the node has that name there, as nobody heard. */
  private cameTo(node: Node, path: RemotePath.RemotePath, current: File): void {
    this.world.begun.over(path)
    this.holders.rebase(node, current)
    node.remote = path
    node.seen = current
    this.world.tree.save(node)
  }

  /** Where the storage gives a file another name at once, what came there is no longer where it was. */
  private async isMoved({ remote, seen }: Node, current: File): Promise<boolean> {
    const { provider } = this.world
    if (provider.move === undefined || remote === undefined || remote === current.path) return false
    if (seen === undefined || !haveSameBytes(current, seen)) return false
    return (await orNothing(this.world.run, provider.stat(RemotePath.makeUnsafe(remote)))) === undefined
  }

  /**
   * What is about to be stored for the node, as far as it tells itself from others: bytes of ours, or the ones it had.
   * False where the node has left the path meanwhile.
   */
  private begin(node: Node, path: RemotePath.RemotePath, sized: { readonly size: number }, moved?: File) {
    const { begun, tree } = this.world
    return begun.note(node.ino, () => {
      if (tree.get(node.ino) !== node || tree.path(node) !== path) return undefined
      const modifiedAt = moved?.modifiedAt ?? millisOf(node.modified)
      return { _tag: "File", path, size: sized.size, modifiedAt, checksums: moved?.checksums ?? {} }
    })
  }

  private async store(row: QueueRow, node: Node, path: RemotePath.RemotePath): Promise<Settled> {
    const { begun, contents, queue, settings, tree } = this.world
    const wish = queue.wish(row)
    if (!(await this.holders.isFree(node, path))) return "wait"
    if (node.kind === "symlink") return this.storeLink(node, path)
    const content = contentOf(this.world, node)
    contents.use(content)
    content.since = new Ranges()
    const { generation } = node
    try {
      const expected = this.holders.expected(node, path)
      const isOurs = (file: File) => begun.isAt(path) && this.isOurs(node, content, file)
      const earlier = begun.at(path)
      const { current, isEarlier, stored } = await this.look(path, content, expected, isOurs)
      const isReplaced = current !== undefined && isEarlier === true && this.cameOf(node, path, current)
      if (isReplaced && (await this.isMoved(node, current))) {
        commit(this.world, () => {
          if (tree.get(node.ino) === node && node.remote !== path) this.cameTo(node, path, current)
        })
        return "again"
      }
      if (isReplaced && expected !== undefined && node.seen === expected) {
        // The storage need not have any more what the rest of its bytes was to come from.
        commit(this.world, () => {
          if (node.remote === path && node.seen === expected) this.adopt(node, current)
        })
        return "again"
      }
      if (stored === undefined) this.onLooked(node.ino)
      if (!(await this.begin(node, path, content))) return "again"
      const sending = sendingOf(this.world, node, content, path)
      const file = stored ?? (await send(this.world, content, sending, path, current))
      await lookAfter(this.world, path, file, stored === undefined ? current : expected, earlier)
      const isAll = commit(this.world, () => {
        this.noteStored(node, content, file, path)
        return queue.wish(row) === wish && this.isAsStored(node, content, path) && this.finish(row, node)
      })
      settings.at("settle.noted")
      if (isAll) return "noted"
      return node.generation === generation ? "again" : "wait"
    } catch (error) {
      if (isOvertaken(error)) return "again"
      if (!this.isBaseGone(error, content)) throw error
      commit(this.world, () => {
        content.own()
        contents.save(content)
      })
      return "again"
    } finally {
      content.since = undefined
      contents.leave(content)
    }
  }

  /** What is known of what stands at `path`. Looked at where something may have come there, or the storage would not tell. */
  private look(
    path: RemotePath.RemotePath,
    sent: Sent,
    expected: File | undefined,
    isOurs: (file: File) => boolean | Promise<boolean>
  ): Promise<Look> {
    const isSure = !this.world.begun.isAt(path) && tellsReplaced(this.world, sent, expected)
    return isSure ? Promise.resolve({ current: expected }) : lookBefore(this.world, path, expected, isOurs)
  }

  /** The version that parts were to be copied from is no more, and all of its bytes are here. */
  private isBaseGone(error: unknown, content: Content): boolean {
    const isGone = isStorageError(error) && error.reason._tag === "NotFound"
    return isGone && content.base !== undefined && content.missing(0, content.size).length === 0
  }

  private async isOurs(node: Node, content: Content, file: File): Promise<boolean> {
    const { sha1 } = file.checksums
    const ours = { ...file, size: content.size, modifiedAt: millisOf(node.modified), checksums: {} }
    if (!haveSameBytes(file, ours)) return false
    if (sha1 === undefined || content.missing(0, content.size).length > 0) return true
    const hash = createHash("sha1")
    const bytes = Buffer.alloc(1024 * 1024)
    for (let at = 0; at < content.size; at += bytes.length) {
      hash.update(bytes.subarray(0, content.read(at, bytes)))
      await pause()
    }
    return hash.digest("hex") === sha1
  }

  private noteStored(node: Node, content: Content | undefined, file: File, path: string): void {
    const { contents, queue, settings, tree } = this.world
    const now = settings.now()
    content?.settle(file)
    if (content !== undefined && content.size <= 64 * 1024 * 1024 && !content.isChanged) content.sum()
    if (content !== undefined) contents.save(content)
    const isNamed = tree.get(node.ino) === node && tree.path(node) !== undefined
    this.holders.occupy(node, path)
    if (!isNamed) {
      queue.bury("removeFile", path, file, now)
      return
    }
    if (node.remote !== undefined && node.remote !== path) queue.bury("removeFile", node.remote, node.seen, now)
    node.remote = path
    node.seen = file
    node.settledAt = now
    tree.save(node)
  }

  /** Whether the storage has nothing more to learn of the node. */
  private isAsStored(node: Node, content: Content, path: string): boolean {
    const { tree } = this.world
    if (tree.get(node.ino) !== node || tree.path(node) !== path) return false
    if (node.seen === undefined || isOther(content, node.seen)) return false
    const { metadata, time } = attributesDiffer(this.world, node)
    return !metadata && !time
  }

  private finish(row: QueueRow, node: Node): true {
    this.world.queue.done(row)
    node.isDirty = false
    this.world.tree.save(node)
    return true
  }

  private async storeLink(node: Node, path: RemotePath.RemotePath): Promise<Settled> {
    const expected = this.holders.expected(node, path)
    const isOurs = async (file: File): Promise<boolean> => {
      const isLike = file.size === node.size && file.modifiedAt === millisOf(node.modified)
      return isLike && Buffer.from(await this.world.run(this.world.provider.readAll(file))).toString() === node.target
    }
    const earlier = this.world.begun.at(path)
    const { current, stored } = await this.look(path, { size: node.size }, expected, isOurs)
    if (!(await this.begin(node, path, node))) return "again"
    let file = stored
    try {
      file ??= await sendLink(this.world, node, path, current)
    } catch (error) {
      if (isOvertaken(error)) return "again"
      throw error
    }
    await lookAfter(this.world, path, file, stored === undefined ? current : expected, earlier)
    commit(this.world, () => this.noteStored(node, undefined, file, path))
    return "again"
  }

  private async move(node: Node, path: RemotePath.RemotePath): Promise<Settled> {
    const { provider, queue, settings, tree } = this.world
    if (!(await this.holders.isFree(node, path))) return "wait"
    const { seen } = node
    if (seen === undefined) return "again"
    const { stored } = await lookBefore(this.world, path, this.holders.expected(node, path), (file) =>
      haveSameBytes(file, seen)
    )
    if (provider.copy === undefined && provider.move === undefined) {
      await this.holders.take(node)
      return "again"
    }
    if (stored === undefined) this.onLooked(node.ino)
    if (!(await this.begin(node, path, seen, seen))) return "again"
    settings.at("move.before")
    const file = stored ?? (await moved(this.world, this.relist.implied, node, seen, path))
    settings.at("move.after")
    if (file === undefined) return this.lost(node)
    commit(this.world, () => {
      const now = settings.now()
      const isMoved = provider.move !== undefined && stored === undefined
      const isNamed = tree.get(node.ino) === node && tree.path(node) !== undefined
      this.holders.occupy(node, path)
      if (!isNamed) {
        queue.bury("removeFile", path, file, now)
        if (!isMoved && node.remote !== undefined) queue.bury("removeFile", node.remote, seen, now)
        return
      }
      if (!isMoved && node.remote !== undefined) queue.bury("removeFile", node.remote, seen, now)
      else if (node.remote !== undefined) this.relist.noteGone(node.remote)
      this.holders.rebase(node, file)
      node.remote = path
      node.seen = file
      node.settledAt = now
      tree.save(node)
    })
    return "again"
  }

  /** Somebody took it away before it could get its new name. What is wholly here is stored anew, the rest is gone. */
  private lost(node: Node): Settled {
    const { contents, settings, tree } = this.world
    const content = node.content === undefined ? undefined : contents.get(node.content)
    const isHere = content !== undefined && content.missing(0, content.size).length === 0
    settings.note(
      "Lost",
      isHere
        ? `another client removed "${node.seen?.path}"; it is stored again from the cache`
        : `another client removed "${node.seen?.path}" before it could be renamed`
    )
    commit(this.world, () => {
      node.remote = undefined
      node.seen = undefined
      if (isHere) {
        content.own()
        contents.save(content)
        tree.save(node)
        return
      }
      if (node.parent !== undefined && node.name !== undefined) {
        this.world.tell([{ _tag: "EntryChanged", parent: node.parent, name: node.name }])
      }
      this.relist.detach(node)
    })
    return isHere ? "again" : "done"
  }

  /** Gives what the storage has the node's time and mode; its bytes are as they are to be. */
  private async dress(node: Node, seen: File): Promise<Settled> {
    const { begun, settings, tree } = this.world
    const millis = millisOf(node.modified)
    // Done before a kill, or by another client.
    const current = await orNothing(this.world.run, this.world.provider.stat(seen.path))
    if (current === undefined) return this.overtaken(node)
    const earlier = begun.at(seen.path)
    const given = [millis, ...begun.of(node.ino, seen.path).flatMap(({ modifiedAt }) => modifiedAt ?? [])]
    const isOurs = given.some((modifiedAt) => haveSameBytes({ ...seen, modifiedAt }, current))
    if (!isSameVersion(current, seen) && !isOurs) {
      if (!earlier.some((file) => haveSameBytes(file, current))) return this.overtaken(node)
      commit(this.world, () => {
        if (tree.get(node.ino) === node && node.seen === seen) this.holders.displace(node)
      })
      return "again"
    }
    // What is given is what was noted, whatever it gets meanwhile.
    let noted = node
    const isWanted = await begun.note(node.ino, () => {
      if (tree.get(node.ino) !== node || node.seen !== seen) return undefined
      noted = { ...node }
      const modifiedAt = millisOf(noted.modified)
      return { _tag: "File", path: seen.path, size: seen.size, modifiedAt, checksums: seen.checksums }
    })
    if (!isWanted) return "again"
    const file = await dressed(this.world, noted, current)
    if (file !== current) await lookAfter(this.world, seen.path, file, current, earlier)
    let isTold = false
    commit(this.world, () => {
      if (tree.get(node.ino) !== node || node.seen !== seen) return
      isTold = file !== current
      begun.over(seen.path)
      this.holders.rebase(node, file)
      node.seen = file
      node.settledAt = settings.now()
      tree.save(node)
    })
    // What the storage does not keep of it would differ again, for ever.
    return isTold ? "done" : "again"
  }

  /** Another client has replaced or removed the bytes of which only time or mode were changed here: theirs is newer. */
  private overtaken(node: Node): Settled {
    commit(this.world, () => {
      node.isDirty = false
      if (node.seen?.modifiedAt !== undefined) node.modified = timeOf(node.seen.modifiedAt)
      this.world.tree.save(node)
      if (node.parent !== undefined) this.relist.doubt(this.world.tree.get(node.parent))
    })
    return "done"
  }

  private async directory(row: QueueRow, node: Node, path: RemotePath.RemotePath): Promise<Settled> {
    const { begun, provider, queue, settings, tree } = this.world
    const isMoved = node.remote !== undefined && node.remote !== path
    if (isMoved && node.listedAt === 0) {
      const listed = await this.relist.list(node)
      if (listed !== true) throw new Error(listed.message ?? listed.refusal)
    }
    for (let after = 0; ; ) {
      const children = tree.children(node.ino, after, slice)
      commit(this.world, () => {
        for (const child of children) {
          if (child.remote === undefined || child.remote === tree.path(child)) continue
          child.isDirty = true
          tree.save(child)
          queue.want(child.ino, settings.now())
        }
      })
      settings.at("directory.slice")
      if (children.length < slice) break
      after = children.at(-1)!.ino
      await pause()
    }
    if (node.remote === path) return "done"
    if (provider.capabilities.hasDirectories) {
      const holder = this.holders.holder(node, path)
      if (holder !== undefined) await this.holders.take(holder)
      if (queue.buried("removeFile", path) !== undefined) return "wait"
    }
    if (!(await this.begin(node, path, { size: 0 }))) return "again"
    if (provider.makeDirectory !== undefined) await this.world.run(provider.makeDirectory(path))
    commit(this.world, () => {
      begun.overOf(node.ino, path)
      if (tree.get(node.ino) !== node) {
        queue.bury("removeDirectory", path, undefined, settings.now())
        return
      }
      queue.unbury("removeDirectory", path)
      if (isMoved && node.remote !== undefined)
        queue.bury("removeDirectory", node.remote, undefined, settings.now() + 1)
      node.remote = path
      // What it has is known, or was never anything.
      if (node.listedAt === 0) node.listedAt = settings.now()
      node.settledAt = settings.now()
      tree.save(node)
      queue.want(row.ino ?? 0, settings.now())
    })
    return "again"
  }
}
