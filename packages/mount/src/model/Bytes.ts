/** Open files: reading, writing and what their handles promise. */
import * as Amount from "@ourclone/core/events/Amount"
import type { Content } from "../cache/Content.ts"
import * as ReadAhead from "../cache/ReadAhead.ts"
import type { AttributeChanges, Attributes, FileSystem, Opened, OpenMode } from "../contract/FileSystem.ts"
import { remedy } from "../contract/MountRemedies.ts"
import { isRefused, Refused } from "../contract/Refusal.ts"
import { contentOf } from "../queue/ContentOf.ts"
import type { Relist } from "../queue/Relist.ts"
import type { Sender } from "../queue/Sender.ts"
import type { World } from "../queue/World.ts"
import { type Node, timeOf } from "../tree/Node.ts"
import { refusedBy } from "./Guarded.ts"
import type { Saving } from "./Saving.ts"
import { type Answer, onceKnown } from "./Soon.ts"

interface Handle {
  readonly node: Node
  readonly content: Content
  readonly reads: boolean
  readonly writes: boolean
  readonly appends: boolean
  ahead: ReadAhead.ReadAhead
}

/** Bytes of the largest file that anything is told of. */
const largestSize = 2 ** 50
/** The cache is filling up: what is not sent is sent now. */
const hurryAt = 0.8
const { mebibyte } = ReadAhead

const refuse = (refusal: Refused["refusal"], message?: string) => new Refused(refusal, message)

export class Bytes {
  private readonly world: World
  private readonly relist: Relist
  private readonly sender: Sender
  private readonly saving: Saving
  private readonly handles = new Map<number, Handle>()
  private nextHandle = 1
  private wakers: Array<() => void> = []
  /** That there is no room was said, and there has been none since. */
  private isFullNoted = false

  constructor(world: World, relist: Relist, sender: Sender, saving: Saving) {
    this.world = world
    this.relist = relist
    this.sender = sender
    this.saving = saving
  }

  get open(): number {
    return this.handles.size
  }

  /** Something was sent or dropped, so there may be room. */
  roomMade(): void {
    const { wakers } = this
    this.wakers = []
    for (const wake of wakers) wake()
  }

  opened(node: Node, { appends = false, reads, truncates = false, writes }: OpenMode): Answer<Opened> {
    if (node.kind === "directory") return refuse("IsDirectory")
    if (node.kind === "symlink") return refuse("WrongKind")
    if (writes && this.world.settings.isReadOnly) return refuse("ReadOnly")
    const content = contentOf(this.world, node)
    this.world.contents.use(content)
    const handle = this.nextHandle++
    this.handles.set(handle, { node, content, reads, writes, appends, ahead: ReadAhead.start })
    node.opens++
    if (writes) node.writers++
    if (truncates && node.size > 0) this.resize(node, content, 0)
    const isSame = node.openedAt === node.generation
    node.openedAt = node.generation
    return { attributes: this.world.tree.attributes(node), handle, isSame }
  }

  private handle(handle: number, what: "reads" | "writes"): Answer<Handle> {
    const found = this.handles.get(handle)
    return found === undefined || !found[what] ? refuse("BadHandle") : found
  }

  readonly read: FileSystem["read"] = (number, offset, into) => {
    const handle = this.handle(number, "reads")
    if (isRefused(handle)) return handle
    if (offset < 0) return refuse("BadRange")
    const { content } = handle
    const end = Math.min(content.size, offset + into.length)
    if (offset >= end) return 0
    handle.ahead = ReadAhead.after(handle.ahead, offset, end - offset)
    const read = this.world.fetcher.read(content, offset, into, handle.ahead.window)
    // A refusal at once was noted a moment ago.
    if (!(read instanceof Promise)) return read
    return read.then((come) => {
      if (!isRefused(come)) return come
      this.world.settings.note("ReadFailed", come.message ?? come.refusal)
      if (come.refusal === "Failed") this.doubt(handle.node)
      return come
    })
  }

  /** Reading failed: it may be another file by now. */
  private doubt(node: Node): void {
    if (node.parent !== undefined) this.relist.doubt(this.world.tree.get(node.parent))
  }

  readonly write: FileSystem["write"] = (number, offset, bytes) => {
    const handle = this.handle(number, "writes")
    if (isRefused(handle)) return handle
    if (offset < 0) return refuse("BadRange")
    if (offset + bytes.length > largestSize) return refuse("TooLarge")
    if (!this.world.contents.makeRoom(bytes.length)) {
      return onceKnown(this.room(bytes.length), () => this.writeNow(handle, offset, bytes))
    }
    return this.writeNow(handle, offset, bytes)
  }

