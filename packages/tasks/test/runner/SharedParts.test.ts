import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import type { Fact, RunEvent } from "@ourclone/core/events/RunEvent"
import type { Shared } from "@ourclone/jobs/kind/Sharing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as NextPart from "../../src/runner/NextPart.ts"
import * as Runner from "../../src/runner/Runner.ts"
import * as SharedParts from "../../src/runner/SharedParts.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import type { Batch, Claim, TaskStore } from "../../src/store/TaskStore.ts"
import { noTotals, runnersOf } from "../../src/task/Task.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const [home, away] = [
  { host: "home", pid: 1, birth: "1" },
  { host: "away", pid: 2, birth: "1" }
]

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "parts-"))
  folders.push(folder)
  const store = yield* SqliteStore.make(path.join(folder, "tasks.sqlite"))
  const { id } = yield* store.create({ kind: "sync", request: null, origin: "service", machine: "home", priority: 2 })
  return { store, id }
})

const stored = (item: string): Fact => ({ _tag: "Done", deed: "stored", item, bytes: 10 })
const failure = { code: "NotFound", message: "gone", isRetryable: false }
const batch = (...facts: ReadonlyArray<Fact>): Batch => ({
  facts: facts.map((fact) => ({ at: 1, fact })),
  totals: { ...noTotals, done: facts.length },
  outcomes: [],
  mended: []
})

/** What a part stores where it is called `a,b`. */
const itemsOf = (request: unknown): ReadonlyArray<string> => String(request).split(",")
const parts = (...all: ReadonlyArray<string>) => Stream.fromIterable(all.map((request) => ({ kind: "range", request })))

/** Does a part wholly, as a runner would. */
const doPart = Effect.fnUntraced(function* (store: TaskStore, owner: typeof home, id: string) {
  const claim = yield* store.claim(owner, leaseMillis, id)
  if (claim === undefined) return
  const facts = itemsOf(claim.task.request).map(stored)
  yield* store.commit(claim, batch(...facts), leaseMillis)
  yield* store.settle(id, { _tag: "Finished", take: claim.take, failed: 0 }, undefined, { retries: 1 })
})

interface Whole {
  readonly parts: (before: Shared) => Stream.Stream<{ readonly kind: string; readonly request: string }>
  readonly runHere?: (id: string) => ReturnType<typeof doPart>
}

/** Runs the whole, claimed by `home`; it gives what others did. */
const runWhole = Effect.fnUntraced(function* (store: TaskStore, id: string, { parts, runHere }: Whole) {
  const claim = (yield* store.claim(home, leaseMillis, id)) as Claim
  const execute = (_: unknown, asked: Runner.Asked) =>
    Effect.map(
      SharedParts.make({
        ...asked,
        store,
        task: claim.task,
        take: claim.take,
        machine: "home",
        mayTravel: Effect.succeed(true),
        runHere: runHere ?? ((part) => doPart(store, home, part))
      }).run(parts, () => {}),
      (shared) => ({ ...shared })
    )
  return yield* Runner.run({ store, claim, execute, interrupted: { _tag: "Requeue" } })
})

const itemsTold = (store: TaskStore, id: string) =>
  Effect.map(store.facts(id, 0, 1000), (facts) =>
    facts.map(({ event }) => (event !== undefined && "item" in event ? event.item : (event as RunEvent)._tag))
  )

/** Until it is there. */
const first = Effect.fnUntraced(function* <A>(look: Effect.Effect<A | undefined, unknown>) {
  for (;;) {
    const found = yield* Effect.orDie(look)
    if (found !== undefined) return found
    yield* Effect.sleep(20)
  }
})
const partOf = (store: TaskStore, id: string, isSo: (request: unknown) => boolean = () => true) =>
  first(Effect.map(store.parts(id), (all) => all.find(({ task }) => isSo(task.request))?.task))

