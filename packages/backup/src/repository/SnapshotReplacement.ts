/** Storing snapshots that take the place of others. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Snapshot from "../format/Snapshot.ts"
import { ensureHeld } from "./LockCheck.ts"
import type { Repository } from "./Repository.ts"
import type { RepositoryError } from "./RepositoryError.ts"

type E = StorageError | RepositoryError

/** Stores a snapshot, reads it back from the storage, and gives its id. */
export const save = Effect.fnUntraced(function* (
  repository: Repository,
  content: Snapshot.SnapshotContent
): Effect.fn.Return<string, E> {
  const json = Snapshot.encode(content)
  yield* ensureHeld
  const id = yield* repository.save("snapshots", json)
  // From the storage, not from the cache: a whole file is checked against its id.
  yield* repository.readRaw("snapshots", id)
  return id
})

const isSame = (left: Snapshot.SnapshotContent, right: Snapshot.SnapshotContent): boolean =>
  Snapshot.encode(left).equals(Snapshot.encode(right))

/** A snapshot that is the replacement already: a run was cut off between writing it and removing the old one. */
export const find = (
  snapshots: ReadonlyArray<Snapshot.Snapshot>,
  content: Snapshot.SnapshotContent
): Snapshot.Snapshot | undefined => snapshots.find((snapshot) => isSame(snapshot, content))

/** With the tag, unless it has it. */
export const tagged = (tags: ReadonlyArray<string>, tag: string): ReadonlyArray<string> =>
  tags.includes(tag) ? tags : [...tags, tag]
