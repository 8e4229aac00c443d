import { spawn } from "node:child_process"
import * as path from "node:path"
import type { Emulator } from "@ourclone/b2-emulator/Emulator"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { makeB2World } from "./B2World.ts"
import { until } from "./TaskWorld.ts"

const main = path.join(import.meta.dirname, "../../src/main.ts")
const MiB = 1024 * 1024

const counted = async (emulator: Emulator): Promise<number> => {
  const answer = await fetch(`${emulator.endpoint}/emulator/counts`)
  const { operations } = (await answer.json()) as { operations: Record<string, { bytesIn: number }> }
  return Object.values(operations).reduce((sum, { bytesIn }) => sum + bytesIn, 0)
}

/** What came in over at least so many milliseconds, and how long that was. */
const over = async (emulator: Emulator, millis: number) => {
  const [at, bytes] = [performance.now(), await counted(emulator)]
  while (performance.now() - at < millis) await new Promise((resolve) => setTimeout(resolve, 100))
  const now = await counted(emulator)
  return { bytes: now - bytes, seconds: (performance.now() - at) / 1000 }
}

/** Files on their way, and what is taken before all have heard of each other. */
const slack = 3.5 * MiB

test("three tasks and a command of one account keep to its rate together, and to another one that is given meanwhile", async () => {
  const world = await makeB2World('rate = "3M"')
  const { configure, emulator } = world
  const sources = Array.from({ length: 4 }, (_, index) => world.fill(`from-${index}`, 500, 40_000))
  const [ofCommand = "", ...ofTasks] = sources
  const command = spawn(process.execPath, [main, "copy", ofCommand, world.place("command")], {
    env: world.environment,
    stdio: "ignore"
  })
  onTestFinished(() => void command.kill("SIGKILL"))
  await world.hosted((host, store) =>
    Effect.gen(function* () {
      const ids = yield* Effect.forEach(ofTasks, (source, index) => {
        const request = { source, destination: world.place(`to-${index}`) }
        return Effect.map(host.submit({ kind: "copy", request, origin: "service" }), ({ id }) => id)
      })
      yield* Effect.forEach(ids, (id) => until(store, id, ({ totals }) => totals.done > 0), { concurrency: 3 })
      const first = yield* Effect.promise(() => over(emulator, 4_000))
      expect(first.bytes).toBeLessThan(3 * MiB * first.seconds + slack)
      expect(first.bytes).toBeGreaterThan(0)
      configure('rate = "1M"')
      // It is heeded once so little comes in for a while.
      for (;;) {
        const { bytes, seconds } = yield* Effect.promise(() => over(emulator, 1_000))
        if (bytes < 1.3 * MiB * seconds) break
      }
      const second = yield* Effect.promise(() => over(emulator, 6_000))
      expect(second.bytes).toBeLessThan(1 * MiB * second.seconds + slack)
      const tasks = yield* Effect.forEach(ids, (id) => store.load(id))
      expect(tasks.map(({ state }) => state._tag)).toEqual(["Running", "Running", "Running"])
      for (const id of ids) yield* store.wish(id, { _tag: "Cancel", by: "the test" })
      yield* Effect.forEach(ids, (id) => until(store, id, ({ state }) => state._tag === "Cancelled"))
    })
  )
})

test("--tpslimit holds for all that a run asks of a storage", async () => {
  const world = await makeB2World()
  const source = world.fill("from", 15, 10)
  const before = performance.now()
  expect(await world.cli.run("copy", source, world.place("to"), "--tpslimit", "10")).toMatchObject({ code: 0 })
  const seconds = (performance.now() - before) / 1000
  const answer = await fetch(`${world.emulator.endpoint}/emulator/requests`)
  const { requests } = (await answer.json()) as { requests: ReadonlyArray<unknown> }
  expect(requests.length).toBeGreaterThan(15)
  // Those of the set-up, and the sign-in, which is before there is an account to limit.
  expect(seconds).toBeGreaterThan((15 - 1) / 10)
  expect((await world.cli.run("copy", source, world.place("to"), "--tpslimit", "0")).code).toBe(0)
  for (const wrong of ["-1", "fast"]) {
    expect((await world.cli.run("copy", source, world.place("to"), "--tpslimit", wrong)).code).toBe(2)
  }
})

test("--bwlimit takes a timetable, and says what is wrong with one", async () => {
  const world = await makeB2World()
  const source = world.fill("from", 2, 10)
  const table = "00:00,10M Mon-08:00,5M:off"
  expect(await world.cli.run("copy", source, world.place("to"), "--bwlimit", table)).toMatchObject({ code: 0 })
  const refused = await world.cli.run("copy", source, world.place("to"), "--bwlimit", "8:00,1M 25:00,2M")
  expect(refused).toMatchObject({ code: 2, error: expect.stringContaining('"25:00,2M" is no part of a timetable') })
  const set = await world.cli.run("remote", "set", "b2", "--rate", table)
  expect(set).toMatchObject({ code: 0 })
  expect((await world.cli.run("remote", "show", "b2")).out).toContain(`rate = ${table}`)
  expect((await world.cli.run("remote", "set", "b2", "--rate", "25:00,1M")).code).not.toBe(0)
})
