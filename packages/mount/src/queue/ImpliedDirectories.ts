/** Directories that a storage has only by what is in them: they stay when the last of it goes, as far as they are wanted here. */
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import type { Node } from "../tree/Node.ts"
import type { World } from "./World.ts"

export class ImpliedDirectories {
  private readonly world: World

  constructor(world: World) {
    this.world = world
  }

  /** Something in it is still to be removed from the storage: that a listing does not tell of it means nothing. */
  isBeingLeft({ remote }: Node): boolean {
    const { provider, queue } = this.world
    return remote !== undefined && !provider.capabilities.hasDirectories && queue.buriedBelow(remote) !== undefined
  }

  /**
   * `remove` takes from the storage what is at `path`, or finds that it is gone. Done again after a kill, it makes up for
   * what the first time did not come to.
   */
  async around(path: string, remove: () => Promise<void>): Promise<void> {
    const { makeDirectory, capabilities } = this.world.provider
    if (makeDirectory === undefined || capabilities.hasDirectories) return remove()
    await remove()
    // Only now: as long as something is in it, a storage takes it for one that is there.
    const lone = this.lone(path)
    if (lone !== undefined) await this.world.run(makeDirectory(lone))
    // A listing that began before may not tell of them.
    const now = this.world.settings.now()
    for (const directory of this.above(path)) directory.settledAt = now
  }

  /** The directories that lead to `path` here, the nearest first, but for the root. */
  private above(path: string): ReadonlyArray<Node> {
    const found: Array<Node> = []
    for (let at = parentOf(path); at !== ""; at = parentOf(at)) {
      const node = this.world.tree.at(at)
      if (node?.kind === "directory") found.push(node)
    }
    return found
  }

  /** The nearest of them, where the storage should have it and has nothing in it as far as is known here. */
  private lone(path: string): RemotePath.RemotePath | undefined {
    const { begun, journal, tree } = this.world
    const [directory] = this.above(path)
    const at = directory === undefined ? undefined : tree.path(directory)
    if (directory === undefined || at === undefined) return undefined
    // One whose turn is to come is made then, unless it was looked for while this was still in it.
    if (directory.remote !== at && !begun.isAt(at)) return undefined
    const other = journal.first(
      "select 1 from node where parent = ? and remote > ? and remote < ? limit 1",
      directory.ino,
      `${at}/`,
      `${at}0`
    )
    return other === undefined ? at : undefined
  }
}

const parentOf = (path: string): string => RemotePath.parent(RemotePath.makeUnsafe(path))
