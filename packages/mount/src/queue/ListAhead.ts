/**
 * Lists the directories that a walk comes to next, while those before them are read. Whoever reads a second directory of
 * one parent that the storage must be asked for is going through all of them; each further one opens the window.
 */
import type { Node } from "../tree/Node.ts"
import type { Relist } from "./Relist.ts"
import type { World } from "./World.ts"

/** Of one parent. */
interface Walk {
  /** Numbers of the directories that were to be asked for when it began, in their order. */
  readonly directories: ReadonlyArray<number>
  /** How many beyond the one that is read are asked for. */
  window: number
}

const mostWalks = 100
const mostDirectories = 10_000

export class ListAhead {
  private readonly world: World
  private readonly relist: Relist
  /** By parent; undefined until a second directory is read. */
  private readonly walks = new Map<number, Walk | undefined>()
  private running = 0

  constructor(world: World, relist: Relist) {
    this.world = world
    this.relist = relist
  }

  /** A program begins to read the names of a directory. */
  read(directory: Node): void {
    const { concurrency, listingLife } = this.world.settings
    if (directory.parent === undefined || listingLife === 0) return
    const isBegun = this.walks.has(directory.parent)
    if (!isBegun && this.relist.isFresh(directory)) return
    const walk = this.walks.get(directory.parent) ?? (isBegun ? this.begin(directory.parent) : undefined)
    this.walks.delete(directory.parent)
    this.walks.set(directory.parent, walk)
    if (this.walks.size > mostWalks) this.walks.delete(this.walks.keys().next().value ?? 0)
    if (walk === undefined) return
    walk.window = Math.min(concurrency, walk.window + 1)
    this.listAfter(walk, directory.ino)
  }

  private begin(parent: number): Walk {
    const { journal, settings } = this.world
    const directories = journal.numbers(
      "select ino from node where parent = ? and kind = 1 and remote is not null and listedAt <= ? order by ino limit ?",
      parent,
      settings.now() - settings.listingLife,
      mostDirectories
    )
    return { directories, window: 0 }
  }

  private listAfter({ directories, window }: Walk, ino: number): void {
    const { settings, tree } = this.world
    const from = directories.findIndex((each) => each > ino)
    if (from < 0) return
    for (const each of directories.slice(from, from + window)) {
      if (this.running >= settings.concurrency) return
      const node = tree.get(each)
      if (node === undefined || this.relist.isFresh(node) || this.relist.isUnderWay(node)) continue
      this.running++
      // Whoever comes there asks again, and is told what is wrong.
      void this.relist
        .list(node)
        .catch(() => undefined)
        .finally(() => this.running--)
    }
  }
}
