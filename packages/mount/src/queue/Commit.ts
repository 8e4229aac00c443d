/** All of some work on the tree and the queue, or nothing. */
import type { World } from "./World.ts"

export const commit = <A>({ journal, tree }: Pick<World, "journal" | "tree">, work: () => A): A => {
  try {
    return journal.transaction(work)
  } catch (error) {
    // What is in memory may be ahead of what was written.
    tree.forget()
    throw error
  }
}
