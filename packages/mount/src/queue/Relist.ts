/** Brings the names of a directory up to what the storage has. What is not sent yet, or was just sent, stays as it is. */
import type { Directory, File } from "@ourclone/core/contract/Entry"
import { ofMetadata, usualMode } from "@ourclone/core/contract/PosixMetadata"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { isStorageError, type StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rootIno, type Told } from "../contract/FileSystem.ts"
import { isRefused, Refused } from "../contract/Refusal.ts"
import { ofStorageError } from "../contract/StorageRefusal.ts"
import { type NewNode, type Node, timeOf } from "../tree/Node.ts"
import { commit } from "./Commit.ts"
import { ImpliedDirectories } from "./ImpliedDirectories.ts"
import { pause } from "./Run.ts"
import { haveSameBytes, isSameVersion } from "./Same.ts"
import type { World } from "./World.ts"

/** Names that are taken in at once, while nothing else is answered. */
const slice = 1_000

const usualDirectoryMode = 0o755
/** Milliseconds that anybody waits for names anew who could be told those of before. */
const patience = 5_000
/** Listings at once, while the storage is away. */
const fewListings = 4

export class Relist {
  private readonly world: World
  readonly implied: ImpliedDirectories
  private readonly running = new Map<number, Promise<Refused | true>>()
  /** Paths that left the storage here, and when: a listing that began before may still tell of them. */
  private readonly gone = new Map<string, number>()
  /** Directories whose listing takes longer than anybody waits who knows their names of before. */
  private readonly late = new Set<number>()
  /** The storage did not answer the last time that names were asked for. */
  private isAway = false
  /** Names of the storage that no directory can show, by their directory. */
  readonly hidden = new Map<number, number>()

  constructor(world: World) {
    this.world = world
    this.implied = new ImpliedDirectories(world)
  }

  noteGone(path: string): void {
    this.gone.set(path, this.world.settings.now())
    if (this.gone.size > 100_000) this.gone.delete(this.gone.keys().next().value ?? "")
  }

  /**
   * Whether the names of a directory can be told now; the promise is of a listing under way. While the storage is away, or
   * slow, those of before are told; where there are none it is waited for until the deadline.
   */
  fresh(directory: Node): true | Promise<Refused | true> {
    if (this.isFresh(directory)) return true
    const isKnown = directory.listedAt > 0
    if (isKnown && this.isAway && this.running.size >= fewListings) return true
    const listing = this.list(directory)
    return isKnown && (this.isAway || this.late.has(directory.ino)) ? true : this.soon(directory, listing)
  }

