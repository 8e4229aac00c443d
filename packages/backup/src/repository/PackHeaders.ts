/** Reads what packs say about themselves. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { numberOf } from "../format/BlobType.ts"
import * as Pack from "../format/Pack.ts"
import * as Hex from "../go/Hex.ts"
import type { BlobIndex } from "./BlobIndex.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

type E = StorageError | RepositoryError

const attempt = <A>(work: () => A): A | string => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const readOnce = Effect.fnUntraced(function* (
  repository: Repository,
  id: string,
  size: number
): Effect.fn.Return<ReadonlyArray<Pack.PackedBlob> | string, E> {
  const tail = (length: number) =>
    Effect.catchReasons(repository.readRaw("data", id, { offset: size - length, length }), "RepositoryError", {
      Damaged: (reason) => Effect.succeed(reason.message),
      Missing: (reason) => Effect.succeed(reason.message)
    })
  const first = yield* tail(Math.min(size, Pack.firstHeaderRead))
  if (typeof first === "string") return first
  const needed = attempt(() => Pack.headerSize(first, size))
  if (typeof needed === "string") return needed
  const end = needed <= first.length ? first : yield* tail(needed)
  if (typeof end === "string") return end
  return attempt(() => Pack.readHeader(repository.box, end, size))
})

/** The blobs of a stored pack of `size` bytes by its header, or why that can not be read. */
export const read = (
  repository: Repository,
  id: string,
  size: number
): Effect.Effect<ReadonlyArray<Pack.PackedBlob> | string, E> => {
  const once = readOnce(repository, id, size)
  // It may have been turned over on the way.
  return Effect.flatMap(once, (blobs) => (typeof blobs === "string" ? once : Effect.succeed(blobs)))
}

/** Adds the blobs of a pack to an index. */
export const addTo = (index: BlobIndex, id: string, blobs: ReadonlyArray<Pack.PackedBlob>): void => {
  const pack = index.addPack(id)
  for (const blob of blobs) {
    index.add(numberOf(blob.type), Hex.toBytes(blob.id), 0, pack, blob.offset, blob.length, blob.uncompressedLength)
  }
}
