/** What goes through a repository pack by pack takes up nothing more while it is held up, or while nobody takes what it tells. */
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import { Deferred, Effect, Fiber, Latch } from "effect"
import * as Checker from "../../src/care/Checker.ts"
import * as Prune from "../../src/care/Prune.ts"
import * as SnapshotCopy from "../../src/care/SnapshotCopy.ts"
import * as BlobReader from "../../src/repository/BlobReader.ts"
import * as IndexLoader from "../../src/repository/IndexLoader.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import * as Restorer from "../../src/restore/Restorer.ts"
import * as SampleBackup from "../support/SampleBackup.ts"
import * as samples from "../support/samples.ts"
import * as TestRepository from "../support/TestRepository.ts"

const packSize = 2_500

/** Two snapshots, of which the older is forgotten, in many packs. */
const sample = Effect.gen(function* () {
  const { repository } = yield* TestRepository.inMemory()
  const kept = samples.names("k", 30)
  const mixed = kept.flatMap((name, at) => [name, samples.names("o", 30)[at]!])
  const forgotten = yield* SampleBackup.backup(repository, samples.files("srv", mixed), { packSize })
  yield* SampleBackup.backup(repository, samples.files("srv", kept), { packSize })
  yield* repository.remove("snapshots", forgotten)
  return repository
})

/** Counts what is done to packs. */
const counting = (repository: Repository, count: () => void): Repository => ({
  ...repository,
  readRaw: (type, id, range, room) =>
    Effect.suspend(() => {
      if (type === "data") count()
      return repository.readRaw(type, id, range, room)
    }),
  remove: (type, id) =>
    Effect.suspend(() => {
      if (type === "data") count()
      return repository.remove(type, id)
    })
})

const works = {
  check: (repository: Repository, tell: Tell) => Checker.check(repository, { readData: { _tag: "All" } }, tell),
  prune: (repository: Repository, tell: Tell) =>
    Prune.prune(repository, { packSize, threads: 1, maxUnused: { percent: 0 } }, tell),
  copySnapshots: (repository: Repository, tell: Tell) =>
    Effect.flatMap(TestRepository.inMemory(), ({ repository: other }) =>
      SnapshotCopy.copy(repository, other, { packSize, threads: 1 }, tell)
    )
}

it.live.each(["check", "prune", "copySnapshots"] as const)("%s waits before each pack", (name) =>
  Effect.gen(function* () {
    const repository = yield* sample
    const latch = Latch.makeUnsafe(false)
    const asked = yield* Deferred.make<void>()
    let waits = 0
    let touched = 0
    let waitsBefore: number | undefined
    const room = Effect.suspend(() => {
      waits++
      return Effect.andThen(Deferred.succeed(asked, undefined), latch.await)
    })
    const counted = counting(repository, () => {
      touched++
      waitsBefore ??= waits
    })
    const running = yield* Effect.forkChild(works[name](counted, { ...silent, room }))
    yield* Effect.raceFirst(Deferred.await(asked), Fiber.join(running))
    expect(running.pollUnsafe()).toBeUndefined()
    expect(touched).toBe(0)
    yield* latch.open
    yield* Fiber.join(running)
    expect(touched).toBeGreaterThan(10)
    // A copy waits before each snapshot besides.
    expect(waitsBefore).toBeGreaterThanOrEqual(name === "copySnapshots" ? 2 : 1)
    expect(waits).toBeGreaterThanOrEqual(touched)
  })
)

it.live("restore waits before each part that it reads, and before what it verifies", () =>
  Effect.gen(function* () {
    const repository = yield* sample
    const folder = yield* TestRepository.folder
    const restore = Effect.fnUntraced(function* (verify: boolean) {
      let waits = 0
      let reads = 0
      const counted = counting(repository, () => {
        reads++
      })
      const room = Effect.sync(() => void waits++)
      const { index } = yield* IndexLoader.load(repository)
      const [snapshot] = (yield* Snapshots.loadAll(repository)).snapshots
      const target = join(folder, `${verify}`)
      const options = { snapshot: snapshot!, target, verify, tell: { ...silent, room } }
      yield* Restorer.restore(counted, BlobReader.make(repository, index), options)
      return { reads, waits }
    })
    const { reads, waits } = yield* restore(false)
    expect(reads).toBeGreaterThan(5)
    expect(waits).toBeGreaterThanOrEqual(reads)
    expect((yield* restore(true)).waits).toBeGreaterThan(waits)
  })
)
