import type { IncomingMessage } from "node:http"
import { Readable } from "node:stream"
import { failed, type Service, ServiceFailed } from "@ourclone/client/Service"
import * as Copy from "@ourclone/jobs/transfer/Copy"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { beforeEach, expect, test } from "vitest"
import * as FarJob from "../../src/far/FarJob.ts"

const request = { source: "/from", destination: "/to" }
const notes: Array<string> = []
const problems: Array<string> = []
beforeEach(() => {
  for (const told of [notes, problems]) told.splice(0)
})
const options: FarJob.FarOptions = {
  sink: () => Effect.void,
  isPreview: false,
  address: "unix:/there",
  note: (text) => void notes.push(text),
  problem: (text) => void problems.push(text)
}

/** A service whose task stands so as soon as it is asked. */
const serviceWith = (state: object): Service => ({
  where: "nowhere",
  ask: () =>
    Effect.sync(() => {
      const task = { id: "1m8mp3", state, seq: 0, progress: null }
      return Readable.from([Buffer.from(JSON.stringify(task))]) as IncomingMessage
    })
})

test.each([
  ["cancelled before it ran", { _tag: "Cancelled", by: "bob" }, 130, "cancelled by bob"],
  [
    "that no runner could begin",
    { _tag: "Failed", failure: { code: "RunnerDied", message: "its runner ended with 1", isRetryable: false } },
    1,
    "its runner ended with 1"
  ]
])(
  "a task of a service %s ends the command as that says, though no fact tells of it",
  async (_, state, code, message) => {
    const run = FarJob.run(serviceWith(state), Copy.kind, request, options)
    expect(await Effect.runPromise(Effect.flip(run))).toMatchObject({ code, message })
  }
)

const running = { id: "1m8mp3", state: { _tag: "Running" }, seq: 0, progress: null }
const ended = { ...running, state: { _tag: "Cancelled", by: "alice" } }
const gone = failed("ServiceGone", "the service does not answer at /there: ECONNREFUSED", true)

/** A service whose task runs until it is gone, for what is asked between these times, in milliseconds. */
const goneFor = (from: number, until: number): Service => ({
  where: "/there",
  ask: (method) =>
    Effect.flatMap(
      Effect.clockWith((clock) => clock.currentTimeMillis),
      (now) => {
        if (method === "GET" && now >= from && now < until) return Effect.fail(gone)
        const task = now < until ? running : ended
        return Effect.succeed(Readable.from([Buffer.from(JSON.stringify(task))]) as IncomingMessage)
      }
    )
})

/** What the command ends with, `millis` after it began. */
const endedWithin = (millis: number, service: Service) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.flip(FarJob.run(service, Copy.kind, request, options)))
    // In steps: what is read of an answer takes turns of the machine, not of this clock.
    for (let passed = 0; passed < millis; passed += 200) {
      yield* TestClock.adjust(200)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    return fiber.pollUnsafe() === undefined ? undefined : yield* Fiber.join(fiber)
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

test("a service that is started again within a minute is followed on, and that it is waited for is said once", async () => {
  expect(await endedWithin(60_000, goneFor(1_000, 50_000))).toMatchObject({ code: 130, message: "cancelled by alice" })
  expect(notes).toEqual(["waiting for the service"])
})

test("where a service stays away the command ends with the task's name and how to look at it again", async () => {
  const end = await endedWithin(80_000, goneFor(1_000, 1_000_000))
  expect(end?.message).toMatch(
    /ECONNREFUSED; task 1m8mp3 goes on at the service: ourclone task watch 1m8mp3 --server unix:\/there$/
  )
})

test("who interrupts the command while the service is away is told that its task goes on there", async () => {
  const service: Service = {
    where: "/there",
    ask: (method, path) =>
      method === "POST" && path === "/api/v1/tasks"
        ? Effect.succeed(Readable.from([Buffer.from(JSON.stringify(running))]) as IncomingMessage)
        : Effect.fail(gone)
  }
  await Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(FarJob.run(service, Copy.kind, request, options))
    while (notes.length === 0) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    const ending = yield* Effect.forkChild(Fiber.interrupt(fiber))
    for (let passed = 0; passed < 10_000; passed += 200) {
      yield* TestClock.adjust(200)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    yield* Fiber.join(ending)
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)
  expect(problems.at(-1)).toBe(
    "task 1m8mp3 could not be cancelled, and goes on at the service: ourclone task cancel 1m8mp3 --server unix:/there"
  )
})

test.each([
  ["a service that knows of no such task", { code: "NoTask", message: "there is no task", isRetryable: false }, false],
  [
    "whoever stands before one that is away",
    { code: "", message: "the service answered 404", isRetryable: false },
    true
  ]
])("%s is believed as far as it can know", async (_, failure, isSaidToGoOn) => {
  const service: Service = {
    where: "/there",
    ask: (method) =>
      method === "POST"
        ? Effect.succeed(Readable.from([Buffer.from(JSON.stringify(running))]) as IncomingMessage)
        : Effect.fail(new ServiceFailed({ failure, status: 404 }))
  }
  const error = await Effect.runPromise(Effect.flip(FarJob.run(service, Copy.kind, request, options)))
  expect(error.message.includes("goes on at the service")).toBe(isSaidToGoOn)
})
