/** When what is written reaches the journal: at each flush, and otherwise within a second or some megabytes. */
import type { Content } from "../cache/Content.ts"
import type { Sender } from "../queue/Sender.ts"
import type { World } from "../queue/World.ts"
import type { Node } from "../tree/Node.ts"

const mostUnsaved = 8 * 1024 * 1024
const interval = 1_000
/** A content of so many bytes is summed when it is closed; a larger one is synced instead, without anybody waiting. */
const summedSize = 8 * 1024 * 1024

export class Saving {
  private readonly world: World
  private readonly sender: Sender
  private readonly unsaved = new Map<Node, Content>()
  /** Those that are being brought to the disk. */
  private readonly syncing = new Set<Content>()
  private timer: NodeJS.Timeout | undefined
  private isClosed = false

  constructor(world: World, sender: Sender) {
    this.world = world
    this.sender = sender
  }

  /** The node has other bytes than its row says. */
  note(node: Node, content: Content): void {
    node.isUnsaved = true
    this.unsaved.set(node, content)
    if (content.unsavedBytes >= mostUnsaved) {
      this.tryAll()
      // Whoever syncs then waits for the rest alone.
      if (!this.syncing.has(content)) this.syncLater(content)
    } else this.saveLater()
  }

  private saveLater(): void {
    if (this.isClosed || this.timer !== undefined) return
    this.timer = setTimeout(() => this.tryAll(), interval)
    this.timer.unref()
  }

  /** Where the disk has no room for the rows, they are tried again. */
  private tryAll(): void {
    try {
      this.all()
    } catch (error) {
      this.world.settings.note("CacheDiskFailed", String(error))
    }
  }

  /** Part of a transaction. */
  save(node: Node, content: Content | undefined): void {
    const { contents, journal, queue, settings, tree } = this.world
    const known = this.unsaved.get(node)
    if (known !== undefined) {
      this.unsaved.delete(node)
      journal.orElse(() => {
        this.unsaved.set(node, known)
        this.saveLater()
      })
    }
    if (content !== undefined) contents.save(content)
    if (node.parent !== undefined) {
      node.isDirty = true
      queue.want(node.ino, settings.now() + settings.uploadDelay)
    }
    tree.save(node)
  }

  /** What `flush` promises for one node. */
  one(node: Node, content: Content): void {
    if (!node.isUnsaved && !content.isUnsaved) return
    if (content.stored.total <= summedSize && !content.isInRow) content.sum()
    const isWritten = node.isUnsaved
    this.world.journal.transaction(() => {
      if (isWritten) this.save(node, content)
      else this.world.contents.save(content)
    })
    if (isWritten) this.sender.wake()
    if (isWritten && content.stored.total > summedSize) this.syncLater(content)
  }

  /** `one` for whom nobody waits. */
  soon(node: Node, content: Content): void {
    try {
      this.one(node, content)
    } catch (error) {
      this.world.settings.note("CacheDiskFailed", String(error))
    }
  }

  private syncLater(content: Content): void {
    const { contents, settings } = this.world
    contents.use(content)
    this.syncing.add(content)
    void content
      .sync()
      .then(() => {
        content.isUnsaved = true
      })
      .catch((error) => settings.note("CacheDiskFailed", String(error)))
      .finally(() => {
        this.syncing.delete(content)
        contents.leave(content)
      })
  }

  /** The node is no more. */
  forget(node: Node): void {
    this.unsaved.delete(node)
  }

  all(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.unsaved.size === 0) return
    this.world.journal.transaction(() => {
      for (const [node, content] of [...this.unsaved]) this.save(node, content)
    })
    this.sender.wake()
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
  }
}
