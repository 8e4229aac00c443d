/** Stores the packs that threads have filled, a few at a time, and tells the index where their blobs are. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as BlobTable from "../format/BlobTable.ts"
import * as BlobType from "../format/BlobType.ts"
import { entrySize } from "../format/Pack.ts"
import type { FinishedPack } from "../format/PackWriter.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import type { IndexWriter } from "../repository/IndexWriter.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"

type E = StorageError | RepositoryError

export interface PackCounts {
  dataBlobs: number
  treeBlobs: number
  /** Bytes of the blobs. */
  dataAdded: number
  /** With what they take in headers. */
  dataAddedPacked: number
}

export interface PackUploads {
  /** Resolves when the pack is stored; its buffer may be used again then. Never, when storing fails or ends. */
  readonly store: (pack: FinishedPack) => Promise<void>
  /** Fails with what made an upload fail; never succeeds. */
  readonly failure: Effect.Effect<never, E>
  readonly counts: PackCounts
}

export interface PackUploadsOptions {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly indexWriter: IndexWriter
  readonly concurrency: number
  readonly isDryRun: boolean
}

interface Waiting {
  readonly pack: FinishedPack
  readonly resolve: () => void
}

/** What is being uploaded when the scope closes is stopped; the index is told which packs those were. */
export const make = Effect.fnUntraced(function* ({
  concurrency,
  index,
  indexWriter,
  isDryRun,
  repository
}: PackUploadsOptions): Effect.fn.Return<PackUploads, never, Scope.Scope> {
  const counts: PackCounts = { dataBlobs: 0, treeBlobs: 0, dataAdded: 0, dataAddedPacked: 0 }
  const queue = yield* Queue.unbounded<Waiting>()
  const failed = yield* Deferred.make<never, E>()

  const count = ({ blobs }: FinishedPack): void => {
    for (const { length, type, uncompressedLength } of BlobTable.rows(blobs)) {
      if (type === BlobType.tree) counts.treeBlobs++
      else counts.dataBlobs++
      counts.dataAdded += uncompressedLength === 0 ? length - 32 : uncompressedLength
      counts.dataAddedPacked += length + entrySize(uncompressedLength)
    }
  }

  const place = ({ blobs, id }: FinishedPack): void => {
    const pack = index.addPack(id)
    for (const { at, length, offset, type, uncompressedLength } of BlobTable.rows(blobs)) {
      index.place(type, blobs.bytes, at, pack, offset, length, uncompressedLength)
    }
  }

  const upload = Effect.fnUntraced(function* ({ pack, resolve }: Waiting): Effect.fn.Return<void, E> {
    count(pack)
    if (!isDryRun) {
      const { blobs, id } = pack
      // Whoever is told between the storing and the noting to stop would lose the pack.
      yield* Effect.uninterruptibleMask((restore) =>
        restore(repository.savePack(id, pack.bytes)).pipe(
          Effect.onInterrupt(() => Effect.sync(() => indexWriter.suppose({ id, blobs }))),
          Effect.andThen(Effect.sync(() => place(pack))),
          Effect.andThen(indexWriter.add({ id, blobs }))
        )
      )
      yield* indexWriter.flushWhenDue
    }
    resolve()
  })

  const uploader = Effect.forever(Effect.flatMap(Queue.take(queue), upload)).pipe(
    Effect.catchCause((cause) => Deferred.failCause(failed, cause))
  )
  for (let index = 0; index < concurrency; index++) yield* Effect.forkScoped(uploader)

  return {
    store: (pack) => new Promise((resolve) => Queue.offerUnsafe(queue, { pack, resolve })),
    failure: Deferred.await(failed),
    counts
  }
})
