/** A place of a provider as a file system: everything put together, and what is asked of it as a whole. */
import { readFileSync } from "node:fs"
import * as path from "node:path"
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { Remedy } from "@ourclone/core/contract/Remedy"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Context from "effect/Context"
import { type CacheDisk, realDisk } from "../cache/CacheDisk.ts"
import { Contents } from "../cache/Contents.ts"
import { Fetcher } from "../cache/Fetcher.ts"
import { type FileSystem, type Owner, rootIno, type Told } from "../contract/FileSystem.ts"
import { usualDeadline } from "../contract/Waiting.ts"
import { type At, Journal } from "../journal/Journal.ts"
import { Begun } from "../queue/Begun.ts"
import { CutOffs } from "../queue/CutOffs.ts"
import { Queue } from "../queue/Queue.ts"
import { Relist } from "../queue/Relist.ts"
import { runner } from "../queue/Run.ts"
import { Sender } from "../queue/Sender.ts"
import { Settle } from "../queue/Settle.ts"
import type { Settings, World } from "../queue/World.ts"
import { timeOf } from "../tree/Node.ts"
import { Tree } from "../tree/Tree.ts"
import { Bytes } from "./Bytes.ts"
import { guarded } from "./Guarded.ts"
import { longestName, Names } from "./Names.ts"
import { properties } from "./Properties.ts"
import { recover } from "./Recovery.ts"
import { Saving } from "./Saving.ts"
import { onceKnown } from "./Soon.ts"

export interface MountOptions {
  readonly provider: Provider
  /** For this place alone: tree, queue and bytes. Made where it is missing. */
  readonly directory: string
  readonly owner: Owner
  readonly host: string
  readonly isReadOnly?: boolean | undefined
  /** Bytes; 10 GiB where it is not said. */
  readonly cacheSize?: number | undefined
  /** Milliseconds that a listing is believed; 60,000 where it is not said. */
  readonly listingLife?: number | undefined
  /** Milliseconds from the last write of a file until it is sent; 5,000 where it is not said. */
  readonly uploadDelay?: number | undefined
  /** Milliseconds that a read waits for the storage; `usualDeadline` where it is not said. */
  readonly deadline?: number | undefined
  /** Milliseconds that a writer waits for room; 30,000 where it is not said. */
  readonly roomWait?: number | undefined
  /** Whether `sync` waits until the storage has it; it is this machine's disk alone where it is not said. */
  readonly syncsRemotely?: boolean | undefined
  readonly concurrency?: number | undefined
  readonly note?: ((code: string, message: string, remedy?: Remedy) => void) | undefined
  /** Of the run that mounts: what is asked of the storage belongs to it. Empty where it is not said. */
  readonly context?: Context.Context<never> | undefined
  /** For tests. */
  readonly at?: At | undefined
  readonly disk?: CacheDisk | undefined
  readonly now?: (() => number) | undefined
  readonly boot?: string | undefined
  readonly onDurable?: (() => void) | undefined
}

export interface Unsent {
  /** Where it is in the mount, or was. */
  readonly path: string
  readonly what: "file" | "directory" | "removal"
  readonly error: string | undefined
  readonly remedy?: Remedy | undefined
  readonly isParked: boolean
}

export interface Status {
  /** Rows that the storage has to be told of. */
  readonly waiting: number
  readonly parked: number
  readonly sending: number
  readonly sent: number
  readonly open: number
  readonly cacheUsed: number
  readonly cacheSize: number
  readonly fetched: number
  /** Names of the storage that no directory can show, in those that were listed. */
  readonly hidden: number
  /** Why the storage does not answer; absent while it does. */
  readonly unreachable?: string | undefined
}

/** What became of an attempt to send everything. */
export interface Drained {
  /** 1,000 of them at most. */
  readonly unsent: ReadonlyArray<Unsent>
  readonly unreachable: string | undefined
}