describe("parts of a task", { timeout: 60_000 }, () => {
  it.live("are done here where nobody else is free, and told as the task's own", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const task = yield* runWhole(store, id, { parts: () => parts("a,b", "c") })
      expect(task.state).toEqual({ _tag: "Done", failed: 0 })
      expect(yield* itemsTold(store, id)).toEqual(["a", "b", "c"])
      expect(task.totals).toMatchObject({ done: 3, doneBytes: 30 })
      const done = { files: 3, bytes: 30, stored: 3, storedBytes: 30, copied: 0, touched: 0, retries: 2 }
      expect(task.summary).toEqual(done)
      expect(yield* store.parts(id)).toEqual([])
    })
  )

  it.live("go to who takes them, with the priority and the machine of the whole", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const whole = yield* Effect.forkChild(
        runWhole(store, id, { parts: () => parts("a", "b"), runHere: () => Effect.void })
      )
      for (const name of ["a", "b"]) {
        const part = yield* partOf(store, id, (request) => request === name)
        expect([part.kind, part.priority, part.machine]).toEqual(["range", 2, "home"])
        yield* doPart(store, away, part.id)
      }
      yield* Fiber.join(whole)
      expect(yield* itemsTold(store, id)).toEqual(["a", "b"])
    })
  )

  it.live("are told while they go on, together with how far that is", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const whole = yield* Effect.forkChild(
        runWhole(store, id, { parts: () => parts("a"), runHere: () => Effect.void })
      )
      const part = yield* partOf(store, id)
      const claim = (yield* store.claim(away, 600_000, part.id)) as Claim
      yield* store.commit(claim, batch(stored("a")), 600_000)
      yield* first(Effect.map(itemsTold(store, id), (items) => items[0]))
      expect((yield* store.parts(id)).map(({ told }) => told)).toEqual([1])
      yield* store.settle(part.id, { _tag: "Finished", take: claim.take, failed: 0 })
      yield* Fiber.join(whole)
      expect(yield* itemsTold(store, id)).toEqual(["a"])
    })
  )

  it.live("are all waited for, however slowly the journal tells of them", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const slow: TaskStore = { ...store, parts: (of) => Effect.tap(store.parts(of), () => Effect.sleep(300)) }
      const late = Stream.concat(parts("a"), Stream.drain(Stream.fromEffect(Effect.sleep(400)))).pipe(
        Stream.concat(parts("b"))
      )
      yield* runWhole(slow, id, { parts: () => late })
      expect(yield* itemsTold(store, id)).toEqual(["a", "b"])
    })
  )

  it.live("of a run that was cut off are told on from where it was, before others are made", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const before = (yield* store.claim(home, 0, id)) as Claim
      const part = yield* store.create({ kind: "range", request: "a,b,c", origin: "service", parent: id })
      const claim = (yield* store.claim(away, leaseMillis, part.id)) as Claim
      yield* store.commit(claim, batch(stored("a"), stored("b")), leaseMillis)
      const told = { ...batch(stored("a")), parts: [{ id: part.id, told: 1, isOver: false }] }
      yield* store.commit(before, told, 0)
      yield* store.commit(claim, batch(stored("c")), leaseMillis)
      yield* store.settle(part.id, { _tag: "Finished", take: claim.take, failed: 0 })
      yield* Effect.sleep(10)
      let seen: Shared | undefined
      const task = yield* runWhole(store, id, {
        parts: (shared) => {
          seen = shared
          return parts("d")
        }
      })
      expect(seen).toMatchObject({ files: 2, bytes: 20 })
      expect(yield* itemsTold(store, id)).toEqual(["a", "b", "c", "d"])
      expect(task.totals).toMatchObject({ done: 4 })
    })
  )

  it.live("that wait for long or for a person are left to the whole, and one that fails is the last", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      let tried = 0
      const runHere = Effect.fnUntraced(function* (part: string) {
        tried++
        const claim = yield* store.claim(home, leaseMillis, part)
        if (claim === undefined) return
        const { take, task } = claim
        const later = { _tag: "Deferred", take, notBefore: Date.now() + 3_600_000 } as const
        const broke = { _tag: "Broke", take, failure } as const
        yield* store.settle(part, task.request === "later" ? later : broke, batch({ _tag: "Failed", failure }))
      })
      const many = parts("later", "broken", ...Array.from({ length: 100 }, (_, n) => `${n}`))
      const task = yield* runWhole(store, id, { parts: () => many, runHere })
      expect(task.state).toEqual({ _tag: "Done", failed: 0 })
      expect(yield* itemsTold(store, id)).toEqual([])
      expect(tried).toBeLessThan(50)
      expect(yield* store.parts(id)).toEqual([])
    })
  )

  it.live.each(["Cancel", "Pause"] as const)(
    "hear the wish to %s, and what they did until they stopped is told",
    (wish) =>
      Effect.gen(function* () {
        const { id, store } = yield* prepared
        const whole = yield* Effect.forkChild(
          runWhole(store, id, { parts: () => parts("a,b", "c"), runHere: () => Effect.void })
        )
        const part = yield* partOf(store, id)
        const claim = (yield* store.claim(away, 600_000, part.id)) as Claim
        yield* store.wish(id, { _tag: wish, by: "ann" })
        yield* first(
          Effect.map(store.commit(claim, batch(), 600_000), (heard) => (heard.wish === null ? undefined : heard))
        )
        yield* store.settle(part.id, { _tag: "Cancel", by: "ann" }, batch(stored("a")))
        const task = yield* Fiber.join(whole)
        expect(task.state).toEqual({ _tag: wish === "Cancel" ? "Cancelled" : "Paused", by: "ann" })
        expect(yield* itemsTold(store, id)).toEqual(["a"])
        expect(yield* store.parts(id)).toEqual([])
      })
  )

  it.live("share what the whole may use a second", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const whole = yield* Effect.forkChild(
        runWhole(store, id, { parts: () => parts("a", "b"), runHere: () => Effect.void })
      )
      const claims: Array<Claim> = []
      for (const name of ["a", "b"]) {
        const part = yield* partOf(store, id, (request) => request === name)
        claims.push((yield* store.claim(away, 600_000, part.id)) as Claim)
      }
      yield* store.limit(id, { up: 1000, down: null })
      for (const claim of claims) {
        const heard = yield* first(
          Effect.map(store.commit(claim, batch(), 600_000), ({ limits }) => (limits?.up === 500 ? limits : undefined))
        )
        expect(heard).toEqual({ up: 500, down: null })
      }
      for (const { take, task } of claims) yield* store.settle(task.id, { _tag: "Finished", take, failed: 0 })
      yield* Fiber.join(whole)
    })
  )

  it.live("are wanted where another machine is there, or an earlier run left some", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      const claim = (yield* store.claim(home, leaseMillis, id)) as Claim
      const isWanted = (mayTravel: boolean) =>
        SharedParts.make({
          store,
          task: claim.task,
          take: claim.take,
          machine: "home",
          mayTravel: Effect.succeed(mayTravel),
          runHere: () => Effect.void,
          fold: () => Effect.void,
          wish: () => undefined,
          cancelledBy: () => ""
        }).isWanted
      yield* store.hold(runnersOf("home"), home, leaseMillis)
      expect(yield* isWanted(true)).toBe(false)
      yield* store.hold(runnersOf("away"), away, leaseMillis)
      expect(yield* isWanted(true)).toBe(true)
      expect(yield* isWanted(false)).toBe(false)
      yield* store.create({ kind: "range", request: "a", origin: "service", parent: id })
      expect(yield* isWanted(false)).toBe(true)
    })
  )

  it.live("are gone on with by who has done one, where nothing else goes before", () =>
    Effect.gen(function* () {
      const { id, store } = yield* prepared
      yield* store.claim(home, leaseMillis, id)
      expect(yield* NextPart.after(store, id)).toBe(undefined)
      const part = { kind: "range", origin: "service", parent: id, priority: 2 } as const
      yield* store.create({ ...part, request: "a" })
      const last = yield* store.create({ ...part, request: "b" })
      yield* store.create({ kind: "sync", request: null, origin: "service" })
      expect(yield* NextPart.after(store, id)).toBe(last.id)
      yield* store.claim(away, leaseMillis, last.id)
      expect(yield* NextPart.after(store, id)).not.toBe(last.id)
      yield* store.create({ kind: "sync", request: null, origin: "service", priority: 3 })
      expect(yield* NextPart.after(store, id)).toBe(undefined)
    })
  )
})
