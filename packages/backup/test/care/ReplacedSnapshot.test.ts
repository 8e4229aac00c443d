import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Tag from "../../src/care/Tag.ts"
import * as Snapshot from "../../src/format/Snapshot.ts"
import * as Locks from "../../src/repository/Locks.ts"
import { withLock } from "../../src/repository/RepositoryLock.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as LyingProvider from "../support/LyingProvider.ts"
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
})
