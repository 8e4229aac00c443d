import * as fs from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import { PermissionDenied, Unavailable } from "@ourclone/core/contract/StorageError"
import * as FaultyProvider from "@ourclone/core/testing/FaultyProvider"
import { Effect, Fiber, Redacted, Stream } from "effect"
import * as Archiver from "../../src/archive/Archiver.ts"
import * as Repository from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { backup, options } from "../support/backup.ts"
import * as keyStream from "../support/keyStream.ts"
import { readWhole } from "../support/SampleBackup.ts"
import * as TestRepository from "../support/TestRepository.ts"

const fileCount = 60
const fileSize = 60_000
const packSize = 100_000

const source = Effect.map(TestRepository.folder, (folder) => {
  for (let number = 0; number < fileCount; number++) {
    const directory = join(folder, `folder ${number % 7}`)
    fs.mkdirSync(directory, { recursive: true })
    fs.writeFileSync(join(directory, `file ${number}`), keyStream.bytes(`${number}`, fileSize))
  }
  return folder
})

/** A repository in memory, and the same with faults in the way to it. */
const start = (faults: ReadonlyArray<FaultyProvider.Fault>) =>
  Effect.gen(function* () {
    const { provider, repository } = yield* TestRepository.inMemory()
    const faulty = FaultyProvider.make(provider, faults)
    const through = yield* Repository.open(faulty, { password: TestRepository.password })
    return { folder: yield* source, provider, faulty, repository, through }
  })

const passing = new Unavailable({ message: "the connection was reset; try again", retryAtOnce: true })
const every20th = Array.from({ length: 60 }, (_, index) => 3 + index * 20)

describe("a backup to a service that fails now and then", () => {
  it.live("is whole", () =>
    Effect.gen(function* () {
      const faults = every20th.flatMap(
        (nth): ReadonlyArray<FaultyProvider.Fault> => [
          { method: "put", nth, kind: "fail", reason: passing },
          { method: "put", nth: nth + 7, kind: "loseAnswer", reason: passing },
          { method: "readAll", nth, kind: "fail", reason: passing },
          { method: "list", nth, kind: "fail", reason: passing }
        ]
      )
      const { faulty, folder, repository, through } = yield* start(faults)
      const summary = yield* backup(through, folder, { packSize })
      assert.strictEqual(summary.filesNew, fileCount)
      assert.isAbove(faulty.calls("put"), 30)
      const { contents, strangers } = yield* readWhole(repository)
      assert.strictEqual(contents.get(summary.snapshotId!)!.size, fileCount)
      assert.strictEqual(strangers, 0)
    }).pipe(Effect.scoped)
  )

  it.live("fails with what the service says for good, writes no snapshot, and keeps what it has stored", () =>
    Effect.gen(function* () {
      const reason = new PermissionDenied({ message: "the key may not write; make another" })
      const { folder, provider, repository, through } = yield* start([{ method: "put", nth: 20, kind: "fail", reason }])
      const error = yield* Effect.flip(backup(through, folder, { packSize }))
      assert.strictEqual(error.reason._tag, "PermissionDenied")
      assert.lengthOf((yield* Snapshots.loadAll(repository)).snapshots, 0)
      const packs = [...provider.memory.files.keys()].filter((path) => path.startsWith("data/")).length
      assert.isAbove(packs, 10)
      const again = yield* backup(repository, folder, { packSize })
      assert.isAtMost(again.dataBlobs, fileCount - packs)
      const { strangers } = yield* readWhole(repository)
      assert.isAtMost(strangers, 2)
    }).pipe(Effect.scoped)
  )
})

/** A repository in memory, and the same as one that takes so many packs and never answers for the next. */
const storingOnly = Effect.fnUntraced(function* (most: number) {
  const { provider, repository } = yield* TestRepository.inMemory()
  let count = 0
  const stalling: Provider = {
    ...provider,
    put: (path, ...rest) =>
      Effect.suspend(() => (path.startsWith("data/") && ++count > most ? Effect.never : provider.put(path, ...rest)))
  }
  const through = yield* Repository.open(stalling, { password: TestRepository.password })
  const packs = () => [...provider.memory.files.keys()].filter((path) => path.startsWith("data/"))
  return { folder: yield* source, packs, provider, repository, through }
})

describe("a backup that is interrupted", () => {
  it.live("is gone on with by the next one", () =>
    Effect.gen(function* () {
      const { folder, packs, repository, through } = yield* storingOnly(8)
      const fiber = yield* Effect.forkChild(backup(through, folder, { packSize }))
      while (packs().length < 8) yield* Effect.sleep(5)
      yield* Fiber.interrupt(fiber)
      assert.lengthOf((yield* Snapshots.loadAll(repository)).snapshots, 0)
      const indexes = yield* Stream.runCollect(repository.list("index"))
      assert.lengthOf(indexes, 1)
      const again = yield* backup(repository, folder, { packSize })
      assert.isAtMost(again.dataBlobs, fileCount - 8)
      assert.isAbove(again.dataBlobs, 0)
      const { contents } = yield* readWhole(repository)
      assert.strictEqual(contents.get(again.snapshotId!)!.size, fileCount)
    }).pipe(Effect.scoped)
  )

  it.live("keeps what was stored though the answer had not come", () =>
    Effect.gen(function* () {
      const { provider, repository } = yield* TestRepository.inMemory()
      const storesWithoutAWord: Provider = {
        ...provider,
        put: (path, source, options) =>
          Effect.flatMap(provider.put(path, source, options), (file) =>
            path.startsWith("data/") ? Effect.never : Effect.succeed(file)
          )
      }
      const through = yield* Repository.open(storesWithoutAWord, { password: TestRepository.password })
      const folder = yield* source
      const packs = () => [...provider.memory.files.keys()].filter((path) => path.startsWith("data/")).length
      const fiber = yield* Effect.forkChild(backup(through, folder, { packSize }))
      while (packs() < 2) yield* Effect.sleep(5)
      yield* Fiber.interrupt(fiber)
      assert.lengthOf(yield* Stream.runCollect(repository.list("index")), 1)
      const again = yield* backup(repository, folder, { packSize })
      assert.isBelow(again.dataBlobs, fileCount)
      const { strangers } = yield* readWhole(repository)
      assert.strictEqual(strangers, 0)
    }).pipe(Effect.scoped)
  )

  it.live("names no pack in an index that somebody has removed meanwhile", () =>
    Effect.gen(function* () {
      const { folder, packs, provider, repository, through } = yield* storingOnly(8)
      const fiber = yield* Effect.forkChild(backup(through, folder, { packSize }))
      while (packs().length < 8) yield* Effect.sleep(5)
      for (const path of packs().slice(0, 4)) provider.memory.files.delete(path)
      yield* Fiber.interrupt(fiber)
      yield* backup(repository, folder, { packSize })
      yield* readWhole(repository)
    }).pipe(Effect.scoped)
  )
})

describe("a backup whose threads fail", () => {
  it.live("ends with an error, rather than never", () =>
    Effect.gen(function* () {
      const { repository } = yield* TestRepository.inMemory()
      const broken = {
        ...repository,
        keys: Redacted.make({ ...Redacted.value(repository.keys), macK: Buffer.alloc(3) })
      }
      const error = yield* Effect.flip(Archiver.backup(broken, options([yield* source])))
      assert.strictEqual(error.reason._tag, "LocalFailure")
      assert.match(error.message, /^memory: the backup stopped: /)
    }).pipe(Effect.scoped)
  )
})
