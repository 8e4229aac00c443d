import { assert, describe, it } from "@effect/vitest"
import { makeUnsafe } from "@ourclone/core/contract/RemotePath"
import * as Told from "@ourclone/core/testing/Told"
import { Effect } from "effect"
import * as Checker from "../../src/care/Checker.ts"
import * as Prune from "../../src/care/Prune.ts"
import * as Recover from "../../src/care/Recover.ts"
import * as BlobTypes from "../../src/format/BlobType.ts"
import { pathOf } from "../../src/format/RepositoryFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

const wholeNames = (repository: Parameters<typeof SampleBackup.readWhole>[0]) =>
  Effect.map(SampleBackup.readWhole(repository), ({ contents }) =>
    [...contents.values()].map((content) => [...content.keys()].sort().join(" ")).sort()
  )

describe("recover", () => {
  it.live("brings back what snapshots held that were forgotten, each folder once, and nothing a second time", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const kept = samples.files("srv/kept", ["a"])
      const gone = samples.files("srv/gone", ["b", "c"])
      yield* SampleBackup.backup(repository, kept)
      const forgotten = yield* SampleBackup.backup(repository, { ...kept, ...gone })
      yield* repository.remove("snapshots", forgotten)

      const summary = yield* Recover.recover(repository, { programVersion: "ourclone 1.0.0" })
      assert.deepInclude(summary, { recovered: 1, unreadable: 0 })
      const snapshot = yield* Snapshots.find(repository, summary.snapshotId ?? "")
      assert.deepInclude(snapshot, { paths: ["/recover"], tags: ["recovered"], programVersion: "ourclone 1.0.0" })
      const recovered = (yield* wholeNames(repository)).find((names) => names.includes("gone")) ?? ""
      const inside = recovered.split(" ").map((path) => path.replace(/^\/[0-9a-f]{8}\//, ""))
      assert.deepStrictEqual(inside, ["srv/gone/b", "srv/gone/c", "srv/kept/a"])
      assert.deepStrictEqual(yield* Recover.recover(repository), { recovered: 0, unreadable: 0 })

      // It is kept by a prune from now on.
      yield* Prune.prune(repository, { threads: 1, maxUnused: { percent: 0 } })
      assert.lengthOf(yield* wholeNames(repository), 2)
      assert.strictEqual((yield* Checker.check(repository, { readData: { _tag: "All" } })).errors, 0)
    })
  )

  it.live("tells of a folder that can not be read, and brings back what was in it", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const id = yield* SampleBackup.backup(repository, samples.files("top/inner", ["a"]), { packSize: 1 })
      const { tree } = yield* Snapshots.find(repository, id)
      yield* repository.remove("snapshots", id)
      const { index } = yield* IndexLoader.load(repository)
      const pack = index.packId(index.packOf(index.findHex(BlobTypes.tree, tree)))
      provider.memory.files.delete(makeUnsafe(pathOf("data", pack)))
      const told = Told.make()
      const summary = yield* Recover.recover(repository, {}, told)
      assert.deepInclude(summary, { recovered: 1, unreadable: 1 })
      assert.deepStrictEqual(
        told.of("Failed").map(({ failure }) => failure.item),
        [tree]
      )
    })
  )

  it.live("writes nothing where every folder is in a snapshot", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      yield* SampleBackup.backup(repository, samples.files("srv", ["a"]))
      const before = provider.memory.files.size
      assert.deepStrictEqual(yield* Recover.recover(repository), { recovered: 0, unreadable: 0 })
      assert.strictEqual(provider.memory.files.size, before)
    })
  )
})
