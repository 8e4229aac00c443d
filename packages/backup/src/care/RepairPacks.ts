/**
 * Saves what can still be read of damaged packs, then removes them.
 *
 * Where blobs lie is asked of the index and of the packs' own headers. Each blob
 * that is what its id says goes into a new pack; the damaged ones are removed
 * only after the new ones are stored and indexed. The caller holds the exclusive lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as BlobTable from "../format/BlobTable.ts"
import { defaultPackSize } from "../format/PackSize.ts"
import { BitSet } from "../repository/BitSet.ts"
import { BlobIndex } from "../repository/BlobIndex.ts"
import * as BlobReader from "../repository/BlobReader.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import * as IndexRewrite from "../repository/IndexRewrite.ts"
import { ensureHeld } from "../repository/LockCheck.ts"
import * as NewPacks from "../repository/NewPacks.ts"
import * as PackHeaders from "../repository/PackHeaders.ts"
import { notRemoved } from "../repository/RemovalFailure.ts"
import type { Repository } from "../repository/Repository.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as Repack from "./Repack.ts"

type E = StorageError | RepositoryError

export interface RepairPacksSummary {
  readonly savedBlobs: number
  readonly lostBlobs: number
  readonly removedPacks: number
}

/** Every place of a blob in these packs, by the index and by their headers. */
const collect = Effect.fnUntraced(function* (
  repository: Repository,
  known: BlobIndex,
  ids: ReadonlyArray<string>,
  tell: Tell
): Effect.fn.Return<BlobIndex, E> {
  const stored = new Map((yield* Stream.runCollect(repository.list("data"))).map((file) => [file.id, file]))
  const stranger = ids.find((id) => !stored.has(id) && known.packNumber(id) === -1)
  if (stranger !== undefined) {
    const message = `there is no pack ${stranger}, neither stored nor in an index`
    const reason = new Refused({ message, remedy: remedy("check") })
    return yield* Effect.fail(new RepositoryError({ repository: repository.name, reason }))
  }
  const places = new BlobIndex()
  const { entries, starts } = known.byPack()
  for (const id of ids) {
    const from = known.packNumber(id)
    const to = places.addPack(id)
    if (from === -1) continue
    for (const entry of entries.subarray(starts[from]!, starts[from + 1]!)) {
      const plain = known.uncompressedLengthOf(entry)
      const blob = known.idOf(entry)
      places.add(known.typeOf(entry), blob, 0, to, known.offsetOf(entry), known.lengthOf(entry), plain)
    }
  }
  for (const id of ids) {
    const file = stored.get(id)
    if (file === undefined) continue
    const header = yield* PackHeaders.read(repository, id, file.size)
    if (typeof header === "string") tell.fact({ _tag: "Note", code: "unreadableHeader", item: id, message: header })
    else PackHeaders.addTo(places, id, header)
  }
  return places
})

/** Fails with `Refused` when a pack is known to nobody, and then, as when the storage fails, nothing has been removed. */
export const repairPacks = Effect.fnUntraced(function* (
  repository: Repository,
  ids: ReadonlyArray<string>,
  options: { readonly packSize?: number | undefined; readonly threads?: number | undefined } = {},
  tell: Tell = silent
): Effect.fn.Return<RepairPacksSummary, E> {
  const loaded = yield* IndexLoader.load(repository)
  const places = yield* collect(repository, loaded.index, ids, tell)
  const saved = new BitSet(places.size)
  const newPacks = yield* NewPacks.make(repository, {
    onStored: ({ blobs }) => {
      for (const row of BlobTable.rows(blobs)) {
        for (let at = places.find(row.type, blobs.bytes, row.at); at !== -1; at = places.next(at)) saved.add(at)
      }
    }
  })
  const work = Effect.gen(function* () {
    const repacking = yield* Repack.make({
      from: repository,
      to: repository,
      index: places,
      // Before a blob is given up it is read again: it may have been turned over on the way.
      reader: BlobReader.make(repository, places),
      newPacks,
      packSize: options.packSize ?? defaultPackSize,
      threads: options.threads,
      onLost: (entry) => {
        const type = places.typeOf(entry) === 1 ? "tree" : "data"
        const [id, pack] = [places.hexOf(entry), places.packId(places.packOf(entry))]
        const message = `${type} blob ${id} in pack ${pack} is damaged`
        // Not readable at one of its places; the summary counts those readable nowhere.
        tell.fact({ _tag: "Note", code: "badBlob", item: id, message })
      }
    })
    const { entries, starts } = places.byPack()
    for (let pack = 0; pack < places.packCount; pack++) {
      yield* repacking.copy(entries.subarray(starts[pack]!, starts[pack + 1]!))
    }
    yield* repacking.finish
  })
  if (places.size > 0) yield* Effect.scoped(work)

  const gone = new BitSet(loaded.index.packCount)
  for (const id of ids) if (loaded.index.packNumber(id) !== -1) gone.add(loaded.index.packNumber(id))
  const { obsolete, packs } = IndexRewrite.change(loaded.index, loaded.files, gone)
  yield* IndexRewrite.write(repository, [...newPacks.take(), ...IndexRewrite.indexedPacks(loaded.index, packs)])
  yield* IndexRewrite.removeObsolete(repository, obsolete)
  yield* ensureHeld
  let removedPacks = 0
  for (const id of ids) {
    yield* Effect.match(repository.remove("data", id), {
      // Prune does it, for no index lists it any more.
      onFailure: (error) => tell.fact(notRemoved(id, error)),
      onSuccess: () => {
        removedPacks++
        tell.fact({ _tag: "Done", deed: "removed", item: id })
      }
    })
  }
  const count = (isWanted: (entry: number) => boolean): number => {
    const blobs = new Set<string>()
    for (let at = 0; at < places.size; at++) if (isWanted(at)) blobs.add(`${places.typeOf(at)}${places.hexOf(at)}`)
    return blobs.size
  }
  return { savedBlobs: count((at) => saved.has(at)), lostBlobs: count((at) => !saved.has(at)), removedPacks }
})
