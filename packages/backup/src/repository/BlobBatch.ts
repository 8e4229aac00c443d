/** Reads many blobs at a time: those that lie near each other in a pack with one request. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { openBlob } from "../format/openBlob.ts"
import type { BlobReader } from "./BlobReader.ts"
import * as PackRanges from "./PackRanges.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

export interface WantedBlob {
  readonly id: string
  /** In the index. */
  readonly entry: number
}

const rangesAtOnce = 4

/**
 * The plain bytes of data blobs by their entry, verified as `BlobReader.blob` does
 * and failing as that does: what can not be had from here is asked of it.
 */
export const read = (
  repository: Repository,
  reader: BlobReader,
  wanted: Iterable<WantedBlob>
): Effect.Effect<ReadonlyMap<number, Buffer>, StorageError | RepositoryError> =>
  Effect.gen(function* () {
    const { index } = reader
    const ids = new Map<number, string>()
    const packs = new Map<number, Array<number>>()
    for (const { entry, id } of wanted) {
      if (ids.has(entry)) continue
      ids.set(entry, id)
      const pack = index.packOf(entry)
      const entries = packs.get(pack)
      if (entries === undefined) packs.set(pack, [entry])
      else entries.push(entry)
    }
    const blobs = new Map<number, Buffer>()

    const open = (range: PackRanges.PackRange, bytes: Uint8Array): void => {
      for (const entry of range.entries) {
        const start = index.offsetOf(entry) - range.offset
        const sealed = bytes.subarray(start, start + index.lengthOf(entry))
        const opened = openBlob(repository.box, sealed, ids.get(entry)!, index.uncompressedLengthOf(entry))
        if (typeof opened !== "string") blobs.set(entry, opened)
      }
    }

    const ranges = [...packs].flatMap(([pack, entries]) => {
      entries.sort((left, right) => index.offsetOf(left) - index.offsetOf(right))
      return PackRanges.of(index, entries).map((range) => ({ pack, range }))
    })
    yield* Effect.forEach(
      ranges,
      ({ pack, range }) =>
        repository.readRaw("data", index.packId(pack), range).pipe(
          Effect.map((bytes) => open(range, bytes)),
          Effect.catchTag("RepositoryError", () => Effect.void)
        ),
      { concurrency: rangesAtOnce, discard: true }
    )
    for (const [entry, id] of ids) {
      if (!blobs.has(entry)) blobs.set(entry, yield* reader.blob("data", id))
    }
    return blobs
  })
