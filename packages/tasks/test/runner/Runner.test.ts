import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import { version } from "@ourclone/core/events/Envelope"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import type { Sink } from "@ourclone/core/events/Tell"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as Runner from "../../src/runner/Runner.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { JournalUnavailable, TaskError } from "../../src/store/TaskError.ts"
import type { Claim, TaskStore } from "../../src/store/TaskStore.ts"
import { tookMillis } from "../../src/task/TaskFigures.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const owner = { host: "here", pid: 1, birth: "1" }

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "runner-"))
  folders.push(folder)
  const clock = yield* Clock.Clock
  const store = yield* SqliteStore.make(path.join(folder, "tasks.sqlite"), {
    clock: () => clock.currentTimeMillisUnsafe()
  })
  const { id } = yield* store.create({ kind: "sync", request: null, origin: "service" })
  const claim = (yield* store.claim(owner, leaseMillis, id)) as Claim
  return { store, claim, id }
})

const tell = (sink: Sink, ...events: ReadonlyArray<RunEvent>) =>
  Effect.orDie(sink(events.map((event) => ({ v: version, at: 0, event }))))
const stored = (item: string): RunEvent => ({ _tag: "Done", deed: "stored", item, bytes: 10 })
const failed = (item: string): RunEvent => ({
  _tag: "Failed",
  failure: { code: "NotFound", message: "gone", item, isRetryable: false }
})
const requeue = { _tag: "Requeue" } as const

const itemsOf = (store: TaskStore, id: string) =>
  Effect.map(store.facts(id, 0, 100), (facts) => facts.map(({ event }) => ("item" in event ? event.item : event._tag)))

