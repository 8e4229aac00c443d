/** Reads all index files of a repository into one `BlobIndex`. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as RepositoryFile from "../format/RepositoryFile.ts"
import { BlobIndex } from "./BlobIndex.ts"
import { decodeInto, IndexFileError } from "./IndexFile.ts"
import type { Repository } from "./Repository.ts"
import { Damaged, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"

export interface LoadedIndexFile {
  readonly id: string
  /** Stored bytes. */
  readonly size: number
  /** Numbers of the packs it lists, in the order of the file. */
  readonly packs: Uint32Array
  /** How many blobs it lists. */
  readonly blobs: number
}

export interface LoadedIndex {
  readonly index: BlobIndex
  /** In the order of their ids. */
  readonly files: ReadonlyArray<LoadedIndexFile>
}

export interface LoadOptions {
  /** Told of each file that is damaged or gone, which is then left out. Without it the first of them fails the loading. */
  readonly onUnreadable?: (id: string, error: RepositoryError) => void
}

/** Files in memory at the same time: each may be 8 MB of JSON. */
const concurrency = 4

/** Fails with `Damaged` or `Missing` unless `onUnreadable` takes those. */
export const load = Effect.fnUntraced(function* (
  repository: Repository,
  options: LoadOptions = {}
): Effect.fn.Return<LoadedIndex, StorageError | RepositoryError> {
  const index = new BlobIndex()
  const listed = yield* Stream.runCollect(repository.list("index"))
  const found = [...listed].sort((left, right) => (left.id < right.id ? -1 : 1))

  const decode = ({ id, size }: RepositoryFile.RepositoryFile, json: Buffer) =>
    Effect.suspend((): Effect.Effect<LoadedIndexFile, RepositoryError> => {
      try {
        return Effect.succeed({ id, size, ...decodeInto(index, json) })
      } catch (error) {
        if (!(error instanceof IndexFileError)) throw error
        const file = RepositoryFile.pathOf("index", id)
        const message = `"${file}" is damaged: ${error.message}`
        const reason = new Damaged({ message, file, remedy: remedy("repairIndex") })
        return Effect.fail(new RepositoryError({ repository: repository.name, reason }))
      }
    })

  const loadOne = (file: RepositoryFile.RepositoryFile) => {
    const decoded = Effect.flatMap(repository.load("index", file.id), (json) => decode(file, json))
    const { onUnreadable } = options
    if (onUnreadable === undefined) return decoded
    return Effect.catchTag(decoded, "RepositoryError", (error) => {
      if (error.reason._tag !== "Damaged" && error.reason._tag !== "Missing") return Effect.fail(error)
      onUnreadable(file.id, error)
      return Effect.succeed(undefined)
    })
  }

  const files = yield* Effect.forEach(found, loadOne, { concurrency })
  return { index, files: files.filter((file) => file !== undefined) }
})