export interface Mount {
  readonly fileSystem: FileSystem
  readonly status: () => Status
  readonly unsent: (most: number) => ReadonlyArray<Unsent>
  /** Sends everything at once; resolves when nothing is left but what can not be sent, or after so many milliseconds. */
  readonly drain: (timeoutMillis: number | undefined) => Promise<Drained>
  /** Everything that was written outlives a power cut; nothing more is sent. Called twice it does nothing. */
  readonly close: () => Promise<void>
  /** For tests, what a kill of the process does: nothing more is sent or noted, nothing is written down. */
  readonly abandon: () => void
}

const gibibyte = 2 ** 30
/** What is said to be there where nobody knows: large enough for any installer. */
const endless = 2 ** 50
const spaceLife = 60_000

const thisBoot = (): string => {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  } catch {
    return ""
  }
}

/** Whose cache it is: another place's would be mixed up with it. */
const identify = (journal: Journal, remote: string, boot: string): void => {
  const known = journal.first("select remote from mount")
  if (known === undefined) journal.run("insert into mount (remote, boot) values (?, ?)", remote, boot)
  else if (known.remote !== remote) {
    throw new Error(
      `${journal.file} is the cache of ${known.remote}, not of ${remote}: give this mount a cache directory of its own`
    )
  }
}

/** Throws `JournalRefused` where another process has the cache. */
export const open = (options: MountOptions): Mount => {
  const { provider } = options
  const now = options.now ?? Date.now
  const at = options.at ?? (() => {})
  const boot = options.boot ?? thisBoot()
  const data = path.join(options.directory, "data")
  makeFolder(data)
  const journal = new Journal(path.join(options.directory, "mount.sqlite"), at, options.onDurable)
  try {
    identify(journal, provider.name, boot)
    return start(options, journal, { data, boot, now, at })
  } catch (error) {
    journal.close()
    throw error
  }
}

