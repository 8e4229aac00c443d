import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as PostgresDatabase from "../../src/store/PostgresDatabase.ts"
import * as PostgresStore from "../../src/store/PostgresStore.ts"
import type { Batch } from "../../src/store/TaskStore.ts"
import { noTotals } from "../../src/task/Task.ts"
import * as PostgresServer from "../../src/testing/PostgresServer.ts"
import { checks } from "../../src/testing/TaskStoreContract.ts"

const lease = 8_000
const owner = (pid: number) => ({ host: "here", pid, birth: "1" })
const task = { kind: "sync", request: {}, origin: "service" } as const
const stored = (item: string): Batch => ({
  facts: [{ at: 1, fact: { _tag: "Done", deed: "stored", item, bytes: 1 } }],
  totals: noTotals,
  outcomes: [],
  mended: []
})

describe.skipIf(PostgresServer.missing !== undefined)(
  `the Postgres store${PostgresServer.missing === undefined ? "" : ` (skipped: ${PostgresServer.missing})`}`,
  () => {
    let server: PostgresServer.PostgresServer
    let databases = 0
    beforeAll(async () => {
      server = await PostgresServer.start()
    }, 60_000)
    afterAll(() => server.stop(), 30_000)
    const fresh = () => server.create(`test${++databases}`)
    const open = (url: string, options: Partial<PostgresStore.PostgresStoreOptions> = {}) =>
      PostgresStore.make({ url: Redacted.make(url), ...options })

    for (const { name, run } of checks) {
      it.live(name, () =>
        Effect.gen(function* () {
          let now = 0
          const store = yield* open(fresh(), { clock: () => now })
          yield* run({
            store,
            advance: (millis) => {
              now += millis
            }
          })
        })
      )
    }

    it.live(
      "finds everything again when it is opened again, by several at once, also after the server has crashed",
      () =>
        Effect.gen(function* () {
          const url = fresh()
          const stores = yield* Effect.all([open(url), open(url), open(url)], { concurrency: "unbounded" })
          const made = yield* stores[0].create({ ...task, request: { a: [1, null], b: "\0 ü" } })
          expect(yield* stores[1].load(made.id)).toEqual(made)
          yield* Effect.promise(server.restart)
          expect(yield* stores[2].load(made.id)).toEqual(made)
          expect((yield* stores[0].claim(owner(1), lease, made.id))?.take).toBe(1)
        })
    )

    it.live("numbers facts without gaps when several write at once", () =>
      Effect.gen(function* () {
        const url = fresh()
        const stores = yield* Effect.all([open(url), open(url), open(url)])
        const { id } = yield* stores[0].create(task)
        const claim = (yield* stores[0].claim(owner(1), lease, id))!
        const writes = Array.from({ length: 30 }, (_, number) =>
          stores[number % 3]!.commit(claim, stored(`file-${number}`), lease)
        )
        yield* Effect.all(writes, { concurrency: "unbounded" })
        const facts = yield* stores[0].facts(id, 0, 100)
        expect(facts.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
      })
    )

    it.live("goes on when a writer was frozen in the middle of its transaction", () =>
      Effect.gen(function* () {
        const url = fresh()
        const store = yield* open(url)
        const { id } = yield* store.create(task)
        const { pool } = yield* PostgresDatabase.open({ url: Redacted.make(url) })
        const frozen = yield* pool.reserve
        yield* frozen.query("begin")
        yield* frozen.query(`select 1 from pg_advisory_xact_lock(${PostgresDatabase.writing})`)
        yield* frozen.query("update task set wish = 'written by the frozen one'")
        // And says nothing more.
        expect((yield* store.claim(owner(1), lease, id))?.take).toBe(1)
        expect((yield* store.load(id)).wish).toBe(null)
        expect((yield* Effect.exit(frozen.query("commit")))._tag).toBe("Failure")
      })
    )

    it.live("does not do twice what was committed though nobody heard of it", () =>
      Effect.gen(function* () {
        const store = yield* open(fresh())
        const database = `test${databases}`
        const set = (name: string) => {
          server.sql(database, `alter system set synchronous_standby_names = '${name}'`)
          server.sql(database, "select pg_reload_conf()")
        }
        // Committed, but the server says nothing of it until another one has it too.
        set("nobody")
        const creating = yield* Effect.forkChild(store.create(task))
        const waiting = `from pg_stat_activity where datname = '${database}' and wait_event = 'SyncRep'`
        while (server.sql(database, `select count(*) ${waiting}`).trim() === "0") yield* Effect.sleep(50)
        server.sql(database, `select pg_terminate_backend(pid) ${waiting}`)
        set("")
        const made = yield* Fiber.join(creating)
        expect((yield* store.list({ limit: 10 })).map(({ id }) => id)).toEqual([made.id])
      })
    )

    it.live("refuses a journal that a newer version wrote", () =>
      Effect.gen(function* () {
        const url = fresh()
        yield* Effect.scoped(open(url))
        server.sql(`test${databases}`, "update ourclone.form set version = 99")
        expect((yield* Effect.flip(Effect.scoped(open(url)))).reason._tag).toBe("JournalTooNew")
      })
    )

    it.live("names the server that can not be reached, without its password", () =>
      Effect.gen(function* () {
        const url = "postgres://ann:hunter2@127.0.0.1:1/tasks"
        const error = yield* Effect.flip(Effect.scoped(open(url)))
        expect(error.reason).toMatchObject({ _tag: "JournalUnavailable", isAway: true })
        expect(error.message).toContain("postgres://127.0.0.1:1/tasks")
        expect(error.message).not.toContain("hunter2")
      })
    )
  }
)
