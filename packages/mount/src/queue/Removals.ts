/** What left the tree leaves the storage, unless something else stands there by now. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { QueueRow } from "./Queue.ts"
import type { Relist } from "./Relist.ts"
import { orNothing } from "./Run.ts"
import { haveSameBytes, isSameVersion } from "./Same.ts"
import type { Settled } from "./Settled.ts"
import type { World } from "./World.ts"

export class Removals {
  private readonly world: World
  private readonly relist: Relist

  constructor(world: World, relist: Relist) {
    this.world = world
    this.relist = relist
  }

  async file(row: QueueRow): Promise<Settled> {
    const { begun, journal, provider, settings, tree } = this.world
    const path = RemotePath.makeUnsafe(row.path ?? "")
    const here = tree.at(path)
    if (here !== undefined && here.kind !== "directory") {
      if (here.remote === path) return "done"
      if (here.isDirty) return "wait"
    }
    // What has another name now is still to be copied from here.
    if (journal.first("select 1 from node where remote = ? and kind <> 1 limit 1", path) !== undefined) return "wait"
    const current = await orNothing(this.world.run, provider.stat(path))
    if (current === undefined) return this.gone(path)
    const isOurs = begun.at(path).some((file) => haveSameBytes(file, current))
    if (!isOurs && (row.seen === undefined || !isSameVersion(current, row.seen))) {
      settings.note("Kept", `"${path}" was removed here, and another client changed it meanwhile: it stays`)
      this.world.journal.transaction(() => {
        begun.over(path)
        this.relist.doubt(tree.at(RemotePath.parent(path)))
      })
      return "done"
    }
    await this.keepDirectory(path)
    settings.at("remove.before")
    await this.world.run(provider.remove(path))
    settings.at("remove.after")
    return this.gone(path)
  }

  private gone(path: string): Settled {
    this.world.begun.over(path)
    this.relist.noteGone(path)
    return "done"
  }

  /** A directory that is there only by its files stays when the last of them goes, as far as it is still wanted. */
  private async keepDirectory(path: RemotePath.RemotePath): Promise<void> {
    const { journal, provider, tree } = this.world
    const parent = RemotePath.parent(path)
    const directory = parent === "" ? undefined : tree.at(parent)
    if (directory?.kind !== "directory" || directory.remote !== parent || provider.makeDirectory === undefined) return
    if (provider.capabilities.hasDirectories) return
    const other = journal.first(
      "select 1 from node where parent = ? and remote is not null and remote > ? and remote < ? limit 1",
      directory.ino,
      `${parent}/`,
      `${parent}0`
    )
    if (other === undefined) await this.world.run(provider.makeDirectory(parent))
  }

  async directory(row: QueueRow): Promise<Settled> {
    const { begun, journal, provider, queue, tree } = this.world
    const path = RemotePath.makeUnsafe(row.path ?? "")
    const here = tree.at(path)
    if (here?.kind === "directory") return "done"
    // What comes there yet would keep it.
    if (queue.isBuriedBelow(path) || begun.isUnderWayBelow(path)) return "wait"
    const [from, to] = [`${path}/`, `${path}0`]
    if (journal.first("select 1 from node where remote > ? and remote < ? limit 1", from, to) !== undefined)
      return "wait"
    if (provider.removeDirectory !== undefined) await this.world.run(provider.removeDirectory(path))
    return this.gone(path)
  }
}
