/** Which blobs the snapshots of a repository need. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import { BitSet } from "./BitSet.ts"
import type { BlobReader } from "./BlobReader.ts"
import type { Repository } from "./Repository.ts"
import { Damaged, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"
import * as Snapshots from "./Snapshots.ts"
import * as TreeWalk from "./TreeWalk.ts"

type E = StorageError | RepositoryError

/**
 * The trees of all snapshots. Fails with `Damaged` if one of them can not be
 * read, since what it needs would look unused.
 */
export const roots = Effect.fnUntraced(function* (repository: Repository): Effect.fn.Return<ReadonlyArray<string>, E> {
  const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
  const [bad] = unreadable
  if (bad !== undefined) {
    const message = `the snapshot ${bad.id.slice(0, 8)} can not be read, so nobody knows what it needs: ${bad.message}`
    const advice = remedy("forgetLost", { snapshot: bad.id.slice(0, 8) })
    const reason = new Damaged({ message, file: `snapshots/${bad.id}`, remedy: advice })
    return yield* Effect.fail(new RepositoryError({ repository: repository.name, reason }))
  }
  return snapshots.map(({ tree }) => tree)
})

/** Of each blob below `trees` the entry that `BlobIndex.find` gives. Any blob that is missing or tree that is damaged fails it. `room` as in `TreeWalk`. */
export const find = Effect.fnUntraced(function* (
  name: string,
  reader: BlobReader,
  trees: Iterable<string>,
  room?: Effect.Effect<void>
): Effect.fn.Return<BitSet, E> {
  const seen = new BitSet(reader.index.size)
  yield* TreeWalk.walk(trees, { name, reader, seen, room })
  return seen
})
