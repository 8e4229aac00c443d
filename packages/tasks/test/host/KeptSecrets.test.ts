import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { role } from "../../src/host/HostRole.ts"
import * as KeptSecrets from "../../src/host/KeptSecrets.ts"
import * as TaskHost from "../../src/host/TaskHost.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"
import { lost, noTask } from "../../src/store/TaskError.ts"
import type { TaskStore } from "../../src/store/TaskStore.ts"
import { starterOf } from "../../src/task/Task.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const secrets = new Map([["repository:home" as const, Redacted.make("correct horse")]])
const task = { kind: "sync", request: { source: "/a", destination: "/b" }, origin: "terminal" } as const
const owner = ProcessIdentity.current()
/** As if it were another process, which lives as long. */
const other = { ...owner, pid: process.ppid, birth: "" }

const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kept-"))
  folders.push(folder)
  const clock = yield* Clock.Clock
  return yield* SqliteStore.make(path.join(folder, "journal.sqlite"), {
    clock: () => clock.currentTimeMillisUnsafe()
  })
})

/** One run of the task, to its end. */
const run = Effect.fnUntraced(function* (store: TaskStore, id: string) {
  const claim = yield* store.claim(owner, 60_000, id)
  return yield* store.settle(id, { _tag: "Finished", take: claim!.take, failed: 0 })
})

const hostOf = (store: TaskStore, owner: ProcessIdentity.ProcessIdentity) =>
  TaskHost.make({
    store,
    owner,
    program: {
      command: () => [process.execPath, "-e", ""],
      environment: process.env,
      sendSignal: () => {}
    },
    // Nothing is started: what is here is about who could.
    settings: Effect.succeed({ ...TaskHost.defaults, atOnce: 0 })
  })

describe("secrets that are kept for a task", () => {
  it.effect("let every starter and the host go when their process ends, also where one can not be let go of", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const [first, second] = [yield* store.create(task), yield* store.create(task)]
      const hold: TaskStore["hold"] = (role, owner, millis) =>
        role === starterOf(first.id) && millis === 0 ? Effect.fail(noTask(first.id)) : store.hold(role, owner, millis)
      const scope = yield* Scope.make()
      const host = yield* Effect.provideService(hostOf({ ...store, hold }, owner), Scope.Scope, scope)
      while ((yield* store.holder(role)) === undefined) yield* Effect.yieldNow
      for (const { id } of [first, second]) yield* host.give(id, secrets)
      yield* Scope.close(scope, Exit.void)
      const held = yield* Effect.forEach([role, starterOf(first.id), starterOf(second.id)], (one) =>
        store.hold(one, other, 1)
      )
      expect(held).toEqual([true, false, true])
    })
  )

  it.effect("stay where they came after its last run had ended, and before it is begun again", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const kept = KeptSecrets.make(store, owner)
      const made = yield* store.create(task)
      yield* kept.keep(made, secrets)
      yield* kept.look(yield* store.load(made.id))
      expect(kept.of(made.id)).toBe(secrets)
      const ended = yield* run(store, made.id)
      yield* kept.look(ended)
      expect(kept.has(made.id)).toBe(false)

      yield* kept.keep(ended, secrets)
      // That its runner has ended is found out late, and the turn comes in between.
      yield* kept.look(ended)
      yield* kept.turn
      expect(kept.has(made.id)).toBe(true)
      yield* store.wish(made.id, { _tag: "Again", by: "ann" })
      yield* TestClock.adjust("10 minutes")
      yield* kept.turn
      expect(kept.has(made.id)).toBe(true)
      yield* kept.look(yield* run(store, made.id))
      expect(kept.has(made.id)).toBe(false)
    })
  )

  it.effect("are looked at also where those of another task can not be, and each that can not is named", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const made = yield* Effect.forEach([1, 2, 3], () => store.create(task))
      const [first, second, third] = made.map(({ id }) => id)
      const load: TaskStore["load"] = (id) => (id === first || id === second ? Effect.fail(lost(id)) : store.load(id))
      const kept = KeptSecrets.make({ ...store, load }, owner)
      for (const each of made) yield* kept.keep(each, secrets)
      yield* run(store, third!)
      yield* TestClock.adjust("2 minutes")
      const error = yield* Effect.flip(kept.turn)
      expect(error.message).toContain(`${first}, ${second}`)
      expect(error.message).toContain("another runner has task")
      expect(made.map(({ id }) => kept.has(id))).toEqual([true, true, false])
    })
  )

  it.effect("are forgotten soon where it is not begun again", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const kept = KeptSecrets.make(store, owner)
      const { id } = yield* store.create(task)
      yield* kept.keep(yield* run(store, id), secrets)
      yield* TestClock.adjust("1 minute")
      yield* kept.turn
      yield* TestClock.adjust(1)
      expect([kept.has(id), yield* store.holder(starterOf(id))]).toEqual([false, undefined])
    })
  )

  it.live("are taken of no second process while the first lives, and it is told", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const [first, second] = [yield* hostOf(store, owner), yield* hostOf(store, other)]
      const { id } = yield* first.submit({ ...task, key: "nightly" }, secrets)
      const refused = yield* Effect.flip(second.give(id.slice(0, -2), secrets))
      expect(refused.reason).toMatchObject({
        _tag: "NotNow",
        message: expect.stringContaining(`task ${id} is started`)
      })
      // Made twice under one key it is the task of who was first.
      expect((yield* second.submit({ ...task, key: "nightly" }, secrets)).id).toBe(id)
      expect(yield* store.holder(starterOf(id))).toEqual(owner)
      yield* first.give(id, secrets)
    }).pipe(Effect.scoped)
  )

  it.live("are waited for no longer than their process keeps tasks", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      const scope = yield* Scope.make()
      const { submit } = yield* Effect.provideService(hostOf(store, owner), Scope.Scope, scope)
      const { id } = yield* submit(task, secrets)
      expect(yield* store.holder(starterOf(id))).toEqual(owner)
      yield* Scope.close(scope, Exit.void)
      expect(yield* store.holder(starterOf(id))).toBeUndefined()
    }).pipe(Effect.scoped)
  )

  it.live("let their process look at no task but theirs, where another starts all others", () =>
    Effect.gen(function* () {
      const store = yield* prepared
      yield* store.hold(role, other, 60_000)
      for (let count = 0; count < 3; count++) yield* store.create(task)
      const looked: Array<unknown> = []
      const watched: TaskStore = {
        ...store,
        list: (query) => {
          looked.push(query)
          return store.list(query)
        },
        due: (limit, after, ids) =>
          Effect.tap(store.due(limit, after, ids), (found) => Effect.sync(() => looked.push([ids, found.length])))
      }
      const { look, submit } = yield* hostOf(watched, owner)
      const { id } = yield* submit({ ...task, notBefore: Date.now() + 3_600_000 }, secrets)
      while (looked.length < 2) yield* Effect.andThen(look, Effect.sleep("20 millis"))
      expect(looked.slice(0, 2)).toEqual([
        [[id], 0],
        [[id], 0]
      ])
    }).pipe(Effect.scoped)
  )
})
