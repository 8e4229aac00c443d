/**
 * Changing the tags of snapshots. A snapshot file is never changed in place: another one with the new tags is
 * stored and read back before the old one is removed. The caller holds the exclusive lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type * as Snapshot from "../format/Snapshot.ts"
import type { Repository } from "../repository/Repository.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import * as SnapshotReplacement from "../repository/SnapshotReplacement.ts"

type E = StorageError | RepositoryError

/** `set` replaces all tags, and `add` and `remove` do not go with it. */
export interface TagOptions {
  /** A single empty text means no tags at all. */
  readonly set?: ReadonlyArray<string> | undefined
  readonly add?: ReadonlyArray<string> | undefined
  readonly remove?: ReadonlyArray<string> | undefined
}

export interface TagChange {
  /** Of the file that is gone. */
  readonly oldId: string
  readonly snapshot: Snapshot.Snapshot
}

/** As restic does it: the last tag takes the place of one that is removed. */
const without = (tags: ReadonlyArray<string>, tag: string): ReadonlyArray<string> => {
  const at = tags.indexOf(tag)
  if (at < 0) return tags
  const rest = [...tags]
  const last = rest.pop()!
  if (at < rest.length) rest[at] = last
  return rest
}

/** The tags a snapshot would have; the same array when nothing changes. */
export const changed = (tags: ReadonlyArray<string>, options: TagOptions): ReadonlyArray<string> => {
  const { add = [], remove = [], set = [] } = options
  if (set.length > 0) {
    const wanted = set.length === 1 && set[0] === "" ? [] : set
    return wanted.length === tags.length && wanted.every((tag, at) => tag === tags[at]) ? tags : wanted
  }
  const missing = [...new Set(add)].filter((tag) => !tags.includes(tag))
  const more = missing.length === 0 ? tags : [...tags, ...missing]
  return remove.reduce(without, more)
}

/** Gives nothing where the tags are as they should be. Broken off halfway it leaves both snapshots, never none. */
export const change = Effect.fnUntraced(function* (
  repository: Repository,
  snapshot: Snapshot.Snapshot,
  options: TagOptions
): Effect.fn.Return<TagChange | undefined, E> {
  const tags = changed(snapshot.tags, options)
  if (tags === snapshot.tags) return undefined
  const content = { ...snapshot, tags, original: snapshot.original ?? snapshot.id }
  const id = yield* SnapshotReplacement.save(repository, content)
  yield* repository.remove("snapshots", snapshot.id)
  return { oldId: snapshot.id, snapshot: { ...content, id } }
})
