import { assert, describe, it } from "@effect/vitest"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import { Effect } from "effect"
import * as Copy from "../../src/care/SnapshotCopy.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as MortalProvider from "../support/MortalProvider.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

const options = { packSize: 2_500, threads: 1 }

const sampleIn = Effect.fnUntraced(function* (version: 1 | 2) {
  const { repository } = yield* TestRepository.inMemory({ version })
  yield* SampleBackup.backup(repository, samples.files("srv", samples.names("a", 12)), { tags: ["first"] })
  yield* SampleBackup.backup(repository, samples.files("srv", samples.names("a", 15)), { tags: ["second"] })
  return { source: repository, contents: yield* contentsOf(repository) }
})

const contentsOf = (repository: Repository.Repository) =>
  Effect.map(SampleBackup.readWhole(repository), ({ contents }) =>
    [...contents.values()].map((content) => JSON.stringify([...content])).sort()
  )

describe("copy", () => {
  for (const [from, to] of [
    [2, 2],
    [1, 2],
    [2, 1]
  ] as const) {
    it.live(
      `copies all snapshots from version ${from} to version ${to}, which has other keys, with the same trees`,
      () =>
        Effect.gen(function* () {
          const { contents, source } = yield* sampleIn(from)
          const { repository: destination } = yield* TestRepository.inMemory({ version: to })
          const summary = yield* Copy.copy(source, destination, options)
          assert.strictEqual(summary.copied, 2)
          assert.isTrue(summary.hasSamePolynomial)
          assert.deepStrictEqual(yield* contentsOf(destination), contents)
          const originals = (yield* Snapshots.loadAll(source)).snapshots
          const copies = (yield* Snapshots.loadAll(destination)).snapshots
          assert.deepStrictEqual(copies.map(({ tree }) => tree).sort(), originals.map(({ tree }) => tree).sort())
          assert.deepStrictEqual(copies.map((one) => one.original).sort(), originals.map(({ id }) => id).sort())
        })
    )
  }

  it.live("copies nothing twice", () =>
    Effect.gen(function* () {
      const { source } = yield* sampleIn(2)
      const { provider, repository: destination } = yield* TestRepository.inMemory()
      const [first] = (yield* Snapshots.loadAll(source)).snapshots
      const once = yield* Copy.copy(source, destination, { ...options, snapshots: [first!] })
      const rest = yield* Copy.copy(source, destination, options)
      assert.deepStrictEqual([rest.copied, rest.skipped], [1, 1])
      assert.isBelow(rest.blobs, once.blobs)
      const before = [...provider.memory.files.keys()]
      const again = yield* Copy.copy(source, destination, options)
      assert.deepStrictEqual([again.copied, again.skipped, again.blobs], [0, 2, 0])
      assert.deepStrictEqual([...provider.memory.files.keys()], before)
      assert.strictEqual((yield* SampleBackup.readWhole(destination)).unusedBytes, 0)
    })
  )

  it.live("goes on where it was cut off, and shows no snapshot before all it needs is there", () =>
    Effect.gen(function* () {
      const { contents, source } = yield* sampleIn(2)
      for (const nth of [1, 3, 5, 7, 8, 9]) {
        const { provider } = yield* TestRepository.inMemory()
        const mortal = MortalProvider.make(provider, nth, "after")
        const opened = yield* Repository.open(mortal, { password: TestRepository.password })
        yield* Effect.exit(Copy.copy(source, opened, options))
        const survivor = yield* Repository.open(MemoryProvider.make({ account: provider.memory }), {
          password: TestRepository.password
        })
        yield* SampleBackup.readWhole(survivor)
        yield* Copy.copy(source, survivor, options)
        assert.deepStrictEqual(yield* contentsOf(survivor), contents)
      }
    })
  )

  it.live("refuses to copy a repository to itself", () =>
    Effect.gen(function* () {
      const { source } = yield* sampleIn(2)
      assert.strictEqual((yield* Effect.flip(Copy.copy(source, source))).reason._tag, "Refused")
    })
  )
})
