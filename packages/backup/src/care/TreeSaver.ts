/** Stores trees that were made of others, in packs and an index of their own. */
import { hash } from "node:crypto"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as BlobTable from "../format/BlobTable.ts"
import { tree } from "../format/BlobType.ts"
import { defaultPackSize } from "../format/PackSize.ts"
import { type FinishedPack, makePackWriter } from "../format/PackWriter.ts"
import * as Tree from "../format/Tree.ts"
import * as Hex from "../go/Hex.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { BlobReader } from "../repository/BlobReader.ts"
import * as NewPacks from "../repository/NewPacks.ts"
import type { Repository } from "../repository/Repository.ts"
import { Missing, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"

type E = StorageError | RepositoryError

export interface TreeSaver {
  /** Gives the id of the tree; stores it, if the repository does not have it. */
  readonly save: (bytes: Uint8Array) => Effect.Effect<string, E>
  /** Stores what is left and the index of all. After it the index given to `make` has them too. */
  readonly finish: Effect.Effect<void, E>
  /** Reads every stored tree back from the storage, and looks that all it names is in the index; once `finish` is done. */
  readonly verify: (reader: BlobReader) => Effect.Effect<void, E>
}

export const make = Effect.fnUntraced(function* (
  repository: Repository,
  index: BlobIndex
): Effect.fn.Return<TreeSaver> {
  const finished: Array<FinishedPack> = []
  const saved = new Set<string>()
  const newPacks = yield* NewPacks.make(repository, {
    onStored: ({ blobs, id }) => {
      const pack = index.addPack(id)
      for (const { at, length, offset, uncompressedLength } of BlobTable.rows(blobs)) {
        index.place(tree, blobs.bytes, at, pack, offset, length, uncompressedLength)
      }
    }
  })
  const writer = makePackWriter({
    box: repository.box,
    compression: "auto",
    version: repository.config.version,
    targetSize: defaultPackSize,
    opensAgain: repository.opensAgain,
    onPack: (pack) => finished.push(pack)
  })
  const storeOne = (pack: FinishedPack) => Effect.map(newPacks.store(pack), () => writer.recycle(pack.bytes.buffer))
  const store = Effect.suspend(() => Effect.forEach(finished.splice(0), storeOne, { discard: true }))

  const verifyTree = (reader: BlobReader) => (id: string) =>
    Effect.flatMap(reader.treeBytes(id), (bytes) => {
      const { content, subtrees } = Tree.decodeLinks(bytes)
      for (const [type, ids] of [
        [0, content],
        [tree, subtrees]
      ] as const) {
        for (let at = 0; at < ids.length; at += 32) {
          if (index.find(type, ids, at) !== -1) continue
          const message = `the new directory ${id} names ${Hex.fromBytes(ids, at, at + 32)}, which is in no index`
          const reason = new Missing({ message, file: id, remedy: remedy("check") })
          return Effect.fail(new RepositoryError({ repository: repository.name, reason }))
        }
      }
      return Effect.void
    })

  return {
    save: (bytes) =>
      Effect.suspend(() => {
        const id = hash("sha256", bytes)
        if (index.findHex(tree, id) !== -1 || saved.has(id)) return Effect.succeed(id)
        saved.add(id)
        writer.store(tree, Hex.toBytes(id), bytes)
        return Effect.as(store, id)
      }),
    finish: Effect.suspend(() => {
      writer.finish()
      return Effect.andThen(store, newPacks.flush)
    }),
    verify: (reader) => Effect.forEach(saved, verifyTree(reader), { discard: true })
  }
})
