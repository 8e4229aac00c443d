import { assert, describe, it } from "@effect/vitest"
import * as Told from "@ourclone/core/testing/Told"
import { Effect } from "effect"
import * as Prune from "../../src/care/Prune.ts"
import * as Rewrite from "../../src/care/Rewrite.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

const summary = {
  backupStart: "2024-02-29T12:34:56+01:00",
  backupEnd: "2024-02-29T12:34:57+01:00",
  filesNew: 7,
  filesChanged: 0,
  filesUnmodified: 0,
  dirsNew: 3,
  dirsChanged: 0,
  dirsUnmodified: 0,
  dataBlobs: 7,
  treeBlobs: 4,
  dataAdded: 1,
  dataAddedPacked: 1,
  totalFilesProcessed: 7,
  totalBytesProcessed: 100_000
}

const sample = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  const secret = samples.files("srv/secret", ["one", "two"])
  const open = samples.files("srv/open", ["a", "b", "c"])
  yield* SampleBackup.backup(repository, { ...secret, ...open, "srv/x.key": ["key"] }, { summary, tags: ["nightly"] })
  yield* SampleBackup.backup(repository, open)
  const size = Object.values(secret).reduce((sum, [piece]) => sum + piece!.length, 0)
  return { provider, repository, size }
})

const paths = (...patterns: ReadonlyArray<string>) => ({ patterns, insensitivePatterns: [] })

const names = (repository: Parameters<typeof SampleBackup.readWhole>[0]) =>
  Effect.map(SampleBackup.readWhole(repository), ({ contents }) =>
    [...contents.values()].map((content) => [...content.keys()].sort().join(" ")).sort()
  )

describe("rewrite", () => {
  it.live("takes a directory out of the snapshots that have it, and a prune then takes its bytes", () =>
    Effect.gen(function* () {
      const { repository, size } = yield* sample
      const before = yield* SampleBackup.readWhole(repository)
      const done = yield* Rewrite.rewrite(repository, { excludes: paths("/srv/secret"), forget: true })
      assert.deepStrictEqual(done, { replaced: 1, unchanged: 1 })
      assert.deepStrictEqual(yield* names(repository), [
        "/srv/open/a /srv/open/b /srv/open/c",
        "/srv/open/a /srv/open/b /srv/open/c /srv/x.key"
      ])
      const [changed] = (yield* Snapshots.loadAll(repository)).snapshots.filter((one) => one.summary !== undefined)
      assert.deepStrictEqual(changed?.tags, ["nightly"])
      assert.strictEqual(changed?.summary?.totalFilesProcessed, 5)
      assert.strictEqual(changed?.summary?.totalBytesProcessed, 100_000 - size)
      yield* Prune.prune(repository, { threads: 1, maxUnused: { percent: 0 } })
      const after = yield* SampleBackup.readWhole(repository)
      assert.isBelow(after.packBytes, before.packBytes)
    })
  )

  it.live("keeps the old snapshot, and tags the new one, unless it is to forget", () =>
    Effect.gen(function* () {
      const { repository } = yield* sample
      const [old] = (yield* Snapshots.loadAll(repository)).snapshots.filter((one) => one.summary !== undefined)
      yield* Rewrite.rewrite(repository, { excludes: paths("*.key") })
      const { snapshots } = yield* Snapshots.loadAll(repository)
      assert.strictEqual(snapshots.length, 3)
      const made = snapshots.find(({ original }) => original === old!.id)
      assert.deepStrictEqual(made?.tags, ["nightly", "rewrite"])
    })
  )

  it.live("keeps what is named alone, and leaves a snapshot as it is of which that would be nothing", () =>
    Effect.gen(function* () {
      const { repository } = yield* sample
      const told = Told.make()
      const done = yield* Rewrite.rewrite(
        repository,
        { includes: paths("/srv/secret/one", "*.key"), forget: true },
        told
      )
      assert.deepStrictEqual(done, { replaced: 1, unchanged: 1 })
      assert.deepStrictEqual(yield* names(repository), [
        "/srv/open/a /srv/open/b /srv/open/c",
        "/srv/secret/one /srv/x.key"
      ])
      assert.strictEqual(told.of("Note").filter(({ code }) => code === "nothingLeft").length, 1)
      const { snapshots } = yield* Snapshots.loadAll(repository)
      assert.strictEqual(snapshots.find((one) => one.summary !== undefined)?.summary?.totalFilesProcessed, 3)
    })
  )

  it.live("gives a snapshot another host and time, with the tree it had", () =>
    Effect.gen(function* () {
      const { repository } = yield* sample
      const before = (yield* Snapshots.loadAll(repository)).snapshots
      const time = "2020-02-29T01:02:03Z"
      yield* Rewrite.rewrite(repository, { host: "laptop", time, forget: true })
      const after = (yield* Snapshots.loadAll(repository)).snapshots
      assert.deepStrictEqual(
        after.map(({ hostname, time }) => [hostname, time]),
        [1, 2].map(() => ["laptop", time])
      )
      assert.sameMembers(
        after.map(({ tree }) => tree),
        before.map(({ tree }) => tree)
      )
      assert.sameMembers(
        after.map(({ original }) => original),
        before.map(({ id }) => id)
      )
      const again = yield* Effect.flip(Rewrite.rewrite(repository, { host: "laptop" }))
      assert.strictEqual(again.reason._tag, "NoSnapshot")
    })
  )

  it.live("says so when no snapshot has such a path", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sample
      const before = provider.memory.files.size
      const error = yield* Effect.flip(Rewrite.rewrite(repository, { excludes: paths("/srv/nothing") }))
      assert.strictEqual(error.reason._tag, "NoSnapshot")
      assert.include(error.message, '"/srv/nothing"')
      assert.strictEqual(provider.memory.files.size, before)
    })
  )

  it.live("says in a dry run what would go, and changes nothing", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sample
      const before = [...provider.memory.files.keys()]
      const told = Told.make()
      yield* Rewrite.rewrite(repository, { excludes: paths("secret"), dryRun: true }, told)
      const removed = told.of("Would").filter(({ deed }) => deed === "removed")
      assert.deepStrictEqual(
        removed.map(({ item }) => item),
        ["/srv/secret"]
      )
      assert.deepStrictEqual([...provider.memory.files.keys()], before)
    })
  )
})
