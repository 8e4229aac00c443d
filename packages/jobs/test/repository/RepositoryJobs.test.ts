import * as fs from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as RepositoryLock from "@ourclone/backup/repository/RepositoryLock"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Backup from "../../src/repository/BackupJob.ts"
import * as Check from "../../src/repository/CheckJob.ts"
import * as Copy from "../../src/repository/CopySnapshotsJob.ts"
import * as Diff from "../../src/repository/DiffQuery.ts"
import * as Drill from "../../src/repository/DrillJob.ts"
import * as Dump from "../../src/repository/DumpBytes.ts"
import * as Find from "../../src/repository/FindQuery.ts"
import * as Forget from "../../src/repository/ForgetJob.ts"
import * as Info from "../../src/repository/InfoQuery.ts"
import * as Init from "../../src/repository/InitJob.ts"
import * as KeyAdd from "../../src/repository/KeyAddJob.ts"
import * as KeyList from "../../src/repository/KeyListQuery.ts"
import * as KeyPassword from "../../src/repository/KeyPasswordJob.ts"
import * as KeyRemove from "../../src/repository/KeyRemoveJob.ts"
import * as Prune from "../../src/repository/PruneJob.ts"
import * as RepairIndex from "../../src/repository/RepairIndexJob.ts"
import * as RepairPacks from "../../src/repository/RepairPacksJob.ts"
import * as RepairSnapshots from "../../src/repository/RepairSnapshotsJob.ts"
import * as Restore from "../../src/repository/RestoreJob.ts"
import * as Rewrite from "../../src/repository/RewriteJob.ts"
import * as SnapshotLs from "../../src/repository/SnapshotLsQuery.ts"
import * as Snapshots from "../../src/repository/SnapshotsQuery.ts"
import * as Stats from "../../src/repository/StatsQuery.ts"
import * as Tag from "../../src/repository/TagJob.ts"
import * as Unlock from "../../src/repository/UnlockJob.ts"
import * as JobTrial from "../support/JobTrial.ts"

/** A repository with one snapshot of two files. */
const sample = Effect.gen(function* () {
  const trial = yield* JobTrial.make
  const opened = yield* trial.init("repository")
  trial.write("source/a.txt", "one")
  trial.write("source/sub/b.txt", "two")
  const repository = join(trial.folder, "repository")
  const source = join(trial.folder, "source")
  const backup = (more: Partial<Backup.Request> = {}, options?: JobTrial.RunOptions) =>
    trial.run(Backup.kind, { repository, paths: [source], readConcurrency: 1, ...more }, options)
  return { ...trial, opened, repository, source, backup }
})

