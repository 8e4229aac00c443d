import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Forget from "../../src/care/Forget.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import { Refused, RepositoryError } from "../../src/repository/RepositoryError.ts"
import * as SnapshotFilter from "../../src/repository/SnapshotFilter.ts"
import { defaultGrouping } from "../../src/repository/SnapshotGroups.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { at } from "../support/snapshots.ts"
import * as TestRepository from "../support/TestRepository.ts"

const snapshots = [
  at("2024-01-01T00:00:00Z"),
  at("2024-01-02T00:00:00Z", { tags: ["keep"] }),
  at("2024-01-03T00:00:00Z"),
  at("2024-01-01T00:00:00Z", { hostname: "other" })
]

const withSnapshots = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  yield* Effect.forEach(snapshots, (one) => repository.save("snapshots", Snapshot.encode(one)))
  return { provider, repository }
})

const options = (more: Partial<Forget.ForgetOptions>): Forget.ForgetOptions => ({
  policy: {},
  filter: SnapshotFilter.everything,
  grouping: defaultGrouping,
  allowRemoveAll: false,
  ...more
})

const times = (group: Forget.ForgetGroup | undefined) => group?.remove.map(({ time }) => time)

describe("Forget", () => {
  it.effect("plans for each group by itself, and removes nothing", () =>
    Effect.gen(function* () {
      const { repository } = yield* withSnapshots
      const { groups } = yield* Forget.plan(repository, options({ policy: { last: 1, tags: [["keep"]] } }))
      const byHost = new Map(groups.map((group) => [group.key.hostname, group]))
      expect(times(byHost.get("host"))).toEqual(["2024-01-01T00:00:00Z"])
      expect(times(byHost.get("other"))).toEqual([])
      expect((yield* Snapshots.loadAll(repository)).snapshots).toHaveLength(4)
    })
  )

  it.effect("looks only at what the filter lets through", () =>
    Effect.gen(function* () {
      const { repository } = yield* withSnapshots
      const filter = { hosts: [], tags: [[""]], paths: [] }
      const grouping = { host: false, paths: false, tags: false }
      const { groups } = yield* Forget.plan(repository, options({ policy: { last: 1 }, filter, grouping }))
      expect(groups.map((group) => [group.keep.length, group.remove.length])).toEqual([[1, 2]])
    })
  )

  it.effect.each([
    ["there is no policy", { policy: {} }, /nothing says what to keep/],
    ["all rules keep nothing", { policy: { last: 0, daily: 0 } }, /nothing says what to keep/],
    ["a group would be emptied", { policy: { tags: [["keep"]] } }, /"other"/],
    ["a number is no count", { policy: { last: -2 } }, /whole number/],
    ["everything of everybody would go", { policy: {}, allowRemoveAll: true }, /needs a filter/]
  ] as const)("refuses when %s", ([, more, message]) =>
    Effect.gen(function* () {
      const { repository } = yield* withSnapshots
      const error = yield* Effect.flip(Forget.plan(repository, options(more)))
      expect(error).toMatchObject({ reason: { _tag: "Refused" } })
      expect(error.message).toMatch(message)
    })
  )

  it.effect("empties a group when that is asked for and said which", () =>
    Effect.gen(function* () {
      const { repository } = yield* withSnapshots
      const filter = { ...SnapshotFilter.everything, hosts: ["other"] }
      const { groups } = yield* Forget.plan(repository, options({ filter, allowRemoveAll: true }))
      expect(groups.map((group) => [group.keep.length, times(group)])).toEqual([[0, ["2024-01-01T00:00:00Z"]]])
    })
  )

  it.effect("removes snapshot files, and says which could not be", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* withSnapshots
      const { groups } = yield* Forget.plan(repository, options({ policy: { last: 1 } }))
      const ids = groups.flatMap((group) => group.remove.map(({ id }) => id))
      expect(ids).toHaveLength(2)
      const error = new RepositoryError({ repository: "memory", reason: new Refused({ message: "no" }) })
      const stubborn: Repository = {
        ...repository,
        remove: (type, id) => (id === ids[0] ? Effect.fail(error) : repository.remove(type, id))
      }
      expect(yield* Forget.remove(stubborn, ids)).toEqual({ removed: [ids[1]], failed: [{ id: ids[0], error }] })
      expect(provider.memory.files.has(`snapshots/${ids[0]}`)).toBe(true)
      expect(provider.memory.files.has(`snapshots/${ids[1]}`)).toBe(false)
    })
  )

  it.effect("names snapshots that cannot be read and leaves them alone", () =>
    Effect.gen(function* () {
      const { repository } = yield* withSnapshots
      const id = yield* repository.save("snapshots", Buffer.from("{}"))
      const { groups, unreadable } = yield* Forget.plan(repository, options({ policy: { last: 1 } }))
      expect(unreadable.map((one) => one.id)).toEqual([id])
      expect(groups.flatMap(({ keep, remove }) => [...keep, ...remove])).toHaveLength(4)
    })
  )
})
