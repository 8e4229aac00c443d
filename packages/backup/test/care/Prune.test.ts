import { assert, describe, it } from "@effect/vitest"
import * as MemoryProvider from "@ourclone/core/testing/MemoryProvider"
import * as Told from "@ourclone/core/testing/Told"
import { Effect } from "effect"
import * as Prune from "../../src/care/Prune.ts"
import { BitSet } from "../../src/repository/BitSet.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as IndexRewrite from "../../src/repository/IndexRewrite.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

/** Two snapshots that share some files, the older of which is forgotten; their packs hold both kinds. */
const sampleIn = Effect.fnUntraced(function* (version: 1 | 2, compression: "auto" | "off" = "auto") {
  const { provider, repository } = yield* TestRepository.inMemory({ version })
  const shared = samples.names("s", 30)
  const old = samples.names("o", 30)
  const mixed = shared.flatMap((name, index) => [name, old[index]!])
  const backup = { compression, packSize: 2_500 }
  const forgotten = yield* SampleBackup.backup(repository, samples.files("srv", mixed), backup)
  yield* SampleBackup.backup(repository, samples.files("srv", [...shared, "new"]), backup)
  yield* repository.remove("snapshots", forgotten)
  return { provider, repository, before: yield* SampleBackup.readWhole(repository) }
})

const options = { packSize: 2_500, threads: 1, maxUnused: { percent: 0 } }

const failure = (work: Effect.Effect<unknown, { readonly reason: { readonly _tag: string } }>) =>
  Effect.map(Effect.flip(work), ({ reason }) => reason._tag)

