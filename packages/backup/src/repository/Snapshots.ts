/** Finding snapshots: all of them, the one that is meant, the one to compare a backup with. */
import { type Remedy, remedyField } from "@ourclone/core/contract/Remedy"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Snapshot from "../format/Snapshot.ts"
import * as GoTime from "../go/GoTime.ts"
import type { Repository } from "./Repository.ts"
import { NoSnapshot, RepositoryError } from "./RepositoryError.ts"
import { remedy } from "./RepositoryRemedies.ts"
import * as SnapshotFilter from "./SnapshotFilter.ts"
import type { Grouping } from "./SnapshotGroups.ts"

type E = StorageError | RepositoryError

export interface UnreadableSnapshot {
  readonly id: string
  readonly message: string
  readonly remedy?: Remedy
}

export interface Snapshots {
  /** Oldest first. */
  readonly snapshots: ReadonlyArray<Snapshot.Snapshot>
  /** Damaged, or gone since they were listed. */
  readonly unreadable: ReadonlyArray<UnreadableSnapshot>
}

const concurrency = 16

/** By instant, whatever offset it is written with. */
export const compareTimes = (left: Snapshot.Snapshot, right: Snapshot.Snapshot): number =>
  GoTime.compare(left.time, right.time) || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)

const load = (repository: Repository, id: string): Effect.Effect<Snapshot.Snapshot | UnreadableSnapshot, E> =>
  repository.load("snapshots", id).pipe(
    Effect.map((json) => {
      try {
        return Snapshot.decode(json, id)
      } catch (error) {
        return { id, message: (error as Error).message }
      }
    }),
    Effect.catch((error) =>
      error._tag === "RepositoryError" && (error.reason._tag === "Damaged" || error.reason._tag === "Missing")
        ? Effect.succeed({ ...remedyField(error.remedy), id, message: error.reason.message })
        : Effect.fail(error)
    )
  )

const isReadable = (one: Snapshot.Snapshot | UnreadableSnapshot): one is Snapshot.Snapshot => "tree" in one
const isUnreadable = (one: Snapshot.Snapshot | UnreadableSnapshot): one is UnreadableSnapshot => !isReadable(one)

const loadIds = (repository: Repository, ids: ReadonlyArray<string>): Effect.Effect<Snapshots, E> =>
  Effect.map(
    Effect.forEach(ids, (id) => load(repository, id), { concurrency }),
    (loaded) => ({
      snapshots: loaded.filter(isReadable).sort(compareTimes),
      unreadable: loaded.filter(isUnreadable)
    })
  )

const listIds = (repository: Repository): Effect.Effect<ReadonlyArray<string>, E> =>
  repository.list("snapshots").pipe(
    Stream.map(({ id }) => id),
    Stream.runCollect
  )

/** Every snapshot of a repository. Only what has to do with the place itself fails it. */
export const loadAll = (repository: Repository): Effect.Effect<Snapshots, E> =>
  Effect.flatMap(listIds(repository), (ids) => loadIds(repository, ids))

const none = (repository: Repository, message: string, advice?: Remedy): RepositoryError => {
  const reason = new NoSnapshot({ message, ...remedyField(advice) })
  return new RepositoryError({ repository: repository.name, reason })
}

const latest = /^latest(?:~(\d{1,6}))?$/

const findLatest = Effect.fnUntraced(function* (
  repository: Repository,
  back: number,
  filter: SnapshotFilter.SnapshotFilter
) {
  const { snapshots, unreadable } = yield* loadAll(repository)
  const candidates = snapshots.filter((snapshot) => SnapshotFilter.matches(snapshot, filter))
  const found = candidates.at(-1 - back)
  if (found !== undefined) return found
  const damaged = unreadable.length === 0 ? "" : `; ${unreadable.length} could not be read`
  const matching = snapshots.length === candidates.length ? "" : " that match"
  const count = candidates.length
  const there = count === 0 ? "are no snapshots" : count === 1 ? "is only 1 snapshot" : `are only ${count} snapshots`
  const wanted = count === 0 ? "" : `, so there is no latest~${back}`
  const advice = unreadable.length === 0 ? undefined : remedy("check")
  return yield* none(repository, `there ${there}${matching}${wanted}${damaged}`, advice)
})

const findPrefix = Effect.fnUntraced(function* (repository: Repository, prefix: string): Effect.fn.Return<string, E> {
  const all = Snapshot.isIdPrefix(prefix) ? yield* listIds(repository) : []
  const ids = all.filter((id) => id.startsWith(prefix))
  const [only] = ids
  if (only === undefined) return yield* none(repository, `no snapshot has the id "${prefix}"`, remedy("listSnapshots"))
  if (ids.length > 1) {
    return yield* none(repository, `${ids.length} snapshots have an id that begins with "${prefix}"; give more digits`)
  }
  return only
})

const loadPrefix = Effect.fnUntraced(function* (repository: Repository, prefix: string) {
  const loaded = yield* load(repository, yield* findPrefix(repository, prefix))
  if (isReadable(loaded)) return loaded
  return yield* none(repository, `the snapshot "${prefix}" can not be read: ${loaded.message}`, loaded.remedy)
})

/**
 * The snapshot that is meant by `latest`, `latest~1` (the one before it) or the beginning of an id.
 * The filter is for `latest` alone. Fails with `NoSnapshot`, also where several begin that way.
 */
export const find = (
  repository: Repository,
  text: string,
  filter: SnapshotFilter.SnapshotFilter = SnapshotFilter.everything
): Effect.Effect<Snapshot.Snapshot, E> => {
  const match = latest.exec(text)
  return match === null ? loadPrefix(repository, text) : findLatest(repository, Number(match[1] ?? 0), filter)
}

/** The id that `find` would find; one that is written out, in part or in full, may be of a snapshot that can not be read. */
export const findId = (
  repository: Repository,
  text: string,
  filter: SnapshotFilter.SnapshotFilter = SnapshotFilter.everything
): Effect.Effect<string, E> =>
  latest.test(text) ? Effect.map(find(repository, text, filter), ({ id }) => id) : findPrefix(repository, text)

/** `id:sub/folder` in its two parts; the folder is empty where none is written. */
export const parse = (text: string): { readonly id: string; readonly subfolder: string } => {
  const colon = text.indexOf(":")
  return colon < 0 ? { id: text, subfolder: "" } : { id: text.slice(0, colon), subfolder: text.slice(colon + 1) }
}

export interface ParentOptions {
  readonly host: string
  /** Absolute and without `.` or `..`. */
  readonly paths: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
  /** Of the new snapshot: later ones are no parents. */
  readonly time: string
  /** What has to be equal; by default host and paths. */
  readonly grouping: Grouping
}

/** The newest snapshot that a backup may be compared with: one that has all of its paths, and perhaps more. */
export const parentFor = (
  snapshots: ReadonlyArray<Snapshot.Snapshot>,
  { grouping, host, paths, tags, time }: ParentOptions
): Snapshot.Snapshot | undefined => {
  const filter = {
    hosts: grouping.host ? [host] : [],
    tags: grouping.tags ? [tags.length === 0 ? [""] : tags] : [],
    paths: grouping.paths ? paths : []
  }
  return snapshots
    .filter((one) => GoTime.compare(one.time, time) <= 0 && SnapshotFilter.matches(one, filter))
    .sort(compareTimes)
    .at(-1)
}
