import * as fs from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { silent, type Tell } from "@ourclone/core/events/Tell"
import * as ThreadPlaces from "@ourclone/core/machine/ThreadPlaces"
import * as Told from "@ourclone/core/testing/Told"
import { Effect, Stream } from "effect"
import * as Archiver from "../../src/archive/Archiver.ts"
import type { BackupOptions } from "../../src/archive/BackupOptions.ts"
import * as Excludes from "../../src/choose/Excludes.ts"
import * as IndexFile from "../../src/repository/IndexFile.ts"
import type { Repository } from "../../src/repository/Repository.ts"
import * as Snapshots from "../../src/repository/Snapshots.ts"
import { backup, inside, options } from "../support/backup.ts"
import * as keyStream from "../support/keyStream.ts"
import { readWhole } from "../support/SampleBackup.ts"
import * as TestRepository from "../support/TestRepository.ts"

/** A folder with these files, and a repository in memory. */
const start = Effect.fnUntraced(function* (files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = yield* TestRepository.folder
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(join(folder, name, ".."), { recursive: true })
    fs.writeFileSync(join(folder, name), content)
  }
  return { folder, ...(yield* TestRepository.inMemory()) }
})

const sample = { "a/one": "1", "a/two": "22", "b/c/three": "333", four: "4444" }

/** Paths, below the folder, of the files of the newest snapshot. */
const filesIn = Effect.fnUntraced(function* (repository: Repository, folder: string) {
  const { contents } = yield* readWhole(repository)
  const { snapshots } = yield* Snapshots.loadAll(repository)
  return [...contents.get(snapshots.at(-1)!.id)!.keys()].map((path) => path.replace(`${folder}/`, "")).sort()
})

const stored = (repository: Repository) =>
  Effect.map(Stream.runCollect(repository.list("data")), ({ length }) => length)

