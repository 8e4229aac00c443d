import * as fs from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Archiver from "@ourclone/backup/archive/Archiver"
import * as BlobType from "@ourclone/backup/format/BlobType"
import * as BlobReader from "@ourclone/backup/repository/BlobReader"
import * as IndexLoader from "@ourclone/backup/repository/IndexLoader"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as SnapshotPath from "@ourclone/backup/repository/SnapshotPath"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as Drill from "@ourclone/backup/restore/Drill"
import * as Posix from "@ourclone/system/Posix"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../support/machine.ts"
import * as TestRepository from "../support/TestRepository.ts"

const content = (name: string): Buffer => Buffer.alloc(name === "large" ? 3_000_000 : 100, `${name} `)
const names = ["a", "b", "c", "d/e", "d/f", "large", "empty"]

/** A backup of some files, and a folder for the drill. */
const setUp = Effect.gen(function* () {
  const [source, temporary] = [temporaryFolder(), temporaryFolder()]
  fs.mkdirSync(join(source, "d"))
  for (const name of names) fs.writeFileSync(join(source, name), name === "empty" ? "" : content(name))
  fs.symlinkSync("a", join(source, "link"))
  const { repository } = yield* TestRepository.inMemory()
  yield* Archiver.backup(repository, { paths: [source], programVersion: "test" })
  const snapshot = yield* Snapshots.find(repository, "latest")
  return { repository, snapshot, source, temporary }
})

const open = (repository: Repository) =>
  Effect.map(IndexLoader.load(repository), ({ index }) => BlobReader.make(repository, index))

/** Turns over a byte of every pack whenever it is read where data lies. */
const damaged = (repository: Repository, reader: BlobReader.BlobReader): Repository => ({
  ...repository,
  readRaw: (type, id, range) =>
    Effect.map(repository.readRaw(type, id, range), (bytes) => {
      const pack = type === "data" ? reader.index.packNumber(id) : -1
      const { entries, starts } = reader.index.byPack()
      if (pack < 0 || reader.index.typeOf(entries[starts[pack]!]!) !== BlobType.data) return bytes
      return Uint8Array.from(bytes, (byte, at) => (at === 20 ? byte ^ 1 : byte))
    })
})