  private writeNow({ appends, content, node }: Handle, offset: number, bytes: Uint8Array): Answer<number> {
    const { contents } = this.world
    try {
      content.write(appends ? content.size : offset, bytes)
      contents.count(content)
    } catch (error) {
      return refusedBy(error)
    }
    this.changed(node, content)
    // Bytes that the storage has too are no reason to.
    const spare = contents.quota * (1 - hurryAt)
    if (contents.used + spare > contents.quota && !contents.makeRoom(spare)) this.sender.hurry()
    else this.isFullNoted = false
    return bytes.length
  }

  private changed(node: Node, content: Content): void {
    node.size = content.size
    node.modified = timeOf(this.world.settings.now())
    node.changed = node.modified
    node.generation++
    this.saving.note(node, content)
  }

  /** Waits until something was sent; refuses where that takes too long. */
  private async room(bytes: number): Promise<Answer<true>> {
    const { contents, settings } = this.world
    const until = settings.now() + settings.roomWait
    this.saving.all()
    for (;;) {
      if (contents.makeRoom(bytes)) return true
      const left = until - settings.now()
      if (left <= 0 || bytes > contents.quota) {
        return this.full()
      }
      this.sender.hurry()
      let timer: NodeJS.Timeout | undefined
      await Promise.race([
        new Promise<void>((resolve) => this.wakers.push(resolve)),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, left)
        })
      ])
      clearTimeout(timer)
    }
  }

  private full(): Refused {
    const { contents, provider, settings } = this.world
    const { unreachable } = this.sender
    const because = unreachable === undefined ? "" : `, as the storage does not answer (${unreachable})`
    const message = `the cache of ${provider.name}, ${Amount.bytes(contents.quota)}, is full of what is not sent yet${because}: nothing more can be written`
    if (!this.isFullNoted) {
      const size = `${Math.ceil((2 * contents.quota) / mebibyte)}M`
      settings.note("CacheFull", message, remedy("enlargeCache", { size }))
    }
    this.isFullNoted = true
    return refuse("NoSpace", message)
  }

  private resize(node: Node, content: Content, size: number): Refused | undefined {
    try {
      content.resize(size)
    } catch (error) {
      return refusedBy(error)
    }
    this.world.contents.count(content)
    this.changed(node, content)
    return undefined
  }

  /** All but names. In one transaction, after which it is safe from a kill. */
  setAttributes(node: Node, changes: AttributeChanges): Answer<Attributes> {
    const { contents, journal, settings } = this.world
    if (settings.isReadOnly) return refuse("ReadOnly")
    const refused = this.ownership(node, changes)
    if (refused !== undefined) return refused
    let content: Content | undefined
    if (changes.size !== undefined) {
      if (node.kind === "directory") return refuse("IsDirectory")
      if (node.kind === "symlink") return refuse("WrongKind")
      if (changes.size < 0) return refuse("BadRange")
      if (changes.size > largestSize) return refuse("TooLarge")
      content = contentOf(this.world, node)
      contents.use(content)
      const failed = changes.size === content.size ? undefined : this.resize(node, content, changes.size)
      if (failed !== undefined) {
        contents.leave(content)
        return failed
      }
    }
    const { changed, gid, mode, modified, uid } = node
    const now = timeOf(settings.now())
    if (changes.mode !== undefined) node.mode = changes.mode & 0o7777
    node.uid = changes.uid ?? node.uid
    node.gid = changes.gid ?? node.gid
    node.changed = now
    if (changes.modified !== undefined) node.modified = changes.modified === "now" ? now : changes.modified
    else if (changes.size !== undefined) node.modified = now
    journal.transaction(() => {
      journal.orElse(() => Object.assign(node, { changed, gid, mode, modified, uid }))
      // A directory's mode and time are this machine's alone.
      if (node.kind === "directory") this.world.tree.save(node)
      else this.saving.save(node, content ?? this.loaded(node))
    })
    if (content !== undefined) contents.leave(content)
    this.sender.wake()
    return this.world.tree.attributes(node)
  }

  private loaded(node: Node): Content | undefined {
    return node.isUnsaved && node.content !== undefined ? this.world.contents.get(node.content) : undefined
  }

  /** Only root can give a file away, as everywhere. */
  private ownership(node: Node, { gid, uid }: AttributeChanges): Refused | undefined {
    const { owner } = this.world.settings
    if (owner.uid === 0) return undefined
    const isOwn =
      (uid === undefined || uid === node.uid) && (gid === undefined || gid === node.gid || gid === owner.gid)
    return isOwn ? undefined : refuse("NotPermitted", "only root can give a file to somebody else")
  }

  readonly seek: FileSystem["seek"] = (number, offset, what) => {
    const handle = this.handles.get(number)
    if (handle === undefined) return refuse("BadHandle")
    const { content } = handle
    if (offset < 0 || offset >= content.size) return refuse("BadRange")
    const holes = content.dirty.within(offset, content.size).flatMap(([start, end]) => content.stored.gaps(start, end))
    if (what === "hole") return holes[0]?.[0] ?? content.size
    let at = offset
    for (const [start, end] of holes) if (start <= at) at = Math.max(at, end)
    return at >= content.size ? refuse("BadRange") : at
  }

  readonly allocate: FileSystem["allocate"] = (number, what, offset, length) => {
    const handle = this.handle(number, "writes")
    if (isRefused(handle)) return handle
    if (offset < 0 || length <= 0) return refuse("BadRange")
    const { content, node } = handle
    if (offset + length > largestSize) return refuse("TooLarge")
    if (what === "extend")
      return offset + length > content.size ? this.resize(node, content, offset + length) : undefined
    try {
      content.zero(offset, offset + length)
    } catch (error) {
      return refusedBy(error)
    }
    this.changed(node, content)
    return undefined
  }

  readonly copyRange: FileSystem["copyRange"] = (from, fromOffset, to, toOffset, length) => {
    const source = this.handle(from, "reads")
    if (isRefused(source)) return source
    const target = this.handle(to, "writes")
    if (isRefused(target)) return target
    if (fromOffset < 0 || toOffset < 0 || length < 0) return refuse("BadRange")
    const most = Math.max(0, Math.min(length, source.content.size - fromOffset))
    const adopted = this.adopt(source.content, fromOffset, target, toOffset, most)
    return adopted ?? this.copyBytes(from, fromOffset, to, toOffset, most)
  }

  /** A copy from the begin on, of what the storage has, moves no bytes. */
  private adopt(source: Content, fromOffset: number, { content, node }: Handle, toOffset: number, most: number) {
    const { capabilities, largeFile } = this.world.provider
    const { base } = source
    if (base?.versionId === undefined || source.isChanged || fromOffset !== toOffset || most === 0) return undefined
    if (!capabilities.keepsVersions || largeFile?.copyPart === undefined || source === content) return undefined
    if (base.size < 2 * largeFile.limits.minPartSize || content.size !== toOffset) return undefined
    if (toOffset > 0 && (content.base !== base || !content.dirty.isEmpty)) return undefined
    // What is on its way would be taken for all of it once it has arrived.
    if (content.since !== undefined) return undefined
    content.adopt(base, toOffset + most)
    this.changed(node, content)
    return most
  }

  private async copyBytes(from: number, fromOffset: number, to: number, toOffset: number, length: number) {
    const buffer = Buffer.allocUnsafe(Math.min(mebibyte, length))
    for (let done = 0; done < length; ) {
      const read = await this.read(from, fromOffset + done, buffer.subarray(0, Math.min(mebibyte, length - done)))
      if (isRefused(read)) return done > 0 ? done : read
      if (read === 0) return done
      const written = await this.write(to, toOffset + done, buffer.subarray(0, read))
      if (isRefused(written)) return done > 0 ? done : written
      done += written
    }
    return length
  }

  readonly flush: FileSystem["flush"] = (number) => {
    const handle = this.handles.get(number)
    if (handle === undefined) return refuse("BadHandle")
    if (handle.writes) this.saving.one(handle.node, handle.content)
    return undefined
  }

  readonly sync: FileSystem["sync"] = (number) => {
    const handle = this.handles.get(number)
    if (handle === undefined) return refuse("BadHandle")
    return this.syncHandle(handle)
  }

  private async syncHandle({ content, node }: Handle): Promise<Answer<void>> {
    try {
      await content.sync()
    } catch (error) {
      return refusedBy(error)
    }
    this.world.journal.durably(() => {
      content.isUnsaved = true
      if (node.isUnsaved) this.saving.save(node, content)
      else this.world.contents.save(content)
    })
    this.sender.wake()
    const { settings } = this.world
    // What has no name any more is for nobody else.
    return settings.syncsRemotely && node.parent !== undefined ? this.sender.arrived(node.ino) : undefined
  }

  readonly release: FileSystem["release"] = (number) => {
    const handle = this.handles.get(number)
    if (handle === undefined) return
    this.handles.delete(number)
    const { content, node, writes } = handle
    const { contents, journal, tree } = this.world
    if (writes && node.isUnsaved) this.saving.soon(node, content)
    node.opens--
    if (writes) node.writers--
    if (node.opens > 0 || node.parent !== undefined) return contents.leave(content)
    this.saving.forget(node)
    journal.transaction(() => {
      contents.drop(content)
      tree.remove(node)
      contents.leave(content)
    })
  }
}
