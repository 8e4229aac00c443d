/**
 * A repository's life by chance: a folder changes, is backed up, snapshots are forgotten, packs are pruned,
 * indexes are repaired; one call in twenty fails, and one job in three is cut off at some moment.
 *
 * Beside it goes a list of what each finished snapshot must hold. After every step all of them are read through a
 * line without faults, and in the end they are restored.
 */
import * as assert from "node:assert/strict"
import { hash } from "node:crypto"
import { join } from "node:path"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Archiver from "../../src/archive/Archiver.ts"
import * as Forget from "../../src/care/Forget.ts"
import * as Prune from "../../src/care/Prune.ts"
import * as RepairIndex from "../../src/care/RepairIndex.ts"
import * as Tag from "../../src/care/Tag.ts"
import type { Snapshot } from "../../src/format/Snapshot.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as Restorer from "../../src/restore/Restorer.ts"
import * as LivingTree from "./LivingTree.ts"
import { make as makeRandom, type Random } from "./random.ts"
import * as SampleBackup from "./SampleBackup.ts"
import * as TestRepository from "./TestRepository.ts"
import * as Turbulence from "./Turbulence.ts"

const { password } = TestRepository
const mostSnapshots = 6

export interface RandomRun {
  /** Does something to the folder or the repository, and looks that nothing is lost. */
  readonly step: Effect.Effect<string, unknown, Scope.Scope>
  /** Restores every snapshot through the bad line, and compares. */
  readonly restoreAll: Effect.Effect<number, unknown, Scope.Scope>
}

/** Path to SHA-256 of what is expected in a snapshot, as `SampleBackup.readWhole` gives it. */
const hashesOf = (captured: LivingTree.Captured): Map<string, string> =>
  new Map(
    [...captured].flatMap(([path, what]) => {
      if (what.startsWith("directory")) return []
      return [[`/${path}`, what.startsWith("link") ? hash("sha256", "") : what.split(" ")[4]!]]
    })
  )

