/**
 * Stores new packs and, while that goes on, the index files that name them, so
 * that whoever is cut off finds the work done so far when it begins again.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as BlobTable from "../format/BlobTable.ts"
import type { FinishedPack } from "../format/PackWriter.ts"
import * as IndexFile from "./IndexFile.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

type E = StorageError | RepositoryError

export interface NewPack {
  readonly id: string
  readonly size: number
}

export interface NewPacks {
  /** Stores the pack durably, sometimes an index file too. Its buffer may be used again then. */
  readonly store: (pack: FinishedPack) => Effect.Effect<void, E>
  /** Writes an index file of what has none yet. */
  readonly flush: Effect.Effect<void, E>
  /** Hands over what has no index file yet to somebody who writes one. */
  readonly take: () => ReadonlyArray<IndexFile.IndexedPack>
  /** All packs that were stored. */
  readonly stored: ReadonlyArray<NewPack>
}

export interface NewPacksOptions {
  /** Called with each pack once it is stored. */
  readonly onStored?: (pack: FinishedPack) => void
  /** An index file is written at least so often, in milliseconds: that much work is lost when a run is cut off. A minute when absent. */
  readonly indexEvery?: number | undefined
}

export const make = Effect.fnUntraced(function* (
  repository: Repository,
  options: NewPacksOptions = {}
): Effect.fn.Return<NewPacks> {
  const stored: Array<NewPack> = []
  let waiting: Array<FinishedPack> = []
  let blobs = 0
  let since = yield* Clock.currentTimeMillis

  const take: NewPacks["take"] = () => {
    const taken = waiting
    waiting = []
    blobs = 0
    return taken.map(({ blobs: table, id }) => ({ id, blobs: [...BlobTable.packedBlobs(table)] }))
  }

  const flush = Effect.suspend(() =>
    waiting.length === 0 ? Effect.void : Effect.asVoid(repository.save("index", IndexFile.encode(take())))
  )

  return {
    stored,
    take,
    flush,
    store: Effect.fnUntraced(function* (pack) {
      const size = pack.bytes.length
      yield* repository.savePack(pack.id, pack.bytes)
      stored.push({ id: pack.id, size })
      blobs += pack.blobs.count
      options.onStored?.(pack)
      waiting.push({ ...pack, bytes: new Uint8Array() })
      const now = yield* Clock.currentTimeMillis
      if (blobs < IndexFile.fullSize && now - since < (options.indexEvery ?? 60_000)) return
      since = now
      yield* flush
    })
  }
})
