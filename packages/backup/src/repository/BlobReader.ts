/**
 * Reads single blobs, verified, wherever they lie.
 *
 * Trees lie together in packs and are asked for together, so their packs are
 * read as a whole and kept for a while; of packs with data only the range of the
 * blob is read.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { type BlobType, numberOf } from "../format/BlobType.ts"
import type { Node } from "../format/Node.ts"
import { openBlob } from "../format/openBlob.ts"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import * as Tree from "../format/Tree.ts"
import type { BlobIndex } from "./BlobIndex.ts"
import type { Repository } from "./Repository.ts"
import { Damaged, Missing, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"
import * as TreePacks from "./TreePacks.ts"

type E = StorageError | RepositoryError

export interface BlobReader {
  readonly index: BlobIndex
  /** Every place of the blob is tried. Fails with `Missing` when there is none, and with `Damaged` when none is good; both name pack and blob. */
  readonly blob: (type: BlobType, id: string) => Effect.Effect<Buffer, E>
  /** A directory, decoded. One that can not be is `Damaged`. */
  readonly tree: (id: string) => Effect.Effect<ReadonlyArray<Node>, E>
  readonly treeBytes: (id: string) => Effect.Effect<Buffer, E>
}

/** `index` may grow while blobs are read. */
export const make = (repository: Repository, index: BlobIndex): BlobReader => {
  const treePacks = TreePacks.make(repository, index)

  const fail = (reason: Damaged | Missing) => new RepositoryError({ repository: repository.name, reason })

  const open = (entry: number, id: string, sealed: Uint8Array): Effect.Effect<Buffer, RepositoryError> =>
    Effect.suspend(() => {
      const opened = openBlob(repository.box, sealed, id, index.uncompressedLengthOf(entry))
      if (typeof opened !== "string") return Effect.succeed(opened)
      const file = RepositoryFile.pathOf("data", index.packId(index.packOf(entry)))
      const message = `the blob ${id} in "${file}" is damaged: ${opened}`
      return Effect.fail(fail(new Damaged({ message, file, remedy: remedy("check") })))
    })

  const readRange = (entry: number, id: string): Effect.Effect<Buffer, E> => {
    const range = { offset: index.offsetOf(entry), length: index.lengthOf(entry) }
    const read = repository.readRaw("data", index.packId(index.packOf(entry)), range)
    const opened = Effect.flatMap(read, (sealed) => open(entry, id, sealed))
    // It may have been turned over on the way.
    return Effect.catchReason(opened, "RepositoryError", "Damaged", () => opened)
  }

  const readPlace = (type: BlobType, entry: number, id: string): Effect.Effect<Buffer, E> => {
    if (type === "data") return readRange(entry, id)
    const inPack = Effect.flatMap(treePacks.read(index.packOf(entry)), (pack) => {
      if (pack === undefined) return readRange(entry, id)
      const start = index.offsetOf(entry)
      return open(entry, id, pack.subarray(start, start + index.lengthOf(entry)))
    })
    // In a damaged pack other blobs may be whole.
    return Effect.catchReason(inPack, "RepositoryError", "Damaged", () => readRange(entry, id))
  }

  const readFrom = (type: BlobType, entry: number, id: string): Effect.Effect<Buffer, E> =>
    Effect.catchReasons(
      Effect.suspend(() => readPlace(type, entry, id)),
      "RepositoryError",
      {
        Damaged: (reason) => tryNext(type, entry, id, fail(reason)),
        Missing: (reason) => tryNext(type, entry, id, fail(reason))
      }
    )

  const tryNext = (type: BlobType, entry: number, id: string, error: RepositoryError): Effect.Effect<Buffer, E> => {
    const other = index.next(entry)
    return other < 0 ? Effect.fail(error) : readFrom(type, other, id)
  }

  const blob: BlobReader["blob"] = (type, id) =>
    Effect.suspend(() => {
      const entry = index.findHex(numberOf(type), id)
      if (entry >= 0 && index.isPlaced(entry)) return readFrom(type, entry, id)
      const what = type === "tree" ? "directory" : "piece of a file"
      const message = `the ${what} ${id} is in no pack that the index names`
      return Effect.fail(fail(new Missing({ message, file: id, remedy: remedy("repairIndexThenCheck") })))
    })

  const treeBytes: BlobReader["treeBytes"] = (id) => blob("tree", id)

  return {
    index,
    blob,
    treeBytes,
    tree: (id) =>
      Effect.flatMap(treeBytes(id), (bytes) =>
        Effect.try({
          try: () => Tree.decode(bytes),
          catch: (error) => {
            const why = error instanceof Error ? error.message : String(error)
            return fail(new Damaged({ message: `the directory ${id} can not be read: ${why}`, file: id }))
          }
        })
      )
  }
}