describe("a backup", () => {
  it.live("reads nothing again when nothing has changed, and the tree is the same", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      yield* inside(folder)
      const first = yield* backup(repository, ".")
      const second = yield* backup(repository, ".")
      assert.include(first, { filesNew: 4, filesUnmodified: 0, totalBytesProcessed: 10, dataBlobs: 4, failures: 0 })
      assert.include(second, { filesNew: 0, filesUnmodified: 4, totalBytesProcessed: 10, dataBlobs: 0, treeBlobs: 0 })
      assert.strictEqual(second.parentId, first.snapshotId)
      assert.strictEqual(second.tree, first.tree)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(availableParallelism() < 2)(
    "uses one thread for what a parent snapshot knows, and all where that is none or there is much that is new",
    () =>
      Effect.gen(function* () {
        const { folder, repository } = yield* start(sample)
        const threadsOf = (more: Partial<BackupOptions> = {}) =>
          Effect.gen(function* () {
            const places = ThreadPlaces.make(8)
            let most = 0
            const take = (wanted: number, least: number): number => {
              const taken = places.take(wanted, least)
              most = Math.max(most, places.used())
              return taken
            }
            const done = backup(repository, folder, { readConcurrency: undefined, ...more })
            yield* Effect.provideService(done, ThreadPlaces.ThreadPlaces, { ...places, take })
            return most
          })
        const all = Math.min(4, availableParallelism())
        assert.strictEqual(yield* threadsOf(), all)
        assert.strictEqual(yield* threadsOf(), 1)
        assert.strictEqual(yield* threadsOf({ force: true }), all)
        assert.strictEqual(yield* threadsOf({ readConcurrency: 3 }), 3)
        for (let file = 0; file < 100; file++) fs.writeFileSync(join(folder, `new-${file}`), `${file}`)
        assert.strictEqual(yield* threadsOf(), all)
        assert.lengthOf(yield* filesIn(repository, folder), 104)
      }).pipe(Effect.scoped)
  )

  it.live("counts what is new, changed and unmodified, whatever its neighbours are", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      yield* backup(repository, folder)
      fs.writeFileSync(join(folder, "a/another"), "new")
      fs.writeFileSync(join(folder, "a/two"), "changed")
      fs.rmSync(join(folder, "b/c/three"))
      const second = yield* backup(repository, folder, { items: true })
      assert.include(second, { filesNew: 1, filesChanged: 1, filesUnmodified: 2, dataBlobs: 2 })
      assert.deepEqual(
        yield* filesIn(repository, folder),
        ["/a/another", "/a/one", "/a/two", "/four"].map((one) => one.slice(1))
      )
    }).pipe(Effect.scoped)
  )

  it.live("reads everything again when forced to, and stores none of it twice", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      yield* inside(folder)
      yield* backup(repository, ".")
      const second = yield* backup(repository, ".", { force: true })
      assert.include(second, { filesNew: 4, filesUnmodified: 0, dataBlobs: 0, treeBlobs: 0, parentId: undefined })
    }).pipe(Effect.scoped)
  )

  it.live("takes a file whose mode has changed for unmodified with --ignore-ctime, but stores the mode", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start({ file: "x" })
      const first = yield* backup(repository, folder)
      fs.chmodSync(join(folder, "file"), 0o600)
      const lenient = yield* backup(repository, folder, { ignoreCtime: true })
      assert.include(lenient, { filesUnmodified: 1, filesChanged: 0 })
      assert.notStrictEqual(lenient.tree, first.tree)
      fs.chmodSync(join(folder, "file"), 0o644)
      assert.include(yield* backup(repository, folder), { filesUnmodified: 0, filesChanged: 1 })
    }).pipe(Effect.scoped)
  )

  it.live("stores nothing in a dry run, and counts as the run after it", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start({ ...sample, large: keyStream.bytes("large", 3_000_000) })
      // The folders above an absolute path are in the tree, and others write into them.
      yield* inside(folder)
      const { durationMillis: _, endedAt: _1, startedAt: _2, ...dry } = yield* backup(repository, ".", { dryRun: true })
      assert.strictEqual(yield* stored(repository), 0)
      assert.strictEqual(dry.snapshotId, undefined)
      const real = yield* backup(repository, ".")
      const { dataAdded, dataBlobs, filesNew, totalBytesProcessed, treeBlobs } = dry
      assert.include(real, { dataAdded, dataBlobs, filesNew, totalBytesProcessed, treeBlobs })
    }).pipe(Effect.scoped)
  )

  it.live("writes no snapshot of what has not changed, when it is to skip that", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      yield* inside(folder)
      yield* backup(repository, ".")
      const second = yield* backup(repository, ".", { skipIfUnchanged: true })
      assert.strictEqual(second.snapshotId, undefined)
      fs.writeFileSync(join(folder, "four"), "5")
      const third = yield* backup(repository, ".", { skipIfUnchanged: true })
      assert.isDefined(third.snapshotId)
      assert.lengthOf((yield* Snapshots.loadAll(repository)).snapshots, 2)
    }).pipe(Effect.scoped)
  )

  it.live("finds relative paths in the folder that they are said to be of, wherever the process is", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const { snapshotId } = yield* backup(repository, "a", { directory: folder })
      const snapshot = yield* Snapshots.find(repository, snapshotId!)
      assert.deepEqual(snapshot.paths, [join(folder, "a")])
      assert.deepEqual(yield* filesIn(repository, ""), ["a/one", "a/two"])
    }).pipe(Effect.scoped)
  )

  it.live("refuses a relative path when nothing says of which folder it is", () =>
    Effect.gen(function* () {
      const { repository } = yield* start(sample)
      const error = yield* Effect.flip(backup(repository, "a", { directory: undefined }))
      assert.include(error.message, '"a" is a relative path, and nothing says of which folder')
    }).pipe(Effect.scoped)
  )

  it.live("leaves out what is excluded, and says so where it was asked for by name", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const tell = Told.make()
      const excludes = yield* Excludes.resolve({ patterns: ["two", "b", "four"] })
      const summary = yield* backup(repository, folder, { excludes, paths: [folder, join(folder, "four")], tell })
      assert.deepEqual(yield* filesIn(repository, folder), ["a/one"])
      assert.deepEqual(
        tell.of("Note").map(({ message }) => message),
        [`${join(folder, "four")} is to be backed up, but an exclude leaves it out`]
      )
      assert.strictEqual(summary.failures, 0)
    }).pipe(Effect.scoped)
  )

  it.live.each([".", "./", "..", "NAME", "NAME a/one"])(
    "leaves out what is excluded of %s, and does not count it",
    (given) =>
      Effect.gen(function* () {
        const { folder, repository } = yield* start({ "top/a/one": "1", "top/four": "4444", "top/.env": "secret" })
        const top = join(folder, "top")
        yield* inside(given === ".." ? join(top, "a") : top)
        const tell = Told.make()
        const excludes = yield* Excludes.resolve({ patterns: [".env"], largerThan: 3 })
        const paths = given.split(" ").map((one) => one.replace("NAME", top))
        yield* backup(repository, ".", { excludes, paths, scan: true, tell })
        const names = (yield* filesIn(repository, top)).map((one) => one.replace(/.*\//, ""))
        assert.deepEqual([...new Set(names)], ["one"])
        for (const { files } of tell.of("Planned")) assert.isAtMost(files, paths.length)
      }).pipe(Effect.scoped)
  )

  it.live("refuses to write a snapshot of nothing, and keeps one of a folder that is empty", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      yield* inside(folder)
      const excludes = yield* Excludes.resolve({ patterns: ["*"] })
      for (const path of [".", "./", "a", "four"]) {
        const error = yield* Effect.flip(backup(repository, path, { excludes }))
        assert.include(error.message, "the snapshot would be empty")
      }
      fs.mkdirSync(join(folder, "empty"))
      yield* backup(repository, "empty")
      assert.lengthOf((yield* Snapshots.loadAll(repository)).snapshots, 1)
    }).pipe(Effect.scoped)
  )

  it.live("says when it looks for what to read, when it reads and when it ends", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const phases = new Set<string>()
      const tell: Tell = { ...silent, gauge: (progress) => void phases.add(progress().phase) }
      yield* backup(repository, folder, { tell })
      assert.deepEqual([...phases], ["listing", "transferring", "finishing"])
    }).pipe(Effect.scoped)
  )

  it.live("tells of targets that are missing, and refuses when all of them are", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const tell = Told.make()
      const missing = join(folder, "missing")
      const summary = yield* backup(repository, folder, { paths: [missing, join(folder, "a")], tell })
      assert.strictEqual(summary.failures, 1)
      assert.deepEqual(
        tell.of("Failed").map(({ failure }) => failure.item),
        [missing]
      )
      const { snapshots } = yield* Snapshots.loadAll(repository)
      assert.deepEqual(snapshots[0]!.paths, [join(folder, "a")])
      const error = yield* Effect.flip(Archiver.backup(repository, options([missing])))
      assert.strictEqual(error.reason._tag, "Refused")
      assert.include(error.message, missing)
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(process.platform !== "linux")("goes on without a file that can not be read, and says so", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const tell = Told.make()
      const summary = yield* backup(repository, folder, { paths: [folder, "/proc/self/mem"], tell })
      assert.strictEqual(summary.failures, 1)
      assert.deepEqual(
        tell.of("Failed").map(({ failure }) => failure.item),
        ["/proc/self/mem"]
      )
      assert.lengthOf(yield* filesIn(repository, folder), 4)
    }).pipe(Effect.scoped)
  )

  it.live("reads a file again whose content is no longer in the repository", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const first = yield* backup(repository, folder)
      const [file] = yield* Stream.runCollect(repository.list("index"))
      const packs = IndexFile.decode(yield* repository.load("index", file!.id))
      yield* repository.save("index", IndexFile.encode(packs.filter(({ blobs }) => blobs[0]!.type === "tree")))
      yield* repository.remove("index", file!.id)
      const second = yield* backup(repository, folder)
      assert.include(second, { filesUnmodified: 0, filesChanged: 4, dataBlobs: 4 })
      yield* repository.remove("snapshots", first.snapshotId!)
      assert.lengthOf(yield* filesIn(repository, folder), 4)
    }).pipe(Effect.scoped)
  )

  it.live("keeps a folder of thousands of names, in order, and knows them the next time", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 1500 }, (_, index) => `many/n${(index * 7919) % 1500}"é\\`)
      const { folder, repository } = yield* start({
        ...Object.fromEntries(names.map((name) => [name, name])),
        "many/a folder/x": "1",
        "many/n9 folder/x": "2"
      })
      yield* backup(repository, folder)
      fs.writeFileSync(join(folder, "many/n700 and one"), "new")
      fs.rmSync(join(folder, names[3]!))
      const second = yield* backup(repository, folder)
      assert.include(second, { filesNew: 1, filesChanged: 0, filesUnmodified: 1501 })
      yield* inside(join(folder, "many"))
      const again = yield* backup(repository, ".", { force: true })
      assert.strictEqual(again.treeBlobs, 0)
      assert.lengthOf(yield* filesIn(repository, folder), 1502)
    }).pipe(Effect.scoped)
  )

  it.live("counts what there is while it runs, when asked to", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const tell = Told.make()
      yield* backup(repository, folder, { scan: true, items: true, tell })
      assert.deepInclude(tell.progress(), { phase: "finishing", files: 4, bytes: 10 })
      assert.deepEqual(
        tell.of("Done").map(({ deed }) => deed),
        ["stored", "stored", "stored", "stored"]
      )
      for (const { bytes, files } of tell.of("Planned")) assert.isAtMost(bytes + files, 14)
    }).pipe(Effect.scoped)
  )

  it.live("writes who made it, of what and when", () =>
    Effect.gen(function* () {
      const { folder, repository } = yield* start(sample)
      const time = "2024-02-29T12:34:56+01:00"
      const summary = yield* backup(repository, folder, { time, tags: ["one", "two"], host: "elsewhere" })
      const { snapshots } = yield* Snapshots.loadAll(repository)
      const { hostname, id, paths, programVersion, tags, tree, ...rest } = snapshots[0]!
      assert.deepEqual(
        { hostname, id, paths, programVersion, tags, time: rest.time, tree },
        {
          hostname: "elsewhere",
          id: summary.snapshotId,
          paths: [folder],
          programVersion: "ourclone 0.0.0",
          tags: ["one", "two"],
          time,
          tree: summary.tree
        }
      )
      assert.strictEqual(rest.summary?.filesNew, 4)
    }).pipe(Effect.scoped)
  )
})
