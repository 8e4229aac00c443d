/** The ids of all files of a kind, or of all blobs that the index knows, as restic's `list` prints them. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { tree } from "../format/BlobType.ts"
import type { FileType } from "../format/RepositoryFile.ts"
import type { BlobIndex } from "../repository/BlobIndex.ts"
import * as IndexLoader from "../repository/IndexLoader.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"

type E = StorageError | RepositoryError

export interface ListedObject {
  readonly id: string
  /** Of a file as it is stored; of a blob once it is opened. */
  readonly bytes: number
  /** Of a blob. */
  readonly blob?: "data" | "tree"
}

export const files = (repository: Repository, type: FileType): Stream.Stream<ListedObject, E> =>
  Stream.map(repository.list(type), ({ id, size }) => ({ id, bytes: size }))

function* entriesOf(index: BlobIndex): Generator<ListedObject> {
  for (let entry = 0; entry < index.size; entry++) {
    const blob = index.typeOf(entry) === tree ? "tree" : "data"
    yield { id: index.hexOf(entry), bytes: index.plainLengthOf(entry), blob }
  }
}

/** Once for each place that holds it. */
export const blobs = (repository: Repository): Stream.Stream<ListedObject, E> =>
  Stream.unwrap(Effect.map(IndexLoader.load(repository), ({ index }) => Stream.fromIterable(entriesOf(index))))
