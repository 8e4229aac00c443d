import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, describe, expect, it } from "@effect/vitest"
import * as ProcessIdentity from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { role } from "../../src/host/HostRole.ts"
import * as LeftToRunner from "../../src/host/LeftToRunner.ts"
import { leaseMillis } from "../../src/runner/Journaling.ts"
import * as SqliteStore from "../../src/store/SqliteStore.ts"

const folders: Array<string> = []
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

/** A task that was put off for a minute. */
const prepared = Effect.gen(function* () {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "left-"))
  folders.push(folder)
  const clock = yield* Clock.Clock
  const file = path.join(folder, "tasks.sqlite")
  const store = yield* SqliteStore.make(file, { clock: () => clock.currentTimeMillisUnsafe() })
  const { id } = yield* store.create({ kind: "sync", request: null, origin: "command" })
  const claim = yield* store.claim(ProcessIdentity.current(), leaseMillis, id)
  const now = yield* Clock.currentTimeMillis
  const task = yield* store.settle(id, { _tag: "Deferred", take: claim!.take, notBefore: now + 60_000 })
  const waiting = yield* Effect.forkChild(LeftToRunner.wait(store, task))
  yield* TestClock.adjust("30 seconds")
  expect(waiting.pollUnsafe()).toBe(undefined)
  return { store, task, waiting }
})

describe("a task that was put off", () => {
  it.effect("is begun again by its runner when it is due, where no host is", () =>
    Effect.gen(function* () {
      const { waiting } = yield* prepared
      yield* TestClock.adjust("31 seconds")
      expect(yield* Fiber.join(waiting)).toBe(true)
    })
  )

  it.effect("is left to a host that comes meanwhile", () =>
    Effect.gen(function* () {
      const { store, waiting } = yield* prepared
      expect(yield* store.hold(role, ProcessIdentity.current(), 60_000)).toBe(true)
      yield* TestClock.adjust("3 seconds")
      expect(yield* Fiber.join(waiting)).toBe(false)
    })
  )

  it.effect("is left alone once somebody has cancelled it", () =>
    Effect.gen(function* () {
      const { store, task, waiting } = yield* prepared
      yield* store.wish(task.id, { _tag: "Cancel", by: "ann" })
      yield* TestClock.adjust("3 seconds")
      expect(yield* Fiber.join(waiting)).toBe(false)
      expect(yield* LeftToRunner.wait(store, yield* store.load(task.id))).toBe(false)
    })
  )
})
