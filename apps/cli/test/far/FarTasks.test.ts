import type { IncomingMessage } from "node:http"
import { Readable } from "node:stream"
import { failed, type Service } from "@ourclone/client/Service"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { expect, test } from "vitest"
import * as FarTasks from "../../src/far/FarTasks.ts"

const task = {
  id: "1m8mp3",
  kind: "copy",
  request: {},
  origin: "service",
  by: null,
  schedule: null,
  machine: null,
  isRecord: false,
  priority: 0,
  hooks: { before: null, after: null },
  state: { _tag: "Running", take: 1 },
  wish: null,
  limits: null,
  run: 1,
  host: null,
  seq: 0,
  totals: { files: 0, bytes: 0, isFinal: false, done: 0, doneBytes: 0, skipped: 0, failed: 0 },
  progress: null,
  summary: null,
  createdAt: 1,
  startedAt: 1,
  endedAt: null
}
const gone = failed("ServiceGone", "the service does not answer at /there: ECONNREFUSED", true)

/** A service that answers a question only once it was asked so often. */
const service = (times: number) => {
  let asked = 0
  const idle: Array<number | undefined> = []
  const made: Service = {
    where: "/there",
    ask: (_, __, { idleMillis } = {}) =>
      Effect.suspend(() => {
        idle.push(idleMillis)
        if (++asked < times) return Effect.fail(gone)
        return Effect.succeed(Readable.from([Buffer.from(JSON.stringify(task))]) as IncomingMessage)
      })
  }
  return { made, idle }
}

test("who follows a task waits for a service that is started again, and says so once", async () => {
  const notes: Array<string> = []
  const { made, idle } = service(5)
  const loaded = await Effect.gen(function* () {
    const tasks = FarTasks.make(made).following({ note: (text) => void notes.push(text) })
    const fiber = yield* Effect.forkChild(tasks.load(task.id))
    for (let passed = 0; passed < 5_000; passed += 500) yield* TestClock.adjust(500)
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)
  expect(loaded.id).toBe(task.id)
  expect(notes).toEqual(["waiting for the service"])
  // A machine that is gone says nothing, and nobody waits for that.
  expect(idle).toEqual(Array(5).fill(40_000))
})

test("who asks once is told at once that the service does not answer", async () => {
  const { made } = service(5)
  expect(await Effect.runPromise(Effect.flip(FarTasks.make(made).load(task.id)))).toMatchObject({ code: 5 })
})
