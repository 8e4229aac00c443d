/**
 * Replacing index files when packs go away.
 *
 * Only files that change are replaced, and with them those that are not full.
 * The new ones are stored and read back before the first old one is removed.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { nameOf } from "../format/BlobType.ts"
import type { PackedBlob } from "../format/Pack.ts"
import { BitSet } from "./BitSet.ts"
import type { BlobIndex, EntriesByPack } from "./BlobIndex.ts"
import * as IndexFile from "./IndexFile.ts"
import type { LoadedIndexFile } from "./IndexLoader.ts"
import { ensureHeld } from "./LockCheck.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

type E = StorageError | RepositoryError

const removalsAtOnce = 8

export interface IndexChange {
  /** Files to be removed. */
  readonly obsolete: ReadonlyArray<string>
  /** Packs they list that stay. */
  readonly packs: ReadonlyArray<number>
}

/** What to replace so that no file lists a pack that is `gone`, and no pack is listed twice. */
export const change = (index: BlobIndex, files: ReadonlyArray<LoadedIndexFile>, gone: BitSet): IndexChange => {
  const listed = new Uint8Array(index.packCount)
  for (const file of files) for (const pack of file.packs) listed[pack] = Math.min(2, listed[pack]! + 1)
  const isStale = (file: LoadedIndexFile) => file.packs.some((pack) => gone.has(pack) || listed[pack]! > 1)
  const stale = files.filter(isStale)
  if (stale.length === 0) return { obsolete: [], packs: [] }
  const notFull = files.filter((file) => file.blobs < IndexFile.fullSize && !stale.includes(file))
  const taken = new BitSet(index.packCount)
  const packs: Array<number> = []
  for (const file of [...stale, ...notFull]) {
    for (const pack of file.packs) if (!gone.has(pack) && taken.add(pack)) packs.push(pack)
  }
  return { obsolete: [...stale, ...notFull].map(({ id }) => id), packs }
}

function* blobsOf(index: BlobIndex, { entries, starts }: EntriesByPack, pack: number): Generator<PackedBlob> {
  for (let at = starts[pack]!; at < starts[pack + 1]!; at++) {
    const entry = entries[at]!
    yield {
      type: nameOf(index.typeOf(entry)),
      id: index.hexOf(entry),
      offset: index.offsetOf(entry),
      length: index.lengthOf(entry),
      uncompressedLength: index.uncompressedLengthOf(entry)
    }
  }
}

/** Packs of the index, as an index file lists them. */
export const indexedPacks = (index: BlobIndex, packs: ReadonlyArray<number>): ReadonlyArray<IndexFile.IndexedPack> => {
  const byPack = index.byPack()
  return packs.map((pack) => ({
    id: index.packId(pack),
    blobs: { [Symbol.iterator]: () => blobsOf(index, byPack, pack) }
  }))
}

const count = (blobs: Iterable<PackedBlob>): number => {
  let number = 0
  for (const _ of blobs) number++
  return number
}

/** Stores index files that list the packs, each full or the last one, and reads them back; gives their ids. */
export const write = Effect.fnUntraced(function* (
  repository: Repository,
  packs: ReadonlyArray<IndexFile.IndexedPack>
): Effect.fn.Return<ReadonlyArray<string>, E> {
  const ids: Array<string> = []
  let group: Array<IndexFile.IndexedPack> = []
  let blobs = 0
  const save = Effect.suspend(() => {
    const json = IndexFile.encode(group)
    group = []
    blobs = 0
    return Effect.map(repository.save("index", json), (id) => ids.push(id))
  })
  for (const pack of packs) {
    group.push(pack)
    blobs += count(pack.blobs)
    if (blobs >= IndexFile.fullSize) yield* save
  }
  if (group.length > 0) yield* save
  // From the storage, not from the cache: a whole file is checked against its id.
  yield* Effect.forEach(ids, (id) => repository.readRaw("index", id), { concurrency: 2, discard: true })
  return ids
})

/** Any failure fails it, since a pack must not go while a file lists it. */
export const removeObsolete = (repository: Repository, ids: ReadonlyArray<string>): Effect.Effect<void, E> =>
  ids.length === 0
    ? Effect.void
    : Effect.andThen(
        ensureHeld,
        Effect.forEach(ids, (id) => repository.remove("index", id), { concurrency: removalsAtOnce, discard: true })
      )
