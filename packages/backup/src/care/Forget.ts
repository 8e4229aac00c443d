/**
 * Removing snapshots. What they needed stays until a prune; the caller holds the exclusive lock.
 */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Snapshot from "../format/Snapshot.ts"
import type { Repository } from "../repository/Repository.ts"
import { Refused, RepositoryError } from "../repository/RepositoryError.ts"
import { remedy } from "../repository/RepositoryRemedies.ts"
import * as SnapshotFilter from "../repository/SnapshotFilter.ts"
import * as SnapshotGroups from "../repository/SnapshotGroups.ts"
import * as Snapshots from "../repository/Snapshots.ts"
import * as ForgetPolicy from "./ForgetPolicy.ts"

type E = StorageError | RepositoryError

export interface ForgetOptions {
  readonly policy: ForgetPolicy.ForgetPolicy
  readonly filter: SnapshotFilter.SnapshotFilter
  readonly grouping: SnapshotGroups.Grouping
  /** Also where nothing would be left of a group, or with no policy at all; the filter must not be empty then. */
  readonly allowRemoveAll: boolean
}

export interface ForgetGroup extends ForgetPolicy.Decision {
  readonly key: SnapshotGroups.GroupKey
}

export interface ForgetPlan {
  readonly groups: ReadonlyArray<ForgetGroup>
  /** Neither kept nor removed, for nobody knows what they are. */
  readonly unreadable: ReadonlyArray<Snapshots.UnreadableSnapshot>
}

const hasFilter = ({ hosts, paths, tags }: SnapshotFilter.SnapshotFilter): boolean =>
  hosts.length + paths.length + tags.length > 0

const nameOf = ({ hostname, paths, tags }: SnapshotGroups.GroupKey): string => {
  const parts = [
    hostname === "" ? "" : `of host "${hostname}"`,
    paths === null ? "" : `of ${paths.map((path) => `"${path}"`).join(", ")}`,
    tags === null ? "" : `with ${tags.map((tag) => `"${tag}"`).join(", ")}`
  ].filter((part) => part !== "")
  return parts.length === 0 ? "all snapshots" : `the snapshots ${parts.join(" ")}`
}

const refusalOf = ({ allowRemoveAll, filter, policy }: ForgetOptions): string | undefined => {
  const counts = [policy.last, policy.hourly, policy.daily, policy.weekly, policy.monthly, policy.yearly]
  if (counts.some((count) => count !== undefined && (!Number.isSafeInteger(count) || count < ForgetPolicy.unlimited))) {
    return "how many snapshots to keep has to be a whole number, or unlimited"
  }
  if (allowRemoveAll && !hasFilter(filter)) {
    return "removing all snapshots needs a filter that says which: a host, a tag or a path"
  }
  if (ForgetPolicy.isEmpty(policy) && !allowRemoveAll) return "nothing says what to keep, so all would be removed"
  return undefined
}

/** What would be removed and why the rest is kept. Fails with `Refused` for a policy that empties a group, unless that is allowed. */
export const plan = Effect.fnUntraced(function* (
  repository: Repository,
  options: ForgetOptions
): Effect.fn.Return<ForgetPlan, E> {
  const refuse = (reason: ConstructorParameters<typeof Refused>[0]) =>
    Effect.fail(new RepositoryError({ repository: repository.name, reason: new Refused(reason) }))
  const refusal = refusalOf(options)
  if (refusal !== undefined) return yield* refuse({ message: refusal })
  const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
  const now = BigInt(yield* Clock.currentTimeMillis) * 1_000_000n
  const chosen = snapshots.filter((snapshot) => SnapshotFilter.matches(snapshot, options.filter))
  const groups = SnapshotGroups.group(chosen, options.grouping).map((group) => ({
    key: group.key,
    ...ForgetPolicy.apply(group.snapshots, options.policy, now)
  }))
  const emptied = options.allowRemoveAll ? undefined : groups.find(({ keep }) => keep.length === 0)
  if (emptied !== undefined) {
    const message = `the policy would remove ${nameOf(emptied.key)}, every one`
    return yield* refuse({ message, remedy: remedy("allowRemovingAll") })
  }
  return { groups, unreadable }
})

export interface FailedRemoval {
  readonly id: string
  readonly error: E
}

export interface Removed {
  readonly removed: ReadonlyArray<string>
  /** Still there, as far as is known. */
  readonly failed: ReadonlyArray<FailedRemoval>
}

const removalsAtOnce = 5

/** Removes snapshots for good, as many as it can. */
export const remove = (repository: Repository, ids: ReadonlyArray<string>): Effect.Effect<Removed> =>
  Effect.forEach(
    ids,
    (id) =>
      Effect.match(repository.remove("snapshots", id), {
        onSuccess: () => ({ id, error: undefined }),
        onFailure: (error) => ({ id, error })
      }),
    { concurrency: removalsAtOnce }
  ).pipe(
    Effect.map((results) => ({
      removed: results.filter(({ error }) => error === undefined).map(({ id }) => id),
      failed: results.flatMap(({ error, id }) => (error === undefined ? [] : [{ id, error }]))
    }))
  )

/** One of the objects of `forget --json`. */
export const toJson = ({ keep, key, reasons, remove: removed }: ForgetGroup): Readonly<Record<string, unknown>> => ({
  tags: key.tags,
  host: key.hostname,
  paths: key.paths,
  keep: keep.map(Snapshot.toJson),
  remove: removed.length === 0 ? null : removed.map(Snapshot.toJson),
  reasons: reasons.map(({ matches, snapshot }) => ({ snapshot: Snapshot.toJson(snapshot), matches }))
})
