import { assert, describe, it } from "@effect/vitest"
import type { MemoryAccount } from "@ourclone/core/testing/MemoryAccount"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect } from "effect"
import * as Prune from "../../src/care/Prune.ts"
import * as RepairPacks from "../../src/care/RepairPacks.ts"
import * as Locks from "../../src/repository/Locks.ts"
import * as Repository from "../../src/repository/Repository.ts"
import { withLock } from "../../src/repository/RepositoryLock.ts"
import * as LyingProvider from "../support/LyingProvider.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

const { password } = TestRepository
const options = { packSize: 1_500, threads: 1, maxUnused: { percent: 0 } }

/** Packs that are partly used, packs that nothing uses, and one that no index names. */
const sample = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  const backup = { packSize: 1_500, indexEach: true }
  const forgotten = yield* SampleBackup.backup(repository, samples.files("srv", [..."abcdefgh"]), backup)
  yield* SampleBackup.backup(repository, samples.files("srv", [..."aceg"]), backup)
  yield* repository.remove("snapshots", forgotten)
  yield* repository.savePack("ab".repeat(32), Buffer.from("left behind by a backup that was cut off"))
  return provider.memory
})

const pathsIn = (account: MemoryAccount, ...folders: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...account.files.keys()].filter((path) => folders.some((folder) => path.startsWith(folder))).sort()

/** Those of `before` that are gone. */
const goneFrom = (account: MemoryAccount, before: ReadonlyArray<string>): ReadonlyArray<string> =>
  before.filter((path) => !account.files.has(path))

/** Runs `before` once, before the first file of the folder is removed. */
const atFirstRemoval = (account: MemoryAccount, folder: string, before: Effect.Effect<unknown, unknown>) => {
  const provider = MemoryProvider.make({ account })
  let isDone = false
  const provided: typeof provider = {
    ...provider,
    remove: (path) => {
      if (isDone || !path.startsWith(folder)) return provider.remove(path)
      isDone = true
      return Effect.andThen(Effect.ignore(before), provider.remove(path))
    }
  }
  return Repository.open(provided, { password })
}

const unlock = (account: MemoryAccount) =>
  Effect.flatMap(Repository.open(MemoryProvider.make({ account }), { password }), (repository) =>
    Locks.unlock(repository, { all: true })
  )

describe("Prune keeps every old file that snapshots need", () => {
  for (const [what, spoil] of LyingProvider.spoils.filter(([, spoil]) => spoil !== LyingProvider.flipped)) {
    it.live(`while a new pack ${what}`, () =>
      Effect.gen(function* () {
        const account = yield* sample
        const before = pathsIn(account, "index/", "data/").filter((path) => !path.includes("abab"))
        const error = yield* Effect.flip(Prune.prune(yield* LyingProvider.open(account, "data/", spoil), options))
        assert.include(error.message, "is not listed with its size")
        assert.deepStrictEqual(goneFrom(account, before), [])
      })
    )
  }

  for (const [what, spoil] of LyingProvider.spoils) {
    it.live(`while a new index file ${what}`, () =>
      Effect.gen(function* () {
        const account = yield* sample
        const before = pathsIn(account, "index/", "data/").filter((path) => !path.includes("abab"))
        yield* Effect.flip(Prune.prune(yield* LyingProvider.open(account, "index/", spoil), options))
        assert.deepStrictEqual(goneFrom(account, before), [])
      })
    )
  }
})

describe("a lock that was taken away by force", () => {
  it.live("keeps a prune from removing packs that no index names: a backup may be about to", () =>
    Effect.gen(function* () {
      const account = yield* sample
      const before = pathsIn(account, "data/")
      const repository = yield* Repository.open(MemoryProvider.make({ account }), { password })
      const work = Effect.gen(function* () {
        const prepared = yield* Prune.prepare(repository, options)
        yield* unlock(account)
        return yield* Prune.execute(repository, prepared, options)
      })
      const error = yield* Effect.flip(withLock(repository, { exclusive: true }, work))
      assert.strictEqual(error.reason._tag, "LockLost")
      assert.deepStrictEqual(goneFrom(account, before), [])
    })
  )

  it.live("keeps a prune from removing old packs, when that happened while old index files went", () =>
    Effect.gen(function* () {
      const account = yield* sample
      const before = pathsIn(account, "data/").filter((path) => !path.includes("abab"))
      const repository = yield* atFirstRemoval(account, "index/", unlock(account))
      const error = yield* Effect.flip(withLock(repository, { exclusive: true }, Prune.prune(repository, options)))
      assert.strictEqual(error.reason._tag, "LockLost")
      assert.deepStrictEqual(goneFrom(account, before), [])
    })
  )

  it.live("keeps damaged packs where they are, when that happened while old index files went", () =>
    Effect.gen(function* () {
      const account = yield* sample
      const [damaged] = pathsIn(account, "data/").filter((path) => !path.includes("abab"))
      const repository = yield* atFirstRemoval(account, "index/", unlock(account))
      const work = RepairPacks.repairPacks(repository, [damaged!.slice(-64)], { threads: 1 })
      const error = yield* Effect.flip(withLock(repository, { exclusive: true }, work))
      assert.strictEqual(error.reason._tag, "LockLost")
      assert.isTrue(account.files.has(damaged!))
    })
  )
})
