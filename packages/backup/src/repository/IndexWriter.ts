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
  /** Takes a pack that is stored, to be named by the next index file. */
  readonly add: (pack: StoredPack) => Effect.Effect<void>
  /** Takes a pack that may be stored or not, since its upload was interrupted: only `rescue` looks at it. */
  readonly suppose: (pack: StoredPack) => void
  /** Writes an index file when it is time to. */
  readonly flushWhenDue: Effect.Effect<void, E>
  /** Names everything that is not named yet. */
  readonly flush: Effect.Effect<void, E>
  /** The same after an interruption, with supposed packs: those that are not there are not named. */
  readonly rescue: Effect.Effect<void, E>
}

export const make = (repository: Repository): IndexWriter => {
  let packs: Array<StoredPack> = []
  let blobs = 0
  let oldest = 0
  const supposed: Array<StoredPack> = []

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
      Effect.map(Clock.currentTimeMillis, (now) => {
        if (packs.length === 0) oldest = now
        put([pack])
      }),
    suppose: (pack) => void supposed.push(pack),
    flushWhenDue: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      packs.length > 0 && (blobs >= IndexFile.fullSize || now - oldest >= longestWaitMillis) ? flush : Effect.void
    ),
    flush,
    rescue: Effect.suspend(() =>
      Effect.flatMap(Effect.filter([...takeAll(), ...supposed], isThere, { concurrency: 8 }), write)
    )
  }
}