export const make = Effect.fnUntraced(function* (provider: Provider, seed: number) {
  const random: Random = makeRandom(seed)
  const folder = yield* TestRepository.folder
  const caches = yield* TestRepository.folder
  const clean = yield* Repository.open(provider, { password })
  /** By the ids of snapshots, and by those of their trees: a new tag makes a new snapshot. */
  const model = new Map<string, LivingTree.Captured>()
  const captures = new Map<string, LivingTree.Captured>()
  /** Jobs may have removed these, or not. */
  const doubtful = new Set<string>()

  const openBad = (): Effect.Effect<Repository.Repository, unknown> => {
    const bad = Turbulence.make(provider, makeRandom(1 + random.number(2 ** 30)), {
      percent: random.pick([0, 5, 5, 10]),
      delay: random.pick([1, 2, 10])
    })
    return Effect.retry(Repository.open(bad, { password, cacheDirectory: random.pick([undefined, caches]) }), {
      times: 5
    })
  }

  /** Runs a job, or the beginning of it. */
  const cutOff = <A>(job: Effect.Effect<A, unknown>): Effect.Effect<A | undefined> => {
    const whole = Effect.match(job, { onFailure: () => undefined, onSuccess: (result) => result })
    if (random.number(3) > 0) return whole
    return Effect.raceFirst(whole, Effect.as(Effect.sleep(random.number(400)), undefined))
  }

  const backup = Effect.gen(function* () {
    const repository = yield* openBad()
    return yield* cutOff(
      Archiver.backup(repository, {
        paths: [folder],
        programVersion: "ourclone 0.0.0",
        host: "test",
        packSize: random.pick([3_000, 60_000, 400_000, 5_000_000]),
        readConcurrency: 1 + random.number(2),
        compression: random.pick(["auto", "off", "fastest"]),
        force: random.number(5) === 0
      })
    )
  })

  const forget = Effect.gen(function* () {
    const ids = [...model.keys()].filter(() => random.number(2) === 0)
    for (const id of ids) doubtful.add(id)
    yield* cutOff(Forget.remove(yield* openBad(), ids))
  })

  const prune = Effect.gen(function* () {
    const repository = yield* openBad()
    const options: Prune.RunOptions = {
      packSize: random.pick([3_000, 100_000, 4_000_000]),
      threads: 1,
      indexEvery: random.pick([0, 60_000]),
      maxUnused: random.pick(["unlimited", { percent: 0 }, { percent: 5 }, { bytes: 10_000 }] as const),
      repackUncompressed: random.number(3) === 0,
      repackSmall: random.number(2) === 0,
      maxRepackSize: random.pick([undefined, 200_000]),
      maxDownload: random.pick([undefined, undefined, 100_000])
    }
    yield* cutOff(Prune.prune(repository, options))
  })

  const repair = Effect.gen(function* () {
    yield* cutOff(RepairIndex.repairIndex(yield* openBad(), { readAllPacks: random.number(2) === 0 }))
  })

  const tag = Effect.gen(function* () {
    const repository = yield* openBad()
    const { snapshots } = yield* Snapshots.loadAll(clean)
    if (snapshots.length === 0) return
    const snapshot = random.pick(snapshots)
    doubtful.add(snapshot.id)
    yield* cutOff(Tag.change(repository, snapshot, { add: [`tag${random.number(1_000)}`] }))
  })

  const inSnapshot = (found: ReadonlyMap<string, string>): Map<string, string> =>
    new Map([...found].map(([path, digest]) => [path.slice(folder.length), digest]))

  /** Nothing that was finished is lost, and whatever else is there is what the folder held. */
  const verify = Effect.gen(function* () {
    const now = LivingTree.capture(folder)
    const { snapshots } = yield* Snapshots.loadAll(clean)
    const { contents } = yield* SampleBackup.readWhole(clean)
    for (const id of model.keys()) {
      if (contents.has(id)) continue
      assert.ok(doubtful.has(id), `the snapshot ${id} is gone`)
      model.delete(id)
    }
    doubtful.clear()
    for (const { id, tree } of snapshots) {
      const expected = model.get(id) ?? captures.get(tree) ?? now
      assert.deepStrictEqual(inSnapshot(contents.get(id)!), hashesOf(expected), `what the snapshot ${id} holds`)
      model.set(id, expected)
      captures.set(tree, expected)
    }
  })

  const jobs: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown>]> = [
    ["backup", backup],
    ["backup", backup],
    ["backup", backup],
    ["two backups", Effect.all([backup, backup], { concurrency: 2 })],
    ["forget", forget],
    ["prune", prune],
    ["prune", prune],
    ["repair index", repair],
    ["tag", tag]
  ]

  const step = Effect.gen(function* () {
    for (let count = random.number(8); count > 0; count--) LivingTree.change(folder, random)
    const [name, job] = model.size > mostSnapshots ? (["forget", forget] as const) : random.pick(jobs)
    yield* job
    yield* verify
    return name
  })

  const restoreOne = Effect.fnUntraced(function* (snapshot: Snapshot, expected: LivingTree.Captured) {
    const target = join(yield* TestRepository.folder, "target")
    const isSparse = random.number(2) === 0
    const restore = Effect.gen(function* () {
      const repository = yield* openBad()
      const { index } = yield* IndexLoader.load(repository)
      const options = { snapshot, subfolder: folder, target, threads: 1, sparse: isSparse }
      return yield* Restorer.restore(repository, BlobReader.make(repository, index), options)
    })
    yield* cutOff(restore)
    const whole = Effect.filterOrFail(restore, ({ failures }) => failures === 0)
    yield* Effect.retry(whole, { times: 5 })
    assert.deepStrictEqual(LivingTree.capture(target), expected)
  })

  const restoreAll = Effect.gen(function* () {
    const { snapshots } = yield* Snapshots.loadAll(clean)
    for (const snapshot of snapshots) yield* restoreOne(snapshot, model.get(snapshot.id)!)
    return snapshots.length
  })

  const run: RandomRun = { step, restoreAll }
  return run
})
