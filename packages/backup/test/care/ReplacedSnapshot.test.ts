import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as RepairIndex from "../../src/care/RepairIndex.ts"
import * as RepairSnapshots from "../../src/care/RepairSnapshots.ts"
import * as Rewrite from "../../src/care/Rewrite.ts"
import * as Tag from "../../src/care/Tag.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import * as Locks from "../../src/repository/Locks.ts"
import { withLock } from "../../src/repository/RepositoryLock.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as LyingProvider from "../support/LyingProvider.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import { at } from "../support/snapshots.ts"
import * as TestRepository from "../support/TestRepository.ts"

const sample = Effect.gen(function* () {
  const { provider, repository } = yield* TestRepository.inMemory()
  const id = yield* repository.save("snapshots", Snapshot.encode(at("2024-01-01T00:00:00+01:00")))
  return { account: provider.memory, repository, snapshot: yield* Snapshots.find(repository, id) }
})

describe("a snapshot that is to be replaced", () => {
  for (const [what, spoil] of LyingProvider.spoils) {
    it.live(`stays when the new one ${what}`, () =>
      Effect.gen(function* () {
        const { account, snapshot } = yield* sample
        const repository = yield* LyingProvider.open(account, "snapshots/", spoil)
        const error = yield* Effect.flip(Tag.change(repository, snapshot, { add: ["new"] }))
        assert.include(error.message, "snapshots/")
        assert.isTrue(account.files.has(`snapshots/${snapshot.id}`))
      })
    )
  }

  it.live("stays, and nothing is stored, when the lock was taken away by force", () =>
    Effect.gen(function* () {
      const { account, repository, snapshot } = yield* sample
      const work = Effect.andThen(
        Locks.unlock(repository, { all: true }),
        Tag.change(repository, snapshot, { add: ["new"] })
      )
      const error = yield* Effect.flip(withLock(repository, { exclusive: true }, work))
      assert.strictEqual(error.reason._tag, "LockLost")
      const left = [...account.files.keys()].filter((path) => path.startsWith("snapshots/"))
      assert.deepStrictEqual(left, [`snapshots/${snapshot.id}`])
    })
  )

  describe("because a path is removed or something is lost", () => {
    const backup = Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const files = { ...samples.files("srv", ["a", "b"]), ...samples.files("srv/secret", ["one"]) }
      const id = yield* SampleBackup.backup(repository, files, { packSize: 1_500 })
      return { account: provider.memory, repository, path: `snapshots/${id}` }
    })
    const removal = { excludes: { patterns: ["/srv/secret"], insensitivePatterns: [] }, forget: true }

    // Without its last byte a pack still gives what the index names.
    for (const [what, spoil] of LyingProvider.spoils.filter(([what]) => !what.startsWith("is shorter"))) {
      it.live(`stays when a new directory ${what}`, () =>
        Effect.gen(function* () {
          const { account, path } = yield* backup
          const repository = yield* LyingProvider.open(account, "data/", spoil)
          yield* Effect.flip(Rewrite.rewrite(repository, removal))
          assert.isTrue(account.files.has(path))
        })
      )

      it.live(`stays with what it has lost when a new directory ${what}`, () =>
        Effect.gen(function* () {
          const { account, path, repository: whole } = yield* backup
          const packs = [...account.files.keys()].filter((file) => file.startsWith("data/"))
          const largest = packs.reduce((most, file) =>
            account.files.get(file)!.file.size > account.files.get(most)!.file.size ? file : most
          )
          account.files.delete(largest)
          yield* RepairIndex.repairIndex(whole)
          const repository = yield* LyingProvider.open(account, "data/", spoil)
          yield* Effect.flip(RepairSnapshots.repairSnapshots(repository, { forget: true }))
          assert.isTrue(account.files.has(path))
        })
      )
    }
  })
})
