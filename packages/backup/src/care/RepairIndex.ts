/**
 * Makes the index say again what the packs hold.
 *
 * Packs that no index lists, or that have another size than it says, are listed
 * by their own headers; packs that are gone and index files that can not be read
 * are dropped. The new files are stored and read back before old ones go. The
 * caller holds the exclusive lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { entrySize, trailerSize } from "../format/Pack.ts"
import { pathOf, type RepositoryFile } from "../format/RepositoryFile.ts"
import { BitSet } from "../repository/BitSet.ts"
import { BlobIndex } from "../repository/BlobIndex.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import * as IndexRewrite from "../repository/IndexRewrite.ts"
import * as PackHeaders from "../repository/PackHeaders.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"

type E = StorageError | RepositoryError

const readsAtOnce = 8

export interface RepairIndexOptions {
  /** Read the header of every pack; the old index counts only where that can not be read. */
  readonly readAllPacks?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

export interface RepairIndexSummary {
  readonly damagedIndexes: number
  readonly missingPacks: number
  readonly indexedPacks: number
  readonly unreadablePacks: number
  /** Both 0 when there was nothing to do. */
  readonly newIndexes: number
  readonly removedIndexes: number
}

/** What each pack of the index measures by its entries. */
const sizes = (index: BlobIndex): Float64Array => {
  const of = new Float64Array(index.packCount).fill(trailerSize)
  for (let entry = 0; entry < index.size; entry++) {
    of[index.packOf(entry)]! += index.lengthOf(entry) + entrySize(index.uncompressedLengthOf(entry))
  }
  return of
}

/**
 * A pack whose header can not be read is told of; where the index lists it, it goes on doing so, for `repairPacks`
 * needs that.
 */
export const repairIndex = Effect.fnUntraced(function* (
  repository: Repository,
  options: RepairIndexOptions = {},
  tell: Tell = silent
): Effect.fn.Return<RepairIndexSummary, E> {
  const damaged: Array<string> = []
  const { files, index } = yield* IndexLoader.load(repository, {
    onUnreadable: (id, { message }) => {
      damaged.push(id)
      tell.fact({ _tag: "Note", code: "damagedIndex", item: id, message })
    }
  })

  const sizeOf = sizes(index)
  const stored = yield* Stream.runCollect(repository.list("data"))
  const toRead = stored.filter(({ id, size }) => {
    const pack = index.packNumber(id)
    return options.readAllPacks === true || pack === -1 || sizeOf[pack] !== size
  })
  const gone = new BitSet(index.packCount)
  const present = new Set(stored.map(({ id }) => id))
  let missingPacks = 0
  for (let pack = 0; pack < index.packCount; pack++) {
    const id = index.packId(pack)
    if (present.has(id)) continue
    gone.add(pack)
    missingPacks++
    tell.fact({ _tag: "Note", code: "missingPack", item: id, message: "it is gone and no longer listed" })
  }

  const found = new BlobIndex()
  let unreadablePacks = 0
  const readHeader = Effect.fnUntraced(function* ({ id, size }: RepositoryFile): Effect.fn.Return<void, E> {
    const blobs = yield* PackHeaders.read(repository, id, size)
    if (typeof blobs === "string") {
      unreadablePacks++
      const message = `"${pathOf("data", id)}" can not be listed: ${blobs}`
      tell.fact({ _tag: "Failed", failure: { code: "UnreadablePack", item: id, message, isRetryable: false } })
      return
    }
    PackHeaders.addTo(found, id, blobs)
    const known = index.packNumber(id)
    if (known !== -1) gone.add(known)
    tell.fact({ _tag: "Done", deed: "updated", item: id, values: { blobs: blobs.length } })
  })
  yield* Effect.forEach(toRead, readHeader, { concurrency: readsAtOnce, discard: true })

  const { obsolete, packs } = IndexRewrite.change(index, files, gone)
  const removed = [...obsolete, ...damaged]
  const counts = { damagedIndexes: damaged.length, missingPacks, indexedPacks: found.packCount, unreadablePacks }
  if (options.dryRun === true || (removed.length === 0 && found.packCount === 0)) {
    return { ...counts, newIndexes: 0, removedIndexes: 0 }
  }
  const written = yield* IndexRewrite.write(repository, [
    ...IndexRewrite.indexedPacks(
      found,
      Array.from({ length: found.packCount }, (_, pack) => pack)
    ),
    ...IndexRewrite.indexedPacks(index, packs)
  ])
  yield* IndexRewrite.removeObsolete(repository, removed)
  return { ...counts, newIndexes: written.length, removedIndexes: removed.length }
})
