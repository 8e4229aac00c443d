import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import { Effect } from "effect"
import * as Prune from "../../src/care/Prune.ts"
import { ensureHeld } from "../../src/repository/LockCheck.ts"
import * as Locks from "../../src/repository/Locks.ts"
import * as Repository from "../../src/repository/Repository.ts"
import { withLock } from "../../src/repository/RepositoryLock.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { backup } from "../support/backup.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

/** Runs `before` once, before the first file of the folder is stored. */
const atFirstPut = (provider: Provider, folder: string, before: Effect.Effect<unknown, unknown>): Provider => {
  let isDone = false
  return {
    ...provider,
    put: (path, source, options) => {
      if (isDone || !path.startsWith(folder)) return provider.put(path, source, options)
      isDone = true
      return Effect.andThen(Effect.ignore(before), provider.put(path, source, options))
    }
  }
}

const open = (provider: Provider) => Repository.open(provider, { password: TestRepository.password })

const someFiles = Effect.map(TestRepository.folder, (folder) => {
  fs.writeFileSync(join(folder, "file"), "content")
  return folder
})

describe("a lock that somebody takes away by force", () => {
  it.live("keeps a backup from storing its snapshot and from naming its packs, and says so", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const through = yield* open(atFirstPut(provider, "data/", Locks.unlock(repository, { all: true })))
      const error = yield* Effect.flip(withLock(through, { exclusive: false }, backup(through, yield* someFiles)))
      assert.strictEqual(error.reason._tag, "LockLost")
      assert.lengthOf((yield* Snapshots.loadAll(repository)).snapshots, 0)
    }).pipe(Effect.scoped)
  )

  it.live("keeps a prune from removing what others may use by now", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const sample = { packSize: 1_500, indexEach: true }
      const old = yield* SampleBackup.backup(repository, samples.files("srv", [..."abcdefgh"]), sample)
      yield* SampleBackup.backup(repository, samples.files("srv", [..."aceg"]), sample)
      yield* repository.remove("snapshots", old)
      const before = new Set(provider.memory.files.keys())
      const through = yield* open(atFirstPut(provider, "index/", Locks.unlock(repository, { all: true })))
      const prune = Prune.prune(through, { packSize: 1_500, threads: 1, maxUnused: { percent: 0 } })
      const error = yield* Effect.flip(withLock(through, { exclusive: true }, prune))
      assert.strictEqual(error.reason._tag, "LockLost")
      assert.deepStrictEqual(
        [...before].filter((path) => !provider.memory.files.has(path)),
        []
      )
    }).pipe(Effect.scoped)
  )

  it.live("is missed too where it is one of two", () =>
    Effect.gen(function* () {
      const [source, destination] = [yield* TestRepository.inMemory(), yield* TestRepository.inMemory()]
      const inner = Effect.andThen(Locks.unlock(source.repository, { all: true }), ensureHeld)
      const both = withLock(
        source.repository,
        { exclusive: false },
        withLock(destination.repository, { exclusive: false }, inner)
      )
      const error = yield* Effect.flip(both)
      assert.strictEqual(error.reason._tag, "LockLost")
    })
  )

  it.live("does not concern what runs without one", () => ensureHeld)
})
