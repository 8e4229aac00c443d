import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type * as FolderWatch from "../../src/schedule/FolderWatch.ts"
import * as Scheduler from "../../src/schedule/Scheduler.ts"
import * as Watches from "../../src/schedule/Watches.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { plain } from "../../src/task/Schedule.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "schedules-"))
  folders.push(folder)
  const clock = yield* Clock.Clock
  yield* TestClock.setTime(Date.parse("2026-05-01T12:00:00Z"))
  return yield* SqliteStore.make(path.join(folder, "tasks.sqlite"), { clock: () => clock.currentTimeMillisUnsafe() })
})

const nightly = { ...plain, name: "nightly", kind: "sync", request: { a: 1 }, cron: "0 2 * * *", zone: "UTC" }
const owner = { host: "here", pid: 1, birth: "1" }

describe("a schedule", () => {
  it.effect("starts a task when it is due, once, though it is asked for again", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const { id } = yield* store.schedules.create(nightly, "ann")
      expect(yield* Scheduler.turn(store)).toEqual([])
      yield* TestClock.adjust("14 hours")
      const [task, ...others] = yield* Scheduler.turn(store)
      expect(others).toEqual([])
      expect(task).toMatchObject({ kind: "sync", request: { a: 1 }, origin: "schedule", schedule: id })
      // A crash between the task and the note: the same run is asked for once more.
      yield* store.schedules.looked(id, Date.parse("2026-05-01T12:00:00Z"), null)
      const claim = yield* store.claim(owner, 1000, task!.id)
      yield* store.settle(task!.id, { _tag: "Finished", take: claim!.take, failed: 0 })
      expect((yield* Scheduler.turn(store)).map((made) => made.id)).toEqual([task!.id])
      expect(yield* store.list({ limit: 10 })).toHaveLength(1)
      expect((yield* store.schedules.load("nightly")).lastSuccessAt).toBe(Date.parse("2026-05-02T02:00:00Z"))
    })
  )

  it.effect("makes up for what was missed once, or not at all, and says so", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      yield* store.schedules.create(nightly, null)
      yield* store.schedules.create({ ...nightly, name: "never", missed: "skip" }, null)
      yield* TestClock.adjust("5 days")
      expect((yield* Scheduler.turn(store)).map(({ by }) => by)).toEqual(["the schedule nightly"])
      const never = yield* store.schedules.load("never")
      expect(never.lastMissed).toEqual({
        at: Date.parse("2026-05-06T02:00:00Z"),
        because: "nothing was running then that could have started it"
      })
      expect(yield* Scheduler.turn(store)).toEqual([])
    })
  )

  it.effect("passes over a run while the one before has not ended", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const { id } = yield* store.schedules.create(nightly, null)
      yield* TestClock.adjust("14 hours")
      expect(yield* Scheduler.turn(store)).toHaveLength(1)
      yield* TestClock.adjust("1 day")
      expect(yield* Scheduler.turn(store)).toEqual([])
      expect((yield* store.schedules.load(id)).lastMissed?.because).toBe("the run before had not ended")
    })
  )

  it.effect("runs when asked, but not beside a run of it that goes on, which is named", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const schedule = yield* store.schedules.create(nightly, null)
      const twice = [Scheduler.startNow(store, schedule), Scheduler.startNow(store, schedule)].map(Effect.exit)
      yield* Effect.all(twice, { concurrency: 2 })
      const [first, ...others] = yield* store.list({ limit: 10 })
      expect([first?.schedule, others]).toEqual([schedule.id, []])
      const refused = yield* Effect.flip(Scheduler.startNow(store, schedule))
      expect([refused.reason._tag, refused.message]).toEqual([
        "NotNow",
        `task ${first?.id}, the run of "nightly" before, has not ended: it is queued; let it end, or cancel it first`
      ])
      yield* store.wish(first!.id, { _tag: "Cancel", by: "ann" })
      const second = yield* Scheduler.startNow(store, schedule)
      yield* store.wish(second.id, { _tag: "Cancel", by: "ann" })
      // One that is not the newest goes on once more.
      yield* store.wish(first!.id, { _tag: "Again", by: "ann" })
      expect((yield* Effect.flip(Scheduler.startNow(store, schedule))).message).toContain(first!.id)
      yield* TestClock.adjust("14 hours")
      expect(yield* Scheduler.turn(store)).toEqual([])
      expect((yield* store.schedules.load("nightly")).lastMissed?.because).toBe("the run before had not ended")
    })
  )

  it.effect("that was off is due from when it is on again; its name is its own", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const { id } = yield* store.schedules.create(nightly, null)
      yield* store.schedules.change("nightly", { isOn: false })
      yield* TestClock.adjust("3 days")
      expect(yield* Scheduler.turn(store)).toEqual([])
      yield* store.schedules.change(id, { isOn: true })
      expect(yield* Scheduler.turn(store)).toEqual([])
      expect((yield* Effect.flip(store.schedules.create(nightly, null))).reason._tag).toBe("ScheduleExists")
      yield* store.schedules.remove(id)
      expect((yield* Effect.flip(store.schedules.load(id))).reason._tag).toBe("NoSchedule")
    })
  )

  it.effect("runs when its folder has changed, after the run before has ended", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const changes = new Map<string, () => void>()
      const told: Array<string> = []
      const onProblem = (message: string) => void told.push(message)
      const looked: Array<number> = []
      const watch: FolderWatch.Watch = ({ folder, since }, changed, failed) =>
        Effect.asVoid(
          Effect.acquireRelease(
            Effect.sync(() => {
              looked.push(since)
              changes.set(folder, changed)
              failed("it is not there")
            }),
            () => Effect.sync(() => changes.delete(folder))
          )
        )
      const watches = yield* Watches.make(store, undefined, { watch, onProblem })
      const made = yield* store.schedules.create({ ...nightly, watch: "/pictures" }, null)
      yield* TestClock.adjust("1 minute")
      expect(yield* watches.turn).toEqual([])
      expect(told).toEqual([expect.stringContaining("the schedule nightly can not watch /pictures: it is not there")])
      changes.get("/pictures")!()
      const [task] = yield* watches.turn
      changes.get("/pictures")!()
      expect(yield* watches.turn).toEqual([])
      yield* store.wish(task!.id, { _tag: "Cancel", by: "ann" })
      expect(yield* watches.turn).toHaveLength(1)
      expect(yield* watches.turn).toEqual([])
      yield* store.schedules.change("nightly", { watch: null })
      yield* watches.turn
      expect(changes.size).toBe(0)
      // What it has seen to is what was so when its newest task was made.
      yield* store.schedules.change("nightly", { watch: "/pictures" })
      yield* watches.turn
      const [newest] = yield* store.list({ limit: 1 })
      expect(looked).toEqual([made.createdAt, newest?.createdAt])
    })
  )
})