describe("jobs about repositories", () => {
  it.live("each kind's request, events and summary go through JSON, and no password is in any of them", () =>
    Effect.gen(function* () {
      const { backup, folder, init, repository, run, said, source, write } = yield* sample
      const at = { repository }
      const first = yield* backup({ items: true, tag: ["daily"], scan: true })
      expect(first.summary).toMatchObject({ filesNew: 2, failures: 0, isPreview: false })
      expect(first.facts.filter(({ _tag }) => _tag === "Done")).toHaveLength(2)
      expect(first.facts.at(-1)).toMatchObject({ _tag: "Finished", outcome: "done", summary: { filesNew: 2 } })
      write("source/c.txt", "three")
      const second = yield* backup()
      expect(second.summary).toMatchObject({ filesNew: 1, filesUnmodified: 2, parentId: first.summary.snapshotId })

      const target = join(folder, "target")
      const restored = yield* run(Restore.kind, { ...at, snapshot: "latest", target, verify: true })
      expect(restored.summary).toMatchObject({ failures: 0, filesVerified: 3 })
      expect(fs.readFileSync(join(target, source, "c.txt"), "utf8")).toBe("three")

      const checked = yield* run(Check.kind, { ...at, readData: true })
      expect(checked.summary).toMatchObject({ errors: 0, snapshots: 2 })
      expect((yield* run(Tag.kind, { ...at, add: ["kept"] })).summary).toEqual({ changed: 2 })
      const without = yield* run(Rewrite.kind, { ...at, exclude: ["b.txt"], forget: true })
      expect(without.summary).toEqual({ replaced: 2, unchanged: 0 })
      expect((yield* run(Drill.kind, { ...at, snapshot: "latest", sample: { files: 2 } })).summary.passed).toBe(true)

      yield* init("copy")
      const copied = yield* run(Copy.kind, { repository: join(folder, "copy"), fromRepository: repository })
      expect(copied.summary).toMatchObject({ copied: 2, skipped: 0 })

      const forgotten = yield* run(Forget.kind, { ...at, keepLast: 1, prune: true })
      expect(forgotten.summary).toMatchObject({ removed: 1, failed: 0, pruned: { left: 0 } })
      const pruned = yield* run(Prune.kind, { ...at, maxUnused: { percent: 0 } })
      expect(pruned.facts.map((fact) => (fact._tag === "Step" ? fact.name : ""))).toContain("prunePlanned")
      expect((yield* run(RepairIndex.kind, { ...at, readAllPacks: true })).summary).toMatchObject({
        unreadablePacks: 0
      })
      expect((yield* run(RepairSnapshots.kind, at)).summary).toEqual({ replaced: 0, unreadable: 0, intact: 1 })
      expect((yield* Effect.flip(run(RepairPacks.kind, { ...at, ids: ["0".repeat(64)] })))._tag).toBe("RepositoryError")
      expect((yield* run(Unlock.kind, { ...at, removeAll: true })).summary).toEqual({ removed: 0 })

      const { id } = (yield* run(KeyAdd.kind, { ...at, host: "elsewhere" })).summary
      expect((yield* run(KeyRemove.kind, { ...at, id: id.slice(0, 12) })).summary).toEqual({ id })
      const made = yield* run(Init.kind, { repository: join(folder, "made"), copyChunkerFrom: repository })
      expect(made.summary).toMatchObject({ lifecycle: "unsupported" })
      const changed = (yield* run(KeyPassword.kind, at)).summary
      expect(changed.id).not.toBe(changed.oldId)
      const { newPassword: password } = JobTrial
      expect((yield* run(Check.kind, { ...at, readData: true }, { password })).summary.errors).toBe(0)

      expect(said.texts.filter((text) => text.includes("planted-secret"))).toEqual([])
      expect(said.texts.length).toBeGreaterThan(100)
    }).pipe(Effect.scoped)
  )

  it.live("each query's rows go through JSON", () =>
    Effect.gen(function* () {
      const { backup, folder, query, repository, source, surroundings, write } = yield* sample
      yield* backup()
      write("source/c.txt", "three")
      yield* backup()
      const at = { repository }
      expect(yield* query(Snapshots.kind, at)).toHaveLength(2)
      const [newest] = yield* query(Snapshots.kind, { ...at, latest: 1 })
      const listed = yield* query(SnapshotLs.kind, { ...at, snapshot: `latest:${source}`, recursive: true })
      expect(listed.map((row) => (row._tag === "Node" ? row.node.name : row.snapshot.id))).toEqual([
        newest!.id,
        "a.txt",
        "c.txt",
        "sub",
        "b.txt"
      ])
      const found = yield* query(Find.kind, { ...at, patterns: ["c.*"] })
      expect(found.map(({ _tag }) => _tag)).toEqual(["Snapshot", "Match", "Searched"])
      const changes = yield* query(Diff.kind, { ...at, from: "latest~1", to: "latest" })
      expect(changes[0]).toEqual({ _tag: "Change", path: join(source, "c.txt"), modifier: "+" })
      expect(yield* query(Stats.kind, { ...at, mode: "raw-data" })).toMatchObject([{ snapshotsCount: 2 }])
      expect(yield* query(Info.kind, at)).toMatchObject([{ version: 2, snapshots: { files: 2 } }])
      expect(yield* query(KeyList.kind, at)).toMatchObject([{ current: true }])
      const tell = { fact: () => {}, gauge: () => {}, room: Effect.void, isBehind: () => false }
      const secrets = new Map([[`repository:${repository}`, Redacted.make(JobTrial.password)]])
      const request = { ...at, snapshot: "latest", file: join(source, "c.txt") }
      const pieces = yield* Effect.provide(Stream.runCollect(Dump.kind.run(request, { tell, secrets })), surroundings)
      expect(Buffer.concat(pieces).toString()).toBe("three")
      expect(fs.readdirSync(join(folder, "repository/locks"))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("what comes from a stream is backed up under its name", () =>
    Effect.gen(function* () {
      const { backup, query, repository } = yield* sample
      const input = Stream.make(Buffer.from("piped "), Buffer.from("in"))
      const { summary } = yield* backup({ paths: [], stdinFilename: "db.sql" }, { input })
      expect(summary).toMatchObject({ filesNew: 1, totalBytesProcessed: 8 })
      const found = yield* query(Find.kind, { repository, patterns: ["db.sql"] })
      expect(found.map(({ _tag }) => _tag)).toContain("Match")
      const refused = yield* Effect.flip(backup({ paths: [], stdinFilename: "db.sql" }))
      expect(refused).toMatchObject({ _tag: "InvalidJob", field: "stdinFilename" })
    }).pipe(Effect.scoped)
  )

  it.live("a password that is not the right one is named by what it is for, and nothing is changed", () =>
    Effect.gen(function* () {
      const { backup, query, repository } = yield* sample
      const refused = yield* Effect.flip(backup({}, { password: "another" }))
      expect(refused).toMatchObject({ _tag: "SecretRefused", secret: `repository:${repository}` })
      expect(yield* query(Snapshots.kind, { repository })).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("a request that makes no sense is refused with its field before the repository is opened", () =>
    Effect.gen(function* () {
      const { backup } = yield* sample
      for (const [more, field] of [
        [{ groupBy: "colour" }, "groupBy"],
        [{ paths: [] }, "paths"],
        [{ exclude: ["[a"] }, "exclude"]
      ] as const) {
        const refused = yield* Effect.flip(backup(more, { password: "another" }))
        expect(refused).toMatchObject({ _tag: "InvalidJob", field })
      }
    }).pipe(Effect.scoped)
  )

  it.live("a locked repository fails a run at once, is waited for when the request says so, and stops no preview", () =>
    Effect.gen(function* () {
      const { backup, opened } = yield* sample
      const busy = RepositoryLock.withLock(
        opened,
        { exclusive: true },
        Effect.gen(function* () {
          expect(yield* Effect.flip(backup())).toMatchObject({ reason: { _tag: "Locked" } })
          expect((yield* backup({}, { isPreview: true })).summary.isPreview).toBe(true)
        })
      )
      yield* busy
      const isHeld = yield* Deferred.make<void>()
      const isWaitedFor = yield* Deferred.make<void>()
      const untilWaitedFor = Effect.andThen(Deferred.succeed(isHeld, undefined), Deferred.await(isWaitedFor))
      yield* Effect.forkScoped(RepositoryLock.withLock(opened, { exclusive: true }, untilWaitedFor))
      yield* Deferred.await(isHeld)
      const onFact = (fact: Fact) => {
        if (fact._tag === "Waiting" && fact.for === "lock") Deferred.doneUnsafe(isWaitedFor, Effect.void)
      }
      expect((yield* backup({ whenBusy: "wait" }, { onFact })).summary.filesNew).toBe(2)
    }).pipe(Effect.scoped)
  )
})
