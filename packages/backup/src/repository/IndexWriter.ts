/**
 * Names new packs in index files: a full file at a time, and once a minute what
 * there is, so that a backup that is cut off can go on from there.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as BlobTable from "../format/BlobTable.ts"
import * as IndexFile from "./IndexFile.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

type E = StorageError | RepositoryError

const longestWaitMillis = 60_000

/** A pack that is stored. */
export interface StoredPack {
  readonly id: string
  readonly blobs: BlobTable.BlobTable
}

export interface IndexWriter {
  /** Writes an index file when it is time to. */
  readonly add: (pack: StoredPack) => Effect.Effect<void, E>
  /** Names everything that is not named yet. */
  readonly flush: Effect.Effect<void, E>
  /** The same after an interruption: packs that somebody has removed meanwhile are not named. */
  readonly rescue: Effect.Effect<void, E>
}

export const make = (repository: Repository): IndexWriter => {
  let packs: Array<StoredPack> = []
  let blobs = 0
  let oldest = 0

  const put = (added: ReadonlyArray<StoredPack>): void => {
    packs.push(...added)
    blobs += added.reduce((sum, pack) => sum + pack.blobs.count, 0)
  }

  const takeAll = (): ReadonlyArray<StoredPack> => {
    const taken = packs
    packs = []
    blobs = 0
    return taken
  }

  const write = (taken: ReadonlyArray<StoredPack>): Effect.Effect<void, E> =>
    Effect.suspend(() => {
      if (taken.length === 0) return Effect.void
      const listed = taken.map(({ blobs: table, id }) => ({ id, blobs: BlobTable.packedBlobs(table) }))
      return Effect.asVoid(repository.save("index", IndexFile.encode(listed)))
    })

  const flush = Effect.suspend(() => {
    const taken = takeAll()
    return Effect.onError(write(taken), () => Effect.sync(() => put(taken)))
  })

  const isThere = ({ id }: StoredPack): Effect.Effect<boolean, E> =>
    repository.readRaw("data", id, { offset: 0, length: 1 }).pipe(
      Effect.as(true),
      Effect.catchReason("RepositoryError", "Missing", () => Effect.succeed(false))
    )

  return {
    add: (pack) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (packs.length === 0) oldest = now
        put([pack])
        return blobs >= IndexFile.fullSize || now - oldest >= longestWaitMillis ? flush : Effect.void
      }),
    flush,
    rescue: Effect.suspend(() =>
      Effect.flatMap(Effect.filter(takeAll(), isThere, { concurrency: 8 }), (present) => write(present))
    )
  }
}
