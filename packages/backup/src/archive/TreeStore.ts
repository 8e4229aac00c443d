/** Trees that the main thread has put together, for a thread to store. */

import * as BlobType from "../format/BlobType.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { ArchiveThreads } from "./ArchiveThreads.ts"
import { hash } from "./BlobIntake.ts"

export interface TreeStore {
  /** Gives the id of a tree, and has it stored when it is new. */
  readonly store: (tree: Buffer) => string
  /** Everything is in a pack; rejects when something could not be put in one. */
  readonly settle: () => Promise<void>
}

export const make = (index: BlobIndex, threads: ArchiveThreads): TreeStore => {
  let failure: unknown
  const pending = new Set<Promise<unknown>>()
  const store = (tree: Buffer): string => {
    const id = hash(tree)
    if (index.claim(BlobType.tree, id, 0)) {
      const bytes = new Uint8Array(tree)
      const line = threads.lines.reduce((best, one) => (one.pending() < best.pending() ? one : best))
      const stored: Promise<unknown> = line
        .call({ _tag: "Store", type: BlobType.tree, id: new Uint8Array(id), bytes }, [bytes.buffer])
        .catch((error) => {
          failure ??= error
        })
        .finally(() => pending.delete(stored))
      pending.add(stored)
    }
    return id.toString("hex")
  }
  const settle = async (): Promise<void> => {
    await Promise.all(pending)
    if (failure !== undefined) throw failure
  }
  return { store, settle }
}