const start = (
  options: MountOptions,
  journal: Journal,
  { at, boot, data, now }: { readonly data: string; readonly boot: string; readonly now: () => number; readonly at: At }
): Mount => {
  const { provider } = options
  const watchers = new Set<(changes: ReadonlyArray<Told>) => void>()
  const tell = (changes: ReadonlyArray<Told>): void => {
    if (changes.length === 0) return
    // Never from within the call that a door makes: the kernel would wait for us, and we for it.
    setImmediate(() => {
      for (const told of watchers) told(changes)
    })
  }
  const settings: Settings = {
    owner: options.owner,
    isReadOnly: options.isReadOnly ?? false,
    listingLife: options.listingLife ?? 60_000,
    uploadDelay: options.uploadDelay ?? 5_000,
    roomWait: options.roomWait ?? 30_000,
    deadline: options.deadline ?? usualDeadline,
    syncsRemotely: options.syncsRemotely ?? false,
    concurrency: options.concurrency ?? 8,
    host: options.host,
    at,
    now,
    note: options.note ?? (() => {})
  }
  const tree = new Tree(journal)
  const quota = options.cacheSize ?? 10 * gibibyte
  const keeps = ({ versionId }: File) => versionId !== undefined && provider.capabilities.keepsVersions
  const contents = new Contents(journal, { directory: data, quota, keeps, boot, disk: options.disk ?? realDisk, now })
  const context = options.context ?? Context.empty()
  const fetcher = new Fetcher(provider, contents, settings.deadline, context)
  const queue = new Queue(journal)
  const begun = new Begun(journal)
  const cutOffs = new CutOffs(journal)
  const ending = new AbortController()
  const run = runner(context, ending.signal)
  const world: World = {
    provider,
    journal,
    tree,
    contents,
    fetcher,
    queue,
    begun,
    cutOffs,
    settings,
    run,
    tell,
    listsVersions: undefined
  }
  if (tree.get(rootIno) === undefined) {
    const time = timeOf(now())
    tree.add(
      {
        kind: "directory",
        parent: undefined,
        name: undefined,
        size: 0,
        mode: 0o755,
        ...options.owner,
        modified: time,
        changed: time,
        generation: 1,
        target: undefined,
        remote: "",
        seen: undefined,
        content: undefined,
        isDirty: false,
        listedAt: 0
      },
      rootIno
    )
  }
  recover(world, data, boot)
  const relist = new Relist(world)
  const settle = new Settle(world, relist)
  const sender = new Sender(world, settle)
  const saving = new Saving(world, sender)
  const bytes = new Bytes(world, relist, sender, saving)
  const names = new Names(world, relist, sender, saving, bytes)
  sender.onSent = () => bytes.roomMade()

  let space: { readonly at: number; readonly free: number } | undefined
  const freeSpace = async (): Promise<number> => {
    if (provider.freeSpace === undefined) return endless - contents.used
    if (space !== undefined && now() - space.at < spaceLife) return space.free
    try {
      space = { at: now(), free: await world.run(provider.freeSpace) }
    } catch {
      space = { at: now(), free: space?.free ?? endless }
    }
    return space.free
  }

  const fileSystem = guarded(
    {
      name: provider.name,
      isReadOnly: settings.isReadOnly,
      lifetimes: { entry: settings.listingLife / 1000, attributes: settings.listingLife / 1000, missing: 1 },
      owner: options.owner,
      lookup: names.lookup,
      getAttributes: (ino) => onceKnown(names.current(ino), (node) => tree.attributes(node)),
      setAttributes: (ino, changes) => onceKnown(names.current(ino), (node) => bytes.setAttributes(node, changes)),
      readDirectory: names.readDirectory,
      create: names.create,
      makeDirectory: names.makeDirectory,
      makeLink: names.makeLink,
      readLink: names.readLink,
      unlink: names.unlink,
      removeDirectory: names.removeDirectory,
      rename: names.rename,
      open: (ino, mode) => {
        const opened = () => onceKnown(names.current(ino), (node) => bytes.opened(node, mode))
        const looked = sender.looked(ino)
        return looked === undefined ? opened() : looked.then(opened)
      },
      read: bytes.read,
      write: bytes.write,
      seek: bytes.seek,
      allocate: bytes.allocate,
      copyRange: bytes.copyRange,
      flush: bytes.flush,
      sync: bytes.sync,
      syncDirectory: (ino) => {
        saving.all()
        journal.durably(() => {})
        return settings.syncsRemotely ? sender.arrivedBelow(ino) : undefined
      },
      release: bytes.release,
      space: async () => {
        const free = await freeSpace()
        return { total: provider.freeSpace === undefined ? endless : free + contents.used, free, longestName }
      },
      ...properties(world),
      watch: (told) => {
        watchers.add(told)
        return () => watchers.delete(told)
      }
    },
    (message) => settings.note("Fault", message)
  )

  const unsent = (most: number): ReadonlyArray<Unsent> =>
    queue.all(most).flatMap(({ error, ino, isParked, kind, path: buried, remedy }): ReadonlyArray<Unsent> => {
      if (kind !== "node") return [{ path: buried ?? "", what: "removal", error, remedy, isParked }]
      const node = ino === undefined ? undefined : tree.get(ino)
      const at = node === undefined ? undefined : tree.path(node)
      if (node === undefined || at === undefined) return []
      return [{ path: at, what: node.kind === "directory" ? "directory" : "file", error, remedy, isParked }]
    })

  let isClosed = false
  const stop = (): Promise<void> => {
    isClosed = true
    ending.abort()
    return sender.close()
  }
  sender.wake()
  return {
    fileSystem,
    unsent,
    status: () => {
      const { all, parked } = queue.count()
      return {
        waiting: all - parked,
        parked,
        sending: sender.active,
        sent: sender.sent,
        open: bytes.open,
        cacheUsed: contents.used,
        cacheSize: quota,
        fetched: fetcher.fetched,
        hidden: [...relist.hidden.values()].reduce((sum, some) => sum + some, 0),
        ...(sender.unreachable === undefined ? {} : { unreachable: sender.unreachable })
      }
    },
    drain: async (timeoutMillis) => {
      saving.all()
      sender.hurry()
      await sender.idle(timeoutMillis === undefined ? undefined : AbortSignal.timeout(timeoutMillis))
      return { unsent: unsent(1_000), unreachable: sender.unreachable }
    },
    close: async () => {
      if (isClosed) return
      await stop()
      saving.all()
      saving.close()
      contents.close()
      journal.durably(() => {})
      journal.close()
    },
    abandon: () => {
      if (isClosed) return
      void stop()
      saving.close()
      contents.abandon()
      journal.close()
    }
  }
}
