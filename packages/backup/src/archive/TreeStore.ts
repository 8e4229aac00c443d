/** Trees that the main thread has put together, for a thread to store. */

import { createHash } from "node:crypto"
import * as BlobType from "../format/BlobType.ts"
import { release } from "../format/Crypto.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { ArchiveThreads } from "./ArchiveThreads.ts"

export interface TreeStore {
  /** Gives the id of the tree of these parts, and has it stored when it is new. */
  readonly store: (tree: ReadonlyArray<Buffer>) => string
  /** Everything is in a pack; rejects when something could not be put in one. */
  readonly settle: () => Promise<void>
}

const hashOf = (parts: ReadonlyArray<Buffer>): Buffer => {
  const sum = createHash("sha256")
  for (const part of parts) sum.update(part)
  return sum.digest()
}

/** In memory of its own, which a thread can be given; that of the parts is given back on the way. */
const joined = (parts: ReadonlyArray<Buffer>): Uint8Array<ArrayBuffer> => {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    at += part.copy(bytes, at)
    release(part)
  }
  return bytes
}

export const make = (index: BlobIndex, threads: ArchiveThreads): TreeStore => {
  let failure: unknown
  const pending = new Set<Promise<unknown>>()
  const store = (tree: ReadonlyArray<Buffer>): string => {
    const id = hashOf(tree)
    if (index.claim(BlobType.tree, id, 0)) {
      const bytes = joined(tree)
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
