/** Whose bytes a path of the storage has, and how they make way. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Node } from "../tree/Node.ts"
import { commit } from "./Commit.ts"
import { contentOf } from "./ContentOf.ts"
import { isSameVersion } from "./Same.ts"
import type { World } from "./World.ts"

export class Holders {
  private readonly world: World

  constructor(world: World) {
    this.world = world
  }

  /** What the storage should have at `path` when we come there. */
  expected(node: Node, path: string): File | undefined {
    if (node.remote === path) return node.seen
    return this.holder(node, path)?.seen ?? this.world.queue.buried("removeFile", path)?.seen
  }

  /** Another node whose bytes are at `path` still, and that has left the place. */
  holder(node: Node, path: string, withDirectories = false): Node | undefined {
    const row = this.world.journal.first(
      "select ino from node where remote = ? and ino <> ? and (kind <> 1 or ?) limit 1",
      path,
      node.ino,
      withDirectories ? 1 : 0
    )
    return row === undefined ? undefined : this.world.tree.get(Number(row.ino))
  }

  /** Waits until nobody needs the bytes at `path` any more. Where each waits for the other, the bytes are taken here. */
  async isFree(node: Node, path: string): Promise<boolean> {
    const { hasDirectories, keepsVersions } = this.world.provider.capabilities
    if (hasDirectories && this.world.queue.buried("removeDirectory", path) !== undefined) return false
    const holder = this.holder(node, path, hasDirectories)
    if (holder === undefined || (keepsVersions && holder.seen?.versionId !== undefined)) return true
    if (holder.kind === "directory") return false
    const seen = new Set([node.ino])
    for (let at: Node | undefined = holder; at !== undefined; ) {
      if (seen.has(at.ino)) {
        await this.take(holder)
        return true
      }
      seen.add(at.ino)
      const to = this.world.tree.path(at)
      at = to === undefined ? undefined : this.holder(at, to, hasDirectories)
    }
    this.world.queue.want(holder.ino, this.world.settings.now())
    return false
  }

  /** Brings all bytes of a node here, so that the storage's may be replaced. */
  async take(node: Node): Promise<void> {
    const { contents, fetcher } = this.world
    if (node.kind === "symlink") return this.takeLink(node)
    const content = contentOf(this.world, node)
    contents.use(content)
    try {
      const there = await fetcher.ensureAll(content, 0, content.size)
      if (there !== true) throw new Error(there.message ?? there.refusal)
      commit(this.world, () => {
        content.own()
        this.leave(node)
        contents.save(content)
      })
    } finally {
      contents.leave(content)
    }
  }

  private async takeLink(node: Node): Promise<void> {
    if (node.target === undefined && node.seen !== undefined) {
      node.target = Buffer.from(await this.world.run(this.world.provider.readAll(node.seen))).toString()
    }
    commit(this.world, () => this.leave(node))
  }

  /** What the storage has of it is to go, as all of it is here. */
  private leave(node: Node): void {
    const { queue, settings, tree } = this.world
    if (node.remote !== undefined) queue.bury("removeFile", node.remote, node.seen, settings.now())
    node.remote = undefined
    node.seen = undefined
    tree.save(node)
  }

  /** Its bytes are no longer the newest at their path, or were never the last that came there: it has an old version, which it knows by its id, and stores that anew. */
  displace(node: Node): void {
    const { queue, settings, tree } = this.world
    node.remote = undefined
    node.isDirty = true
    tree.save(node)
    queue.want(node.ino, settings.now())
  }

  /** What is at `path` is the node's now. */
  occupy(node: Node, path: string): void {
    const { begun, queue } = this.world
    const before = this.holder(node, path)
    if (before !== undefined) this.displace(before)
    queue.unbury("removeFile", path)
    begun.over(path)
  }

  /** What is in the cache of the file is to be fetched on from where it is now. */
  rebase(node: Node, file: File): void {
    const { contents } = this.world
    const content = node.content === undefined ? undefined : contents.get(node.content)
    if (content === undefined || !isSameVersion(content.base, node.seen)) return
    content.base = file
    content.isUnsaved = true
    contents.save(content)
  }
}