describe("a runner", () => {
  it.effect("stores facts while the job runs, and how it ended", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const goOn = yield* Deferred.make<void>()
      const execute = (sink: Sink) =>
        Effect.gen(function* () {
          yield* tell(sink, { _tag: "Planned", files: 3, bytes: 30, removals: 0, isFinal: true }, stored("a"))
          yield* Deferred.await(goOn)
          yield* tell(sink, stored("b"), failed("c"))
          return { stored: 2 }
        })
      const running = yield* Effect.forkChild(Runner.run({ store, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("1 second")
      expect(yield* itemsOf(store, id)).toEqual(["Planned", "a"])
      yield* Deferred.succeed(goOn, undefined)
      const task = yield* Fiber.join(running)
      expect(task).toMatchObject({ state: { _tag: "Done", failed: 1 }, summary: { stored: 2 }, seq: 4, owner: null })
      const figures = { files: 3, bytes: 30, isFinal: true, done: 2, doneBytes: 20, skipped: 0, failed: 1 }
      expect(task.totals).toEqual({ ...figures, ranMillis: 0 })
      expect((yield* store.outcomes(id, "failed", "", 10)).map(({ path }) => path)).toEqual(["c"])
    })
  )

  it.effect("keeps its lease for as long as a silent job takes", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const execute = () => Effect.as(Effect.sleep("1 minute"), null)
      const running = yield* Effect.forkChild(Runner.run({ store, claim, execute, interrupted: requeue }))
      for (let step = 0; step < 10; step++) {
        yield* TestClock.adjust("3 seconds")
        expect(yield* store.claim({ ...owner, pid: 2 }, leaseMillis, id)).toBe(undefined)
      }
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(running)).state._tag).toBe("Done")
    })
  )

  it.effect.each(["Pause", "Cancel"] as const)("obeys the wish to %s once the job has come to a good end", (wish) =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      let wasStopped = false
      const execute = (sink: Sink) =>
        tell(sink, stored("a")).pipe(
          Effect.andThen(Effect.never),
          Effect.onInterrupt(() =>
            Effect.andThen(
              Effect.sync(() => {
                wasStopped = true
              }),
              tell(sink, { _tag: "Finished", outcome: "cancelled", by: "ann" })
            )
          )
        )
      const running = yield* Effect.forkChild(Runner.run({ store, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("1 second")
      yield* store.wish(id, { _tag: wish, by: "ann" })
      yield* TestClock.adjust("5 seconds")
      const task = yield* Fiber.join(running)
      expect(wasStopped).toBe(true)
      expect(task.state).toEqual({ _tag: wish === "Pause" ? "Paused" : "Cancelled", by: "ann" })
      // Only a task that ended is told to have.
      expect(yield* itemsOf(store, id)).toEqual(wish === "Pause" ? ["a"] : ["a", "Finished"])
    })
  )

  it.effect("counts on from the runs before its own, and no pause between them", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const telling = (...items: ReadonlyArray<string>) =>
        Effect.fnUntraced(function* (sink: Sink) {
          for (const item of items) {
            yield* Effect.orDie(sink([{ v: version, at: yield* Clock.currentTimeMillis, event: stored(item) }]))
            yield* Effect.sleep("2 seconds")
          }
          return null
        })
      const first = yield* Effect.forkChild(
        Runner.run({
          store,
          claim,
          execute: (sink) => Effect.andThen(telling("a", "b")(sink), Effect.never),
          interrupted: requeue
        })
      )
      yield* TestClock.adjust("3 seconds")
      yield* store.wish(id, { _tag: "Pause", by: "ann" })
      yield* TestClock.adjust("5 seconds")
      const paused = yield* Fiber.join(first)
      expect([paused.state._tag, paused.totals.ranMillis, paused.totals.earlier]).toEqual(["Paused", 2_000, undefined])
      yield* TestClock.adjust("1 hour")
      yield* store.wish(id, { _tag: "Resume", by: "ann" })
      const again = (yield* store.claim(owner, leaseMillis, id)) as Claim
      const second = yield* Effect.forkChild(
        Runner.run({ store, claim: again, execute: telling("c", "d"), interrupted: requeue })
      )
      yield* TestClock.adjust("10 seconds")
      const done = yield* Fiber.join(second)
      expect(done.totals).toMatchObject({ done: 4, ranMillis: 4_000, earlier: { done: 2, doneBytes: 20 } })
      expect(tookMillis(done, 0)).toBe(4_000)
    })
  )

  it.effect("that was overtaken stops its job and writes nothing", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      let wasStopped = false
      const frozen: TaskStore = store
      const execute = (sink: Sink) =>
        Effect.andThen(Effect.sleep("1 minute"), tell(sink, stored("late"))).pipe(
          Effect.andThen(Effect.never),
          Effect.onInterrupt(() =>
            Effect.sync(() => {
              wasStopped = true
            })
          )
        )
      // The machine sleeps: the clock of the store goes on, and the runner does nothing meanwhile.
      const other = { ...owner, pid: 2 }
      yield* TestClock.adjust(leaseMillis + 1)
      expect((yield* store.claim(other, 3_600_000, id))?.take).toBe(2)
      const running = yield* Effect.forkChild(
        Effect.flip(Runner.run({ store: frozen, claim, execute, interrupted: requeue }))
      )
      yield* TestClock.adjust("2 minutes")
      expect((yield* Fiber.join(running)).reason._tag).toBe("LeaseLost")
      expect(wasStopped).toBe(true)
      expect(yield* itemsOf(store, id)).toEqual([])
      expect((yield* store.load(id)).state).toEqual({ _tag: "Running", take: 2 })
    })
  )

  it.effect("says what it waits for, and that it goes on", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const execute = (sink: Sink) =>
        Effect.gen(function* () {
          yield* tell(sink, { _tag: "Waiting", for: "network", until: 9_000 })
          yield* Effect.sleep("10 seconds")
          yield* tell(sink, stored("a"))
          yield* Effect.sleep("10 seconds")
          return null
        })
      const running = yield* Effect.forkChild(Runner.run({ store, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("5 seconds")
      expect((yield* store.load(id)).state).toEqual({ _tag: "Waiting", take: 1, for: "network", until: 9_000 })
      yield* TestClock.adjust("10 seconds")
      expect((yield* store.load(id)).state._tag).toBe("Running")
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.join(running)).state._tag).toBe("Done")
    })
  )

  it.effect("puts a failure that may pass off, ever longer, and gives up in the end", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const failure = { code: "Unavailable", message: "away", isRetryable: true }
      const execute = () => Effect.fail({ failure })
      const pauses: Array<number> = []
      let held: Claim | undefined = claim
      while (held !== undefined) {
        const before = yield* Clock.currentTimeMillis
        const task = yield* Runner.run({ store, claim: held, execute, interrupted: requeue })
        if (task.state._tag !== "Queued") {
          expect(task.state).toEqual({ _tag: "Failed", failure })
          break
        }
        pauses.push(task.state.notBefore! - before)
        yield* TestClock.adjust(pauses.at(-1)!)
        held = yield* store.claim(owner, leaseMillis, id)
      }
      expect(pauses.slice(0, 3)).toEqual([60_000, 120_000, 240_000])
      expect(pauses).toHaveLength(8)
    })
  )

  it.effect("waits for another key where one was refused, and begins again with it", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const changed = yield* Deferred.make<void>()
      let tries = 0
      const failure = { code: "Unauthenticated", message: "the key was revoked", isRetryable: false }
      const execute = () => (++tries === 1 ? Effect.fail({ failure }) : Effect.succeed("summary"))
      const running = yield* Effect.forkChild(
        Runner.run({
          store,
          claim,
          execute,
          interrupted: requeue,
          watchCredentials: Effect.succeed(Deferred.await(changed))
        })
      )
      yield* TestClock.adjust("1 minute")
      expect((yield* store.load(id)).state).toMatchObject({ _tag: "Waiting", for: "credentials" })
      yield* Deferred.succeed(changed, undefined)
      expect((yield* Fiber.join(running)).state).toEqual({ _tag: "Done", failed: 0 })
      expect(tries).toBe(2)
    })
  )

  it.effect("holds the job up while the disk of the journal is full, and loses nothing", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      let isFull = true
      const full = new TaskError({ reason: new JournalUnavailable({ message: "disk full", isFull: true }) })
      const filling: TaskStore = {
        ...store,
        commit: (...args) => Effect.suspend(() => (isFull ? Effect.fail(full) : store.commit(...args)))
      }
      let told = 0
      const execute = (sink: Sink) =>
        Effect.gen(function* () {
          for (; told < 2_000; told++) yield* tell(sink, stored(`file ${told}`))
          return null
        })
      const running = yield* Effect.forkChild(Runner.run({ store: filling, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("1 minute")
      expect(told).toBeLessThan(1_000)
      isFull = false
      yield* TestClock.adjust("1 minute")
      const task = yield* Fiber.join(running)
      expect(task.seq).toBe(2_000)
      expect((yield* store.facts(id, 0, 5_000)).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 2_000 }, (_, index) => index + 1)
      )
    })
  )

  it.effect("keeps what the job told last, though the disk is full when the job ends", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      let isFull = true
      const full = new TaskError({ reason: new JournalUnavailable({ message: "disk full", isFull: true }) })
      const filling: TaskStore = {
        ...store,
        commit: (...args) => Effect.suspend(() => (isFull ? Effect.fail(full) : store.commit(...args))),
        settle: (...args) => Effect.suspend(() => (isFull ? Effect.fail(full) : store.settle(...args)))
      }
      const execute = (sink: Sink) =>
        Effect.as(
          Effect.andThen(tell(sink, stored("a")), Effect.andThen(Effect.sleep("3 seconds"), tell(sink, stored("b")))),
          null
        )
      const running = yield* Effect.forkChild(Runner.run({ store: filling, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("1 minute")
      isFull = false
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(running)).state).toEqual({ _tag: "Done", failed: 0 })
      expect(yield* itemsOf(store, id)).toEqual(["a", "b"])
    })
  )

  it.effect("whose job dies of a mistake leaves the task failed, with one line and no trace of the program", () =>
    Effect.gen(function* () {
      const { claim, store } = yield* prepared
      const execute = () => Effect.die(new Error("x is not a function\nsecond line"))
      const task = yield* Runner.run({ store, claim, execute, interrupted: requeue })
      expect(task.state).toEqual({
        _tag: "Failed",
        failure: { code: "Defect", message: "Error: x is not a function", isRetryable: false }
      })
      expect(task.owner).toBe(null)
    })
  )

  it.effect("that is stopped with its machine leaves the task to the next one", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const execute = (sink: Sink) => Effect.andThen(tell(sink, stored("a")), Effect.never)
      const running = yield* Effect.forkChild(Runner.run({ store, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(running)
      const task = yield* store.load(id)
      expect(task).toMatchObject({ state: { _tag: "Queued", notBefore: null }, owner: null, seq: 1 })
      const next = yield* store.claim({ ...owner, pid: 2 }, leaseMillis)
      expect(next?.task.id).toBe(id)
      const done = yield* Runner.run({
        store,
        claim: next!,
        execute: (sink) => Effect.as(tell(sink, stored("b")), null),
        interrupted: requeue
      })
      expect(done.totals).toMatchObject({ done: 2, doneBytes: 20 })
    })
  )

  const away = new TaskError({ reason: new JournalUnavailable({ message: "away", isFull: false, isAway: true }) })

  it.effect("goes on when the journal is back in time, and loses nothing of what was told meanwhile", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      let isAway = true
      const flaky: TaskStore = {
        ...store,
        commit: (...args) => Effect.suspend(() => (isAway ? Effect.fail(away) : store.commit(...args)))
      }
      const execute = (sink: Sink) =>
        Effect.gen(function* () {
          yield* tell(sink, stored("a"))
          yield* Effect.sleep("1 second")
          yield* tell(sink, stored("b"))
          yield* Effect.sleep("1 minute")
          return null
        })
      const running = yield* Effect.forkChild(Runner.run({ store: flaky, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("3 seconds")
      expect(yield* itemsOf(store, id)).toEqual([])
      isAway = false
      yield* TestClock.adjust("1 second")
      expect(yield* itemsOf(store, id)).toEqual(["a", "b"])
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(running)).state._tag).toBe("Done")
    })
  )

  it.effect("whose journal never comes back ends, with a name for it, and leaves the task to another", () =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const gone: TaskStore = { ...store, settle: () => Effect.fail(away) }
      const running = yield* Effect.forkChild(
        Effect.flip(Runner.run({ store: gone, claim, execute: () => Effect.succeed(null), interrupted: requeue }))
      )
      yield* TestClock.adjust("19 seconds")
      expect(running.pollUnsafe()).toBe(undefined)
      yield* TestClock.adjust("2 seconds")
      expect((yield* Fiber.join(running)).message).toContain(`this run of task ${id} ends without its last words`)
      expect((yield* store.load(id)).state._tag).toBe("Running")
    })
  )

  it.effect.each(["fails", "hangs"] as const)("stops its job before its lease runs out when the journal %s", (how) =>
    Effect.gen(function* () {
      const { claim, id, store } = yield* prepared
      const back = yield* Deferred.make<void>()
      let stoppedAt: number | undefined
      const gone: TaskStore = {
        ...store,
        commit: () => (how === "fails" ? Effect.fail(away) : Effect.andThen(Deferred.await(back), Effect.fail(away)))
      }
      const execute = (sink: Sink) =>
        Effect.andThen(tell(sink, ...Array.from({ length: 600 }, (_, index) => stored(`${index}`))), Effect.never).pipe(
          Effect.onInterrupt(() =>
            Effect.map(Clock.currentTimeMillis, (now) => {
              stoppedAt = now
            })
          )
        )
      const running = yield* Effect.forkChild(Runner.run({ store: gone, claim, execute, interrupted: requeue }))
      yield* TestClock.adjust("7 seconds")
      expect(stoppedAt).toBeLessThan(claim.task.leaseUntil!)
      yield* Deferred.succeed(back, undefined)
      yield* TestClock.adjust("1 second")
      const error = yield* Effect.flip(Fiber.join(running))
      expect(error.reason).toMatchObject({ _tag: "JournalUnavailable", isAway: true })
      expect((yield* store.load(id)).state._tag).toBe("Running")
    })
  )
})