  private async soon({ ino, listedAt, remote }: Node, listing: Promise<Refused | true>): Promise<Refused | true> {
    const { deadline } = this.world.settings
    const most = listedAt > 0 ? Math.min(patience, deadline) : deadline
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, most, "late")
    })
    try {
      const listed = await Promise.race([listing, tooLong])
      if (listed !== "late") return listed
      if (listedAt === 0)
        return new Refused("TimedOut", `the names of "${remote}" did not come within ${most / 1000} s`)
      if (this.running.has(ino)) this.late.add(ino)
      return true
    } finally {
      clearTimeout(timer)
    }
  }

  isFresh(directory: Node): boolean {
    const { settings, tree } = this.world
    if (directory.remote === undefined) return true
    if (directory.listedAt === 0) return false
    // A clock that was set back makes every listing old.
    const age = settings.now() - directory.listedAt
    if (age >= 0 && age < settings.listingLife) return true
    // What is on its way to another name is asked for again when it has arrived.
    return directory.isDirty || tree.path(directory) !== directory.remote
  }

  isUnderWay(directory: Node): boolean {
    return this.running.has(directory.ino)
  }

  /** One listing at a time for each directory. */
  list(directory: Node): Promise<Refused | true> {
    const known = this.running.get(directory.ino)
    if (known !== undefined) return known
    const listing = this.begin(directory).finally(() => {
      this.running.delete(directory.ino)
      this.late.delete(directory.ino)
    })
    this.running.set(directory.ino, listing)
    return listing
  }

  private async begin({ ino, remote }: Node): Promise<Refused | true> {
    const { provider, settings, tree } = this.world
    const startedAt = settings.now()
    try {
      const path = RemotePath.makeUnsafe(remote ?? "")
      const entries: Array<File | Directory> = []
      let skipped = 0
      await this.world.run(
        Stream.runForEachArray(provider.list(path, { depth: 1 }), (some) => {
          for (const entry of some) {
            if (entry._tag === "Skipped") skipped++
            else entries.push(entry)
          }
          return Effect.void
        })
      )
      this.isAway = false
      if (skipped > 0) this.hidden.set(ino, skipped)
      else this.hidden.delete(ino)
      await this.apply(ino, path, entries, startedAt)
      return true
    } catch (error) {
      if (isRefused(error)) return error
      if (!isStorageError(error)) return new Refused("Failed", error instanceof Error ? error.message : String(error))
      return this.outOfReach(tree.get(ino), error)
    }
  }

  /** Names that are known stay good while the storage does not answer. */
  private outOfReach(directory: Node | undefined, error: StorageError): Refused | true {
    this.isAway = error.reason._tag === "Unavailable" || error.reason._tag === "RateLimited"
    this.world.settings.note("ListingFailed", error.message)
    return directory !== undefined && directory.listedAt > 0 ? true : ofStorageError(error)
  }

  private async apply(ino: number, path: string, entries: ReadonlyArray<File | Directory>, startedAt: number) {
    const { queue, tree } = this.world
    // Of a directory that nobody was told of there is nothing to take back.
    const tell = tree.get(ino)?.listedAt === 0 ? () => {} : this.world.tell
    const known = new Map<string, number>()
    for (let after = 0; ; ) {
      const some = tree.children(ino, after, slice)
      for (const node of some) if (node.remote !== undefined) known.set(keyOf(node.kind, node.remote), node.ino)
      if (some.length < slice) break
      after = some.at(-1)!.ino
      await pause()
    }
    const directories = new Set(entries.flatMap((entry) => (entry._tag === "Directory" ? [entry.path] : [])))
    const listed = new Set(entries.map((entry) => keyOf(entry._tag, entry.path)))
    const missed: Array<Told> = []
    const vanish = () => {
      for (const [key, number] of known) {
        const node = listed.has(key) ? undefined : tree.get(number)
        if (node === undefined || node.remote === undefined || node.parent !== ino) continue
        if (keyOf(node.kind, node.remote) === key) this.vanish(node, startedAt, missed)
      }
    }
    if (known.size > 0) commit(this.world, vanish)
    tell(missed)
    for (let start = 0; start === 0 || start < entries.length; start += slice) {
      const told: Array<Told> = []
      const isQuiet = queue.isEmpty
      const isLast = start + slice >= entries.length
      commit(this.world, () => {
        for (const entry of entries.slice(start, start + slice)) {
          const number = known.get(keyOf(entry._tag, entry.path))
          const node = number === undefined ? undefined : tree.get(number)
          if (node !== undefined && node.remote === entry.path) {
            if (entry._tag === "File") this.update(node, entry, startedAt, told)
          } else if (isQuiet && !this.gone.has(entry.path)) this.insert(ino, entry, startedAt, directories, told)
          else this.add(ino, entry, startedAt, directories, told)
        }
        if (isLast) this.noteListed(ino, path, startedAt)
      })
      tell(told)
      if (!isLast) await pause()
    }
  }

  private noteListed(ino: number, path: string, startedAt: number): void {
    const { tree } = this.world
    const directory = tree.get(ino)
    if (directory === undefined || (directory.remote ?? "") !== path) return
    directory.listedAt = startedAt
    tree.save(directory)
  }

  /** Whether the storage still has, or seems to have, what has another place here, or none. */
  private isLeaving(path: string, startedAt: number): boolean {
    const { begun, journal, queue } = this.world
    if (queue.isLeaving(path) || begun.isAt(path)) return true
    if ((this.gone.get(path) ?? 0) >= startedAt) return true
    const [from, to] = [`${path}/`, `${path}0`]
    return (
      journal.first("select 1 from node where remote = ? or (remote > ? and remote < ?) limit 1", path, from, to) !==
      undefined
    )
  }

  private add(
    parent: number,
    entry: File | Directory,
    startedAt: number,
    directories: ReadonlySet<string>,
    told: Array<Told>
  ): void {
    if (!this.isLeaving(entry.path, startedAt)) this.insert(parent, entry, startedAt, directories, told)
  }

  private insert(
    parent: number,
    entry: File | Directory,
    startedAt: number,
    directories: ReadonlySet<string>,
    told: Array<Told>
  ): void {
    const { settings, tree } = this.world
    // A folder and a file of one name: the folder is what leads on.
    const isShadowed = entry._tag === "File" && directories.has(entry.path)
    const name = isShadowed ? `${RemotePath.basename(entry.path)} (file)` : RemotePath.basename(entry.path)
    const time = timeOf(entry._tag === "File" ? (entry.modifiedAt ?? startedAt) : startedAt)
    const fields: NewNode = {
      kind: "directory",
      parent,
      name,
      size: 0,
      mode: usualDirectoryMode,
      uid: settings.owner.uid,
      gid: settings.owner.gid,
      modified: time,
      changed: time,
      generation: 1,
      target: undefined,
      remote: entry.path,
      seen: undefined,
      content: undefined,
      isDirty: false,
      listedAt: 0
    }
    const listed = entry._tag === "File" ? { ...fields, ...ofFile(entry, settings.owner), seen: entry } : fields
    // What is here under that name, and not sent yet, meets the other when it is sent.
    if (tree.addWhereFree(listed)) told.push({ _tag: "EntryChanged", parent, name })
  }

  private isOurs(node: Node, startedAt: number): boolean {
    return node.isDirty || node.isUnsaved || node.writers > 0 || node.settledAt >= startedAt
  }

  private update(node: Node, file: File, startedAt: number, told: Array<Told>): void {
    if (this.isOurs(node, startedAt) || isSameVersion(node.seen, file)) return
    // Of a node that has left it: its removal finds out.
    if (this.world.begun.at(file.path).some((begun) => haveSameBytes(begun, file))) return
    this.replace(node, file)
    told.push({ _tag: "ContentChanged", ino: node.ino })
  }

  /** The node is another version of the storage from now on. Handles go on with the one that they opened. */
  replace(node: Node, file: File): void {
    const { contents, settings, tree } = this.world
    const content = node.content === undefined ? undefined : contents.get(node.content)
    if (content !== undefined) contents.drop(content)
    const { kind: _, ...fields } = ofFile(file, settings.owner)
    Object.assign(node, fields, { seen: file, content: undefined, changed: timeOf(settings.now()) })
    node.generation++
    tree.save(node)
  }

  /** Another client removed it. Whether it is gone: what is not sent yet stays, and all that leads there. */
  private vanish(node: Node, startedAt: number, told: Array<Told>): boolean {
    const { tree } = this.world
    if (this.isOurs(node, startedAt)) return false
    if (node.kind === "directory") {
      if (this.implied.isBeingLeft(node)) return false
      let isEmpty = true
      for (let after = 0; ; ) {
        const some = tree.children(node.ino, after, slice)
        for (const child of some) isEmpty = this.vanish(child, startedAt, told) && isEmpty
        if (some.length < slice) break
        after = some.at(-1)!.ino
      }
      if (!isEmpty) return false
    }
    if (node.parent !== undefined && node.name !== undefined) {
      told.push({ _tag: "EntryChanged", parent: node.parent, name: node.name })
    }
    this.detach(node)
    return true
  }

  /** Takes the name of a node; the node itself goes once nobody has it open. */
  detach(node: Node): void {
    const { begun, contents, cutOffs, queue, settings, tree } = this.world
    // What was sent of it is to go too.
    if (cutOffs.of(node.ino) === undefined) queue.unwant(node.ino)
    else queue.want(node.ino, settings.now())
    // It may have come there, and whoever would have noted it finds no node.
    for (const path of begun.pathsOf(node.ino)) {
      begun.leave(node.ino, path)
      queue.bury(node.kind === "directory" ? "removeDirectory" : "removeFile", path, undefined, settings.now())
    }
    if (node.opens > 0) {
      Object.assign(node, { parent: undefined, name: undefined, remote: undefined, isDirty: false })
      node.changed = timeOf(settings.now())
      tree.save(node)
      return
    }
    const content = node.content === undefined ? undefined : contents.get(node.content)
    if (content !== undefined) contents.drop(content)
    tree.remove(node)
  }

  /** Asks the storage again at the next look. */
  doubt(directory: Node | undefined): void {
    if (directory === undefined || directory.listedAt === 0) return
    directory.listedAt = directory.ino === rootIno || directory.remote !== undefined ? 1 : directory.listedAt
    this.world.tree.save(directory)
  }
}

/** A file and a directory may have one path. */
const keyOf = (kind: string, path: string): string => (kind.toLowerCase() === "directory" ? `${path}/` : path)

const ofFile = (file: File, owner: { readonly uid: number; readonly gid: number }) => {
  const posix = ofMetadata(file.metadata)
  return {
    kind: posix?.isLink === true ? ("symlink" as const) : ("file" as const),
    size: file.size,
    mode: posix?.mode ?? usualMode,
    uid: posix?.uid ?? owner.uid,
    gid: posix?.gid ?? owner.gid,
    modified: withNanoseconds(file),
    target: undefined
  }
}

const withNanoseconds = (file: File) => {
  const time = timeOf(file.modifiedAt ?? 0)
  return { seconds: time.seconds, nanoseconds: time.nanoseconds + (file.nanoseconds ?? 0) }
}
