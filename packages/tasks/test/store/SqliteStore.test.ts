import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { migrations } from "../../src/store/migrations.ts"
import * as SqliteDatabase from "../../src/store/SqliteDatabase.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { noHooks } from "../../src/task/Hooks.ts"
import { plain } from "../../src/task/Schedule.ts"
import { noTotals } from "../../src/task/Task.ts"
import { checks } from "../../src/testing/TaskStoreContract.ts"

const folders: Array<string> = []
const fileOf = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tasks-"))
  folders.push(folder)
  return path.join(folder, "state", "tasks.sqlite")
}
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

describe("the SQLite store", () => {
  for (const { name, run } of checks) {
    it.effect(name, () =>
      Effect.gen(function* () {
        let now = 0
        const store = yield* SqliteStore.make(fileOf(), { clock: () => now })
        yield* run({
          store,
          advance: (millis) => {
            now += millis
          }
        })
      })
    )
  }

  it.effect("finds everything again when it is opened again, in a file that only its owner may read", () =>
    Effect.gen(function* () {
      const file = fileOf()
      const made = yield* Effect.scoped(
        Effect.flatMap(SqliteStore.make(file), (store) =>
          store.create({ kind: "sync", request: { a: [1, null] }, origin: "command" })
        )
      )
      const found = yield* Effect.scoped(Effect.flatMap(SqliteStore.make(file), (store) => store.load(made.id)))
      expect(found).toEqual(made)
      expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    })
  )

  it.effect("refuses a journal that a newer version wrote, and leaves it alone", () =>
    Effect.gen(function* () {
      const file = fileOf()
      yield* Effect.scoped(SqliteStore.make(file))
      const database = new DatabaseSync(file)
      database.exec("pragma user_version = 99")
      database.close()
      const error = yield* Effect.flip(Effect.scoped(SqliteStore.make(file)))
      expect(error.reason._tag).toBe("JournalTooNew")
    })
  )

  it.effect("takes over what the version before wrote, schedules without hooks among it", () =>
    Effect.gen(function* () {
      const file = fileOf()
      const older = SqliteDatabase.open(file, { steps: migrations.slice(0, 4) })
      older.run(
        `insert into task(id, kind, request, origin, is_record, priority, tag, state, totals, created, change)
         values ('1', 'sync', '{"a":1}', 'service', 0, 0, 'Queued', '{"_tag":"Queued","notBefore":null}', ?, 1, 1)`,
        JSON.stringify(noTotals)
      )
      const { hooks: _, ...body } = { ...plain, kind: "sync", request: null, cron: "@daily", zone: "UTC", by: null }
      older.run(
        "insert into schedule values ('s', 'nightly', ?)",
        JSON.stringify({ ...body, createdAt: 1, lookedAt: 1, lastMissed: null })
      )
      older.close()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const store = yield* SqliteStore.make(file)
          expect(yield* store.load("1")).toMatchObject({ request: { a: 1 }, hooks: noHooks })
          expect(yield* store.schedules.load("nightly")).toMatchObject({ cron: "@daily", hooks: noHooks })
          yield* store.schedules.change("nightly", { isOn: false })
        })
      )
    })
  )

  it.effect("takes over facts that the version before stored one by one", () =>
    Effect.gen(function* () {
      const file = fileOf()
      const older = SqliteDatabase.open(file, { steps: migrations.slice(0, 7) })
      older.run(
        `insert into task(id, kind, request, origin, is_record, priority, tag, state, seq, totals, created, change)
         values ('1', 'sync', 'null', 'service', 0, 0, 'Queued', '{"_tag":"Queued","notBefore":null}', 2, ?, 1, 1)`,
        JSON.stringify(noTotals)
      )
      const facts = ["a", 'b"\\'].map((item) => ({ _tag: "Done", deed: "stored", item, bytes: 1 }))
      for (const [index, fact] of facts.entries())
        older.run(
          "insert into event values ('1', ?, ?, 'Done', ?, ?)",
          index + 1,
          10 + index,
          fact.item,
          JSON.stringify(fact)
        )
      older.close()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const store = yield* SqliteStore.make(file)
          expect(yield* store.facts("1", 0, 10)).toEqual(
            facts.map((event, index) => ({ v: 1, seq: index + 1, at: 10 + index, event }))
          )
          expect(yield* store.why('b"\\', 10)).toHaveLength(1)
        })
      )
    })
  )

  it.effect("of one journal is opened by many processes in one moment, the first of all among them", () =>
    Effect.gen(function* () {
      const file = fileOf()
      const store = JSON.stringify(path.join(import.meta.dirname, "../../src/store/SqliteStore.ts"))
      const effect = JSON.stringify(import.meta.resolve("effect/Effect"))
      const code = `const Store = await import(${store}); const Effect = await import(${effect});
        await Effect.runPromise(Effect.scoped(Effect.flatMap(Store.make(process.argv[1]), (store) =>
          store.create({ kind: "sync", request: null, origin: "command" }))))`
      const ended = yield* Effect.promise(() =>
        Promise.all(
          Array.from(
            { length: 6 },
            () =>
              new Promise<string>((resolve) =>
                execFile(process.execPath, ["--input-type=module", "-e", code, file], (error, _, stderr) =>
                  resolve(error === null ? "" : stderr)
                )
              )
          )
        )
      )
      expect(ended).toEqual(["", "", "", "", "", ""])
      expect(
        yield* Effect.scoped(Effect.flatMap(SqliteStore.make(file), (all) => all.list({ limit: 10 })))
      ).toHaveLength(6)
    })
  )

  it.effect("gives room back to the disk, and lets others write while it tidies up", () =>
    Effect.gen(function* () {
      const file = fileOf()
      const store = yield* SqliteStore.make(file)
      const { id } = yield* store.create({ kind: "sync", request: null, origin: "service" })
      const claim = (yield* store.claim({ host: "here", pid: 1, birth: "1" }, 60_000, id))!
      const facts = Array.from({ length: 25_000 }, (_, index) => ({
        at: 1,
        fact: { _tag: "Done" as const, deed: "stored" as const, item: `file ${index}` }
      }))
      yield* store.settle(
        id,
        { _tag: "Finished", take: claim.take, failed: 0 },
        {
          facts,
          totals: noTotals,
          outcomes: [],
          mended: []
        }
      )
      const pages = () => {
        const database = new DatabaseSync(file, { readOnly: true })
        const { page_count } = database.prepare("pragma page_count").get() as { page_count: number }
        database.close()
        return page_count
      }
      const before = pages()
      let turns = 0
      let isOver = false
      const other = (): void => {
        turns++
        if (!isOver) setImmediate(other)
      }
      other()
      const gone = yield* store.prune({ factsMillis: -60_000, tasksMillis: 1e12, maxBytes: 1e12 })
      isOver = true
      expect(gone).toEqual({ tasks: 0, facts: 25_000 })
      expect(turns).toBeGreaterThan(3)
      expect(pages()).toBeLessThan(before / 10)
    })
  )

  it.effect("names the file that can not be written", () =>
    Effect.gen(function* () {
      const file = fileOf()
      fs.mkdirSync(path.dirname(path.dirname(file)), { recursive: true })
      fs.writeFileSync(path.dirname(file), "a file where the folder should be")
      const error = yield* Effect.flip(Effect.scoped(SqliteStore.make(file)))
      expect(error.reason._tag).toBe("JournalUnavailable")
      expect(error.message).toContain(file)
    })
  )
})
