/** What most commands that read begin with: the index, and a reader of blobs on it. */
import * as BlobReader from "@ourclone/backup/repository/BlobReader"
import * as IndexLoader from "@ourclone/backup/repository/IndexLoader"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as Effect from "effect/Effect"

/** Snapshots must have been listed before: one that comes later may need what this index does not name yet. */
export const readerOf = (repository: Repository) =>
  Effect.map(IndexLoader.load(repository), ({ index }) => BlobReader.make(repository, index))
