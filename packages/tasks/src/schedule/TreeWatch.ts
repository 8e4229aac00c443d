/**
 * Tells of every change below a folder. Where the system can watch a folder with all below it, that is one watch; on Linux it
 * is one for each folder and none for files.
 */
import * as fs from "node:fs"
import { join, sep } from "node:path"
import { changedSince } from "./ChangedSince.ts"

/** What is made, renamed or removed comes in crowds: the folder is looked at once for all of them. */
const gatherMillis = 200
/** How often it is looked at whether the folder is still the one that is watched: a disk may be put in its place. */
const sameMillis = 60_000

export interface TreeOptions {
  readonly folder: string
  /** What is below that is not watched. */
  readonly own: string | undefined
  /** In milliseconds since 1970 UTC: one change from then on, before it is watched, is told of too. */
  readonly since: number
  readonly onChange: () => void
  /** It is watched from now on. */
  readonly onStanding?: () => void
  /** It is watched no more: it can not be, or is not there. */
  readonly onError: (error: unknown) => void
}

const isIn = (path: string, folder: string | undefined): boolean =>
  folder !== undefined && (path === folder || path.startsWith(`${folder}${sep}`))

interface Node {
  readonly path: string
  readonly watcher: fs.FSWatcher
  readonly children: Map<string, Node>
  isOver: boolean
  isLookedAt: boolean
}

const watchesWhole = process.platform === "darwin" || process.platform === "win32"

/** There is room for no more watches. */
const isFull = (error: unknown): boolean => ["ENOSPC", "EMFILE"].includes(String((error as NodeJS.ErrnoException).code))

const inWords = (error: unknown): unknown =>
  (error as NodeJS.ErrnoException).code === "ENOSPC"
    ? new Error("the system watches no more folders; fs.inotify.max_user_watches says how many")
    : error

/** Gives what ends it. */
export const open = ({ folder, onChange, onError, onStanding, own, since }: TreeOptions): (() => void) => {
  let root: Node | undefined
  let identity: string | undefined
  let isOver = false

  const forget = (node: Node): void => {
    node.isOver = true
    node.watcher.close()
    for (const child of node.children.values()) forget(child)
    node.children.clear()
  }
  const close = (): void => {
    isOver = true
    clearInterval(same)
    if (root !== undefined) forget(root)
    root = undefined
  }
  const fail = (error: unknown): void => {
    if (isOver) return
    close()
    onError(inWords(error))
  }

  const heard = (node: Node, event: string, name: string | null): void => {
    if (isOver || node.isOver) return
    if (name !== null && isIn(join(node.path, name), own)) return
    onChange()
    if (event !== "rename" || watchesWhole) return
    const child = name === null ? undefined : node.children.get(name)
    // It may be another folder of that name by now.
    if (child !== undefined) forget(child)
    if (name !== null) node.children.delete(name)
    if (node.isLookedAt) return
    node.isLookedAt = true
    setTimeout(() => {
      node.isLookedAt = false
      void look(node)
    }, gatherMillis).unref()
  }

  const watched = (path: string): Node => {
    const watcher = fs.watch(path, { recursive: watchesWhole, persistent: false })
    const node: Node = { path, watcher, children: new Map(), isOver: false, isLookedAt: false }
    watcher.on("change", (event, name) => heard(node, event, name === null ? null : String(name)))
    watcher.on("error", (error) => (node === root || isFull(error) ? fail(error) : forget(node)))
    return node
  }

  /** One that is gone again, or that nobody may read, is not the end of the others. */
  const watchedChild = (path: string): Node | undefined => {
    try {
      return watched(path)
    } catch (error) {
      if (isFull(error)) throw error
      return undefined
    }
  }

  /** Watches folders that are new in it, and in them. */
  const look = async (first: Node): Promise<void> => {
    const waiting = [first]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (isOver || node.isOver) continue
      try {
        for await (const entry of await fs.promises.opendir(node.path, { bufferSize: 256 })) {
          if (isOver || node.isOver) break
          const path = join(node.path, entry.name)
          if (!entry.isDirectory() || node.children.has(entry.name) || isIn(path, own)) continue
          const child = watchedChild(path)
          if (child === undefined) continue
          node.children.set(entry.name, child)
          waiting.push(child)
        }
      } catch (error) {
        if (node === root || isFull(error)) return fail(error)
      }
    }
  }

  const identityOf = async (): Promise<string> => {
    const { dev, ino } = await fs.promises.stat(folder, { bigint: true })
    return `${dev} ${ino}`
  }
  const begin = async (from: number): Promise<void> => {
    try {
      identity = await identityOf()
      if (isOver) return
      if (root !== undefined) forget(root)
      root = watched(folder)
      onStanding?.()
      if (!watchesWhole) await look(root)
      const isLeft = (path: string): boolean => isOver || isIn(path, own)
      if (await changedSince(folder, from, isLeft)) onChange()
    } catch (error) {
      fail(error)
    }
  }
  const same = setInterval(async () => {
    const now = await identityOf().catch(fail)
    if (isOver || identity === undefined || now === identity) return
    identity = undefined
    onChange()
    await begin(Date.now())
  }, sameMillis)
  same.unref()
  void begin(since)
  return close
}