describe("Drill", () => {
  it.effect("restores every file of a small snapshot and finds them equal to their sources", () =>
    Effect.gen(function* () {
      const { repository, snapshot, source, temporary } = yield* setUp
      const done: Array<string> = []
      const report = yield* Drill.drill(repository, yield* open(repository), {
        snapshot,
        sample: { files: 100 },
        seed: "s",
        temporary,
        onFile: (path) => done.push(path)
      })
      assert.deepEqual(
        { ...report, durationMilliseconds: 0 },
        {
          snapshot: snapshot.id,
          seed: "s",
          candidates: 7,
          files: 7,
          bytes: 3_000_500,
          equalToSource: 7,
          changedSince: [],
          withoutSource: 0,
          mismatches: [],
          unreadable: [],
          durationMilliseconds: 0,
          passed: true
        }
      )
      assert.sameMembers(
        done,
        names.map((name) => join(source, name))
      )
      assert.deepEqual(fs.readdirSync(temporary), [])
    })
  )

  it.effect.each([
    ["the folder it was run in", (source: string) => source],
    ["a folder in the one it was run in", dirname]
  ] as const)("finds the sources of a backup of %s", ([, above]) =>
    Effect.gen(function* () {
      const { repository, snapshot, source } = yield* setUp
      const reader = yield* open(repository)
      const relative = yield* SnapshotPath.find(reader, snapshot.tree, above(source))
      const report = yield* Drill.drill(repository, reader, {
        snapshot: { ...snapshot, tree: relative!.tree! },
        sample: { files: 100 }
      })
      assert.deepInclude(report, { equalToSource: 7, withoutSource: 0, passed: true })
    })
  )

  it.effect("picks the same files for the seed it has reported", () =>
    Effect.gen(function* () {
      const { repository, snapshot } = yield* setUp
      const reader = yield* open(repository)
      const pick = Effect.fnUntraced(function* (seed?: string) {
        const files: Array<string> = []
        const onFile = (path: string) => files.push(path)
        const report = yield* Drill.drill(repository, reader, { snapshot, sample: { files: 3 }, seed, onFile })
        return { seed: report.seed, files: files.toSorted() }
      })
      const first = yield* pick()
      assert.match(first.seed, /^[0-9a-f]{16}$/)
      assert.strictEqual(first.files.length, 3)
      assert.deepEqual(yield* pick(first.seed), first)
    })
  )

  it.effect("tells sources that changed, that are gone, and that rotted", () =>
    Effect.gen(function* () {
      const { repository, snapshot, source, temporary } = yield* setUp
      fs.appendFileSync(join(source, "a"), "more")
      fs.rmSync(join(source, "b"))
      const timeOf = (name: string) => fs.lstatSync(join(source, name), { bigint: true }).mtimeNs
      const setTime = (name: string, time: bigint) => Posix.setTimes(Buffer.from(join(source, name)), time, time)
      setTime("c", timeOf("c") + 1n)
      const time = timeOf("d/e")
      const rotten = content("d/e")
      rotten[50]! ^= 1
      fs.writeFileSync(join(source, "d/e"), rotten)
      setTime("d/e", time)
      const report = yield* Drill.drill(repository, yield* open(repository), {
        snapshot,
        sample: { percent: 100 },
        temporary
      })
      assert.deepEqual(report.changedSince, [join(source, "a"), join(source, "c")])
      assert.strictEqual(report.withoutSource, 1)
      assert.strictEqual(report.equalToSource, 3)
      assert.deepEqual(
        report.mismatches.map(({ path }) => path),
        [join(source, "d/e")]
      )
      assert.isFalse(report.passed)
    })
  )

  it.effect("does not hold the files of another machine against ours", () =>
    Effect.gen(function* () {
      const { repository, snapshot } = yield* setUp
      const report = yield* Drill.drill(repository, yield* open(repository), {
        snapshot: { ...snapshot, hostname: "another" },
        sample: { files: 100 }
      })
      assert.deepEqual([report.withoutSource, report.equalToSource, report.passed], [7, 0, true])
    })
  )

  it.effect("reports damaged files and still tries all others", () =>
    Effect.gen(function* () {
      const { repository, snapshot, source, temporary } = yield* setUp
      const reader = yield* open(repository)
      const broken = damaged(repository, reader)
      const report = yield* Drill.drill(broken, BlobReader.make(broken, reader.index), {
        snapshot,
        sample: { files: 100 },
        temporary
      })
      assert.isFalse(report.passed)
      assert.include(
        report.unreadable.map(({ path }) => path),
        join(source, "large")
      )
      assert.match(report.unreadable[0]!.message, /damaged/)
      assert.strictEqual(report.unreadable.length + report.equalToSource, 7)
      assert.isAtLeast(report.equalToSource, 1)
      assert.deepEqual(fs.readdirSync(temporary), [])
    })
  )

  it.effect("fails with LocalFailure when the temporary folder can not be used", () =>
    Effect.gen(function* () {
      const { repository, snapshot } = yield* setUp
      const options = { snapshot, sample: { files: 1 }, temporary: "/nowhere/at/all" }
      const error = yield* Effect.flip(Drill.drill(repository, yield* open(repository), options))
      assert.strictEqual(error._tag === "RepositoryError" && error.reason._tag, "LocalFailure")
      assert.match(error.message, /the temporary folder of the drill can not be used: ENOENT/)
    })
  )

  it.effect("leaves nothing behind when it is interrupted", () =>
    Effect.gen(function* () {
      const { repository, snapshot, temporary } = yield* setUp
      const reader = yield* open(repository)
      let seen: ReadonlyArray<string> = []
      const slow: Repository = {
        ...repository,
        readRaw: () =>
          Effect.suspend(() => {
            seen = fs.readdirSync(temporary)
            return Effect.interrupt
          })
      }
      yield* Effect.exit(Drill.drill(slow, reader, { snapshot, sample: { files: 3 }, temporary }))
      assert.strictEqual(seen.length, 1)
      assert.deepEqual(fs.readdirSync(temporary), [])
    })
  )
})
