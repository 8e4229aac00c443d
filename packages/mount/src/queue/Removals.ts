/** What left the tree leaves the storage, unless something else stands there by now. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { Node } from "../tree/Node.ts"
import { commit } from "./Commit.ts"
import type { Holders } from "./Holders.ts"
import type { QueueRow } from "./Queue.ts"
import type { Relist } from "./Relist.ts"
import { orNothing } from "./Run.ts"
import { haveSameBytes, isSameVersion } from "./Same.ts"
import type { Settled } from "./Settled.ts"
import type { World } from "./World.ts"

export class Removals {
  private readonly world: World
  private readonly relist: Relist

  private readonly holders: Holders

  constructor(world: World, relist: Relist, holders: Holders) {
    this.world = world
    this.relist = relist
    this.holders = holders
  }

  async file(row: QueueRow): Promise<Settled> {
    const { begun, journal, provider, settings, tree } = this.world
    const path = RemotePath.makeUnsafe(row.path ?? "")
    const here = tree.at(path)
    if (here !== undefined && here.kind !== "directory") {
      if (here.remote === path) return this.under(here, path)
      if (here.isDirty) return this.after(here.ino)
    }
    // What has another name now is still to be copied from here.
    const moved = journal.first("select ino from node where remote = ? and kind <> 1 limit 1", path)
    if (moved !== undefined) return this.after(Number(moved.ino))
    let isKept = false
    await this.relist.implied.around(path, async () => {
      const current = await orNothing(this.world.run, provider.stat(path))
      if (current === undefined) return
      const isOurs = begun.at(path).some((file) => haveSameBytes(file, current))
      isKept = !isOurs && (row.seen === undefined || !isSameVersion(current, row.seen))
      if (isKept) return
      settings.at("remove.before")
      await this.world.run(provider.remove(path))
      settings.at("remove.after")
    })
    return isKept ? this.kept(path) : this.gone(path)
  }

  /** The bytes of `here` have the name again: unless those that left it came there without an answer. */
  private async under(here: Node, path: RemotePath.RemotePath): Promise<Settled> {
    const { begun, provider, run, tree } = this.world
    // What was begun for it is looked at with it.
    if (!begun.isAt(path) || begun.of(here.ino, path).length > 0) return "done"
    const current = await orNothing(run, provider.stat(path))
    const isOurs = current !== undefined && begun.at(path).some((file) => haveSameBytes(file, current))
    if (!isOurs || isSameVersion(here.seen, current)) return "done"
    commit(this.world, () => {
      if (tree.get(here.ino) === here && here.remote === path) this.holders.displace(here)
    })
    return "done"
  }

  private kept(path: RemotePath.RemotePath): Settled {
    const { begun, journal, settings, tree } = this.world
    settings.note("Kept", `"${path}" was removed here, and another client changed it meanwhile: it stays`)
    journal.transaction(() => {
      begun.overOfLeft(path)
      this.relist.doubt(tree.at(RemotePath.parent(path)))
    })
    return "done"
  }

  /** Once the node has been settled. */
  private after(ino: number): Settled {
    return this.world.queue.of(ino)?.isParked === true ? "stuck" : "wait"
  }

  private gone(path: string): Settled {
    this.world.begun.overOfLeft(path)
    this.relist.noteGone(path)
    return "done"
  }

  async directory(row: QueueRow): Promise<Settled> {
    const { begun, journal, provider, queue, tree } = this.world
    const path = RemotePath.makeUnsafe(row.path ?? "")
    const here = tree.at(path)
    // A new one of the name may get another name before it is made, and then this one is nobody's.
    if (here?.kind === "directory") return here.remote === path ? "done" : this.after(here.ino)
    // What comes there yet would keep it.
    if (begun.isUnderWayBelow(path)) return "wait"
    const buried = queue.buriedBelow(path)
    if (buried !== undefined) return buried
    const [from, to] = [`${path}/`, `${path}0`]
    const below = "select 1 from node where remote > ? and remote < ?"
    if (journal.first(`${below} limit 1`, from, to) !== undefined) {
      const parked = "ino in (select ino from queue where isParked = 1)"
      return journal.first(`${below} and not ${parked} limit 1`, from, to) === undefined ? "stuck" : "wait"
    }
    const { removeDirectory } = provider
    if (removeDirectory !== undefined)
      await this.relist.implied.around(path, () => this.world.run(removeDirectory(path)))
    return this.gone(path)
  }
}
