/** Packs that hold nothing but trees, read as a whole: from memory, from the cache on this machine, from the repository. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as BlobTypes from "../format/BlobType.ts"
import type { BlobIndex } from "./BlobIndex.ts"
import { ByteCache } from "./ByteCache.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

const memorySize = 48 * 1024 * 1024
/** A pack that is larger is not read as a whole. */
const largestWhole = 32 * 1024 * 1024
/** A pack that had to be read so often does not stay in memory: single trees of it are read from then on. */
const mostReads = 3

export interface TreePacks {
  /** The whole pack, its SHA-256 verified; `undefined` when it is better read in ranges. */
  readonly read: (pack: number) => Effect.Effect<Uint8Array | undefined, StorageError | RepositoryError>
}

/** Where the blobs of each pack end, or nothing that small for packs that hold data too. */
const endsOf = (index: BlobIndex): Float64Array => {
  const ends = new Float64Array(index.packCount)
  for (let entry = 0; entry < index.size; entry++) {
    if (!index.isPlaced(entry)) continue
    const pack = index.packOf(entry)
    const end = index.typeOf(entry) === BlobTypes.tree ? index.offsetOf(entry) + index.lengthOf(entry) : Infinity
    ends[pack] = Math.max(ends[pack]!, end)
  }
  return ends
}

/** `index` may grow; packs that come later are read in ranges. */
export const make = ({ cache, readRaw }: Repository, index: BlobIndex): TreePacks => {
  const memory = new ByteCache<Uint8Array>(memorySize)
  const reads = new Map<string, number>()
  const locks = new Map<string, Semaphore.Semaphore>()
  let ends: Float64Array | undefined

  const fetch = Effect.fnUntraced(function* (id: string) {
    const known = memory.get(id)
    if (known !== undefined) return known
    const kept = cache === undefined ? undefined : yield* cache.get("data", id)
    const count = (reads.get(id) ?? 0) + 1
    if (kept === undefined && count > mostReads) return undefined
    reads.set(id, count)
    const bytes = kept ?? (yield* readRaw("data", id))
    if (kept === undefined && cache !== undefined) yield* cache.set("data", id, bytes)
    memory.set(id, bytes, bytes.length)
    return bytes
  })

  /** Who wants the same pack at the same time waits for the one that reads it. */
  const fetchOnce = (id: string) => {
    const lock = locks.get(id) ?? Semaphore.makeUnsafe(1)
    locks.set(id, lock)
    return Effect.ensuring(
      lock.withPermits(1)(fetch(id)),
      Effect.sync(() => locks.delete(id))
    )
  }

  return {
    read: (pack) =>
      Effect.suspend(() => {
        ends ??= endsOf(index)
        const end = ends[pack] ?? Infinity
        if (end > largestWhole) return Effect.succeed(undefined)
        const id = index.packId(pack)
        const known = memory.get(id)
        return known === undefined ? fetchOnce(id) : Effect.succeed(known)
      })
  }
}
