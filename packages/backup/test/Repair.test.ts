import { hash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import type { MemoryAccount } from "@ourclone/core/testing/MemoryAccount"
import * as Told from "@ourclone/core/testing/Told"
import { Effect } from "effect"
import * as RepairIndex from "../src/care/RepairIndex.ts"
import * as RepairPacks from "../src/care/RepairPacks.ts"
import * as RepairSnapshots from "../src/care/RepairSnapshots.ts"
import * as IndexFile from "../src/repository/IndexFile.ts"
import * as IndexLoader from "../src/repository/IndexLoader.ts"
import * as IndexRewrite from "../src/repository/IndexRewrite.ts"
import * as Repository from "../src/repository/Repository.ts"
import * as Snapshots from "../src/repository/Snapshots.ts"
import * as SampleBackup from "./support/SampleBackup.ts"
import * as samples from "./support/samples.ts"
import * as TestRepository from "./support/TestRepository.ts"

const sampleOf = Effect.fnUntraced(function* (packSize: number) {
  const { provider, repository } = yield* TestRepository.inMemory()
  const backup = { packSize, indexEach: true }
  yield* SampleBackup.backup(repository, samples.files("srv/a", samples.names("a", 12)), backup)
  yield* SampleBackup.backup(
    repository,
    { ...samples.files("srv/a", samples.names("a", 14)), ...samples.files("srv/b", samples.names("b", 3)) },
    backup
  )
  const { memory } = provider
  const paths = (directory: string) => [...memory.files.keys()].filter((path) => path.startsWith(`${directory}/`))
  const whole = yield* SampleBackup.readWhole(repository)
  return { memory, paths, provider, repository, whole }
})

const sample = sampleOf(2_500)

const flip = (memory: MemoryAccount, path: string, at: number): void => {
  const stored = memory.files.get(path)!
  const bytes = Uint8Array.from(stored.bytes)
  bytes[at]! ^= 1
  memory.files.set(path, { ...stored, bytes })
}

/** Where the piece of a file lies that is in both snapshots. */
const dataPlace = Effect.fnUntraced(function* (repository: Repository.Repository) {
  const { index } = yield* IndexLoader.load(repository)
  const entry = index.findHex(0, hash("sha256", samples.text("a3")))
  const pack = index.packId(index.packOf(entry))
  return { pack, path: `data/${pack.slice(0, 2)}/${pack}`, offset: index.offsetOf(entry) }
})

describe("repairIndex", () => {
  it.live("finds everything again when all index files are gone", () =>
    Effect.gen(function* () {
      const { memory, paths, repository, whole } = yield* sample
      for (const path of paths("index")) memory.files.delete(path)
      const summary = yield* RepairIndex.repairIndex(repository)
      assert.strictEqual(summary.indexedPacks, whole.packs)
      const after = yield* SampleBackup.readWhole(repository)
      assert.deepStrictEqual(after.contents, whole.contents)
      assert.strictEqual(after.strangers, 0)
    })
  )

  it.live("replaces an index file that is damaged", () =>
    Effect.gen(function* () {
      const { memory, paths, repository, whole } = yield* sample
      flip(memory, paths("index")[0]!, 40)
      const summary = yield* RepairIndex.repairIndex(repository)
      assert.strictEqual(summary.damagedIndexes, 1)
      assert.deepStrictEqual((yield* SampleBackup.readWhole(repository)).contents, whole.contents)
      assert.strictEqual((yield* RepairIndex.repairIndex(repository)).newIndexes, 0)
    })
  )

  it.live("forgets packs that are gone", () =>
    Effect.gen(function* () {
      const { memory, paths, repository } = yield* sample
      memory.files.delete(paths("data")[0]!)
      assert.strictEqual((yield* RepairIndex.repairIndex(repository)).missingPacks, 1)
      const { index } = yield* IndexLoader.load(repository)
      assert.strictEqual(index.packCount, paths("data").length)
    })
  )

  it.live("lists a pack by its header where the index leaves out one of its blobs", () =>
    Effect.gen(function* () {
      const { memory, repository, whole } = yield* sample
      const { pack } = yield* dataPlace(repository)
      const { files, index } = yield* IndexLoader.load(repository)
      const file = files.find(({ packs }) => packs.includes(index.packNumber(pack)))!
      const packs = IndexRewrite.indexedPacks(index, [...file.packs])
      const lesser = packs.map(({ blobs, id }) => ({ id, blobs: id === pack ? [...blobs].slice(1) : [...blobs] }))
      yield* repository.save("index", IndexFile.encode(lesser))
      memory.files.delete(`index/${file.id}`)
      assert.strictEqual((yield* RepairIndex.repairIndex(repository)).indexedPacks, 1)
      assert.deepStrictEqual((yield* SampleBackup.readWhole(repository)).contents, whole.contents)
      assert.strictEqual((yield* RepairIndex.repairIndex(repository)).newIndexes, 0)
    })
  )

  it.live("reads the headers of all packs when asked to", () =>
    Effect.gen(function* () {
      const { repository, whole } = yield* sample
      const summary = yield* RepairIndex.repairIndex(repository, { readAllPacks: true })
      assert.strictEqual(summary.indexedPacks, whole.packs)
      const after = yield* SampleBackup.readWhole(repository)
      assert.deepStrictEqual(after.contents, whole.contents)
      assert.strictEqual(after.indexes, 1)
    })
  )

  it.live("goes on listing a pack whose header is damaged, by the index that there was", () =>
    Effect.gen(function* () {
      const { memory, paths, repository, whole } = yield* sample
      const [pack] = paths("data")
      flip(memory, pack!, memory.files.get(pack!)!.bytes.length - 20)
      const summary = yield* RepairIndex.repairIndex(repository, { readAllPacks: true })
      assert.strictEqual(summary.unreadablePacks, 1)
      assert.deepStrictEqual((yield* SampleBackup.readWhole(repository)).contents, whole.contents)
    })
  )

  it.live("reads a header again that arrives damaged", () =>
    Effect.gen(function* () {
      const { provider, repository, whole } = yield* sample
      const bad = FaultyProvider.make(provider, [{ method: "read", nth: 1, kind: "flipByte", offset: 600 }])
      const through = yield* Repository.open(bad, { password: TestRepository.password })
      const summary = yield* RepairIndex.repairIndex(through, { readAllPacks: true })
      assert.strictEqual(summary.unreadablePacks, 0)
      assert.deepStrictEqual((yield* SampleBackup.readWhole(repository)).contents, whole.contents)
    })
  )

  it.live("changes nothing in a dry run, nor where nothing is wrong", () =>
    Effect.gen(function* () {
      const { memory, paths, repository } = yield* sample
      const before = [...memory.files.keys()]
      yield* RepairIndex.repairIndex(repository)
      assert.deepStrictEqual([...memory.files.keys()], before)
      memory.files.delete(paths("index")[0]!)
      const damaged = [...memory.files.keys()]
      assert.isAbove((yield* RepairIndex.repairIndex(repository, { dryRun: true })).indexedPacks, 0)
      assert.deepStrictEqual([...memory.files.keys()], damaged)
    })
  )
})

describe("repairPacks", () => {
  it.live("gives no blob up that is damaged only on the way", () =>
    Effect.gen(function* () {
      const { memory, paths, provider, repository, whole } = yield* sample
      const pack = paths("data").find((path) => memory.files.get(path)!.bytes.length > 2_000)!
      const bad = FaultyProvider.make(
        provider,
        [1, 2, 3].map((nth) => ({ method: "read", nth, kind: "flipByte", offset: 300 }))
      )
      const through = yield* Repository.open(bad, { password: TestRepository.password })
      const { lostBlobs, savedBlobs } = yield* RepairPacks.repairPacks(through, [pack.slice(-64)], { threads: 1 })
      assert.strictEqual(lostBlobs, 0)
      assert.isAbove(savedBlobs, 0)
      assert.deepStrictEqual((yield* SampleBackup.readWhole(repository)).contents, whole.contents)
    })
  )

  it.live("saves every blob of a damaged pack but the one that is damaged", () =>
    Effect.gen(function* () {
      const { memory, repository, whole } = yield* sample
      const { offset, pack, path } = yield* dataPlace(repository)
      flip(memory, path, offset + 20)
      const summary = yield* RepairPacks.repairPacks(repository, [pack])
      assert.strictEqual(summary.lostBlobs, 1)
      assert.isAbove(summary.savedBlobs, 1)
      assert.isFalse(memory.files.has(path))
      yield* RepairSnapshots.repairSnapshots(repository, { forget: true })
      const after = yield* SampleBackup.readWhole(repository)
      const files = [...after.contents.values()].flatMap((content) => [...content])
      const good = new Set([...whole.contents.values()].flatMap((content) => [...content].map(String)))
      assert.strictEqual(files.filter((file) => !good.has(String(file))).length, 2)
    })
  )

  it.live("saves what is left of a pack that was cut off, by the index", () =>
    Effect.gen(function* () {
      const { memory, repository } = yield* sample
      const { pack, path } = yield* dataPlace(repository)
      const stored = memory.files.get(path)!
      const bytes = stored.bytes.subarray(0, stored.bytes.length >>> 1)
      memory.files.set(path, { file: { ...stored.file, size: bytes.length }, bytes })
      const index = yield* RepairIndex.repairIndex(repository)
      assert.strictEqual(index.unreadablePacks, 1)
      const summary = yield* RepairPacks.repairPacks(repository, [pack])
      assert.isAbove(summary.savedBlobs, 0)
      assert.isAbove(summary.lostBlobs, 0)
      yield* RepairSnapshots.repairSnapshots(repository, { forget: true })
      yield* SampleBackup.readWhole(repository)
    })
  )

  it.live("refuses a pack that nobody knows", () =>
    Effect.gen(function* () {
      const { repository } = yield* sample
      const error = yield* Effect.flip(RepairPacks.repairPacks(repository, ["ab".repeat(32)]))
      assert.strictEqual(error.reason._tag, "Refused")
    })
  )
})

describe("repairSnapshots", () => {
  it.live("leaves snapshots alone from which nothing is missing", () =>
    Effect.gen(function* () {
      const { memory, repository } = yield* sample
      const before = [...memory.files.keys()]
      assert.deepStrictEqual(yield* RepairSnapshots.repairSnapshots(repository), {
        replaced: 0,
        unreadable: 0,
        intact: 2
      })
      assert.deepStrictEqual([...memory.files.keys()], before)
    })
  )

  it.live("keeps the old snapshots and gives the new ones a tag, unless it is to forget", () =>
    Effect.gen(function* () {
      const { memory, repository } = yield* sample
      const { pack, path } = yield* dataPlace(repository)
      memory.files.delete(path)
      yield* RepairIndex.repairIndex(repository)
      const old = (yield* Snapshots.loadAll(repository)).snapshots
      const { replaced } = yield* RepairSnapshots.repairSnapshots(repository)
      assert.strictEqual(replaced, 2, pack)
      const both = (yield* Snapshots.loadAll(repository)).snapshots
      assert.strictEqual(both.length, 4)
      for (const { original, tags } of both.filter(({ id }) => !old.some((one) => one.id === id))) {
        assert.deepStrictEqual(tags, ["repaired"])
        assert.isTrue(old.some(({ id }) => id === original))
      }
      yield* RepairSnapshots.repairSnapshots(repository, { snapshots: old, forget: true })
      const { snapshots } = yield* Snapshots.loadAll(repository)
      assert.isFalse(snapshots.some(({ id }) => old.some((one) => one.id === id)))
      yield* SampleBackup.readWhole(repository)
    })
  )

  it.live("makes a directory that is lost an empty one", () =>
    Effect.gen(function* () {
      const { repository } = yield* sampleOf(300)
      const { index } = yield* IndexLoader.load(repository)
      const trees = yield* Effect.map(Snapshots.loadAll(repository), ({ snapshots }) =>
        snapshots.map(({ tree }) => tree)
      )
      const roots = new Set(trees)
      assert.strictEqual(roots.size, 2)
      // Every pack with trees but those that hold a root.
      let removed = 0
      for (let pack = 0; pack < index.packCount; pack++) {
        const { entries, starts } = index.byPack()
        const inPack = [...entries.subarray(starts[pack]!, starts[pack + 1]!)]
        if (index.typeOf(inPack[0]!) !== 1 || inPack.some((entry) => roots.has(index.hexOf(entry)))) continue
        yield* repository.remove("data", index.packId(pack))
        removed++
      }
      assert.isAbove(removed, 0)
      yield* RepairIndex.repairIndex(repository)
      const told = Told.make()
      yield* RepairSnapshots.repairSnapshots(repository, { forget: true }, told)
      assert.isAbove(told.of("Note").filter(({ code }) => code === "EmptiedDirectory").length, 0)
      yield* SampleBackup.readWhole(repository)
    })
  )
})