describe("Prune", () => {
  for (const version of [1, 2] as const) {
    it.live(`removes what no snapshot needs, and nothing else, from a repository of version ${version}`, () =>
      Effect.gen(function* () {
        const { before, repository } = yield* sampleIn(version)
        assert.isAbove(before.unusedBytes, 5_000)
        const summary = yield* Prune.prune(repository, options)
        const after = yield* SampleBackup.readWhole(repository)
        assert.deepStrictEqual(after.contents, before.contents)
        assert.strictEqual(after.unusedBytes, 0)
        assert.strictEqual(after.strangers, 0)
        assert.strictEqual(before.packBytes - after.packBytes, summary.removedBytes - summary.newBytes)
        assert.strictEqual(summary.left, 0)
      })
    )
  }

  it.live("has nothing to do right after another prune", () =>
    Effect.gen(function* () {
      const { repository } = yield* sampleIn(2)
      yield* Prune.prune(repository, options)
      const { plan } = yield* Prune.prepare(repository, options)
      assert.deepStrictEqual([plan.repack, plan.remove, plan.unindexed, plan.forget], [[], [], [], []])
    })
  )

  it.live("reads from the storage just what the plan says, and no more than the limit", () =>
    Effect.gen(function* () {
      const { before, repository } = yield* sampleIn(2)
      let left = Number.POSITIVE_INFINITY
      for (let day = 0; left > 0; day++) {
        assert.isBelow(day, 20)
        const prepared = yield* Prune.prepare(repository, { ...options, maxDownload: 6_000 })
        const { download, later } = prepared.plan.figures
        assert.isAtMost(download, 6_000)
        assert.isBelow(later.download, left)
        left = later.download
        const summary = yield* Prune.execute(repository, prepared, options)
        assert.strictEqual(summary.downloaded, download)
        assert.deepStrictEqual((yield* SampleBackup.readWhole(repository)).contents, before.contents)
      }
      assert.strictEqual((yield* SampleBackup.readWhole(repository)).unusedBytes, 0)
    })
  )

  it.live("compresses data that nobody compressed, once", () =>
    Effect.gen(function* () {
      const { before, repository } = yield* sampleIn(2, "off")
      const compressing = { ...options, repackUncompressed: true }
      yield* Prune.prune(repository, compressing)
      const after = yield* SampleBackup.readWhole(repository)
      assert.deepStrictEqual(after.contents, before.contents)
      assert.isBelow(after.usedBytes, before.usedBytes)
      assert.deepStrictEqual((yield* Prune.prepare(repository, compressing)).plan.repack, [])
    })
  )

  it.live("does not try again to compress what does not shrink", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const noise = (seed: number) => crypto.getRandomValues(new Uint8Array(2_000 + seed))
      const files = Object.fromEntries(samples.names("noise", 9).map((name, index) => [`srv/${name}`, [noise(index)]]))
      yield* SampleBackup.backup(repository, files)
      const compressing = { ...options, repackUncompressed: true }
      assert.isAbove((yield* Prune.prepare(repository, compressing)).plan.repack.length, 0)
      yield* Prune.prune(repository, compressing)
      assert.deepStrictEqual((yield* Prune.prepare(repository, compressing)).plan.repack, [])
      yield* SampleBackup.readWhole(repository)
    })
  )

  it.live("takes a blob from its other place when the one that counts is damaged", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const backup = { packSize: 1_000_000 }
      const wanted = samples.names("w", 8)
      const one = yield* SampleBackup.backup(repository, samples.files("srv", [...wanted, "one"]), backup)
      const twice = { ...backup, stores: "all" } as const
      const two = yield* SampleBackup.backup(repository, samples.files("srv", [...wanted, "two"]), twice)
      const third = yield* SampleBackup.backup(repository, samples.files("srv", wanted), backup)
      yield* Effect.forEach([one, two], (id) => repository.remove("snapshots", id))
      const prepared = yield* Prune.prepare(repository, options)
      const { index } = prepared.loaded
      let damaged = 0
      for (let entry = 0; entry < index.size; entry++) {
        if (index.typeOf(entry) !== 0 || !prepared.plan.copy.has(entry)) continue
        const id = index.packId(index.packOf(entry))
        const stored = provider.memory.files.get(`data/${id.slice(0, 2)}/${id}`)!
        const bytes = Uint8Array.from(stored.bytes)
        bytes[index.offsetOf(entry) + 20]! ^= 1
        provider.memory.files.set(stored.file.path, { ...stored, bytes })
        damaged++
      }
      assert.strictEqual(damaged, wanted.length)
      yield* Prune.prune(repository, options)
      const whole = yield* SampleBackup.readWhole(repository)
      assert.strictEqual(whole.contents.get(third)?.size, wanted.length)
      assert.strictEqual(whole.unusedBytes, 0)
    })
  )

  it.live("removes nothing when a blob it has to copy is damaged everywhere", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sampleIn(2)
      const prepared = yield* Prune.prepare(repository, options)
      const { index } = prepared.loaded
      const wanted = prepared.plan.repack.find((use) => use.kind === "data")!
      const entry = Array.from({ length: index.size }, (_, at) => at).find(
        (at) => index.packOf(at) === wanted.pack && prepared.plan.copy.has(at)
      )!
      const path = `data/${wanted.id.slice(0, 2)}/${wanted.id}`
      const stored = provider.memory.files.get(path)!
      const bytes = Uint8Array.from(stored.bytes)
      bytes[index.offsetOf(entry) + 20]! ^= 1
      provider.memory.files.set(path, { ...stored, bytes })
      const before = [...provider.memory.files.keys()]
      assert.strictEqual(yield* failure(Prune.prune(repository, options)), "Damaged")
      assert.deepStrictEqual(
        before.filter((file) => !provider.memory.files.has(file)),
        []
      )
    })
  )

  it.live("lists a pack once that two index files list", () =>
    Effect.gen(function* () {
      const { repository } = yield* sampleIn(2)
      yield* Prune.prune(repository, options)
      const { files, index } = yield* IndexLoader.load(repository)
      const packs = IndexRewrite.indexedPacks(index, [...files[0]!.packs])
      yield* repository.save("index", IndexFile.encode(packs.slice(0, 1)))
      const change = yield* Effect.map(IndexLoader.load(repository), (loaded) =>
        IndexRewrite.change(loaded.index, loaded.files, new BitSet(loaded.index.packCount))
      )
      assert.strictEqual(change.obsolete.length, 2)
      assert.strictEqual(change.packs.length, index.packCount)
    })
  )

  it.live("removes nothing when a snapshot can not be read", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sampleIn(2)
      yield* repository.save("snapshots", Buffer.from('{"time":"yesterday"}'))
      const files = provider.memory.files.size
      assert.strictEqual(yield* failure(Prune.prune(repository, options)), "Damaged")
      assert.strictEqual(provider.memory.files.size, files)
    })
  )

  it.live("removes nothing when a needed pack is missing, or has another size than the index says", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* sampleIn(2)
      const { plan } = yield* Prune.prepare(repository, options)
      const { id } = plan.repack.find((use) => use.kind === "data")!
      const path = `data/${id.slice(0, 2)}/${id}`
      const stored = provider.memory.files.get(path)!
      const longer = Buffer.concat([stored.bytes, Buffer.from("x")])
      provider.memory.files.set(path, { file: { ...stored.file, size: longer.length }, bytes: longer })
      assert.strictEqual(yield* failure(Prune.prune(repository, options)), "Damaged")
      provider.memory.files.delete(path)
      const files = provider.memory.files.size
      assert.strictEqual(yield* failure(Prune.prune(repository, options)), "Missing")
      assert.strictEqual(provider.memory.files.size, files)
    })
  )

  it.live("says of each file it could not remove that it was left behind", () =>
    Effect.gen(function* () {
      const { provider } = yield* sampleIn(2)
      const stubborn = MemoryProvider.make({ account: provider.memory })
      const repository = yield* Repository.open(
        {
          ...stubborn,
          remove: (path) =>
            path.startsWith("data/")
              ? (Effect.flip(Effect.flip(stubborn.stat("no" as never))) as never)
              : stubborn.remove(path)
        },
        { password: TestRepository.password }
      )
      const told = Told.make()
      const summary = yield* Prune.prune(repository, options, told)
      assert.isAbove(summary.left, 0)
      assert.strictEqual(told.of("Failed").length, summary.left)
      assert.strictEqual((yield* SampleBackup.readWhole(repository)).strangers, summary.left)
    })
  )
})
