import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded, isHeld } from "@ourclone/tasks/task/TaskState"
import * as PostgresServer from "@ourclone/tasks/testing/PostgresServer"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "vitest"
import { ownRoot } from "../bench/Checkout.ts"
import { heldBy, type Machine, type Machines, withMachines } from "../trials/Machines.ts"

const program = [process.execPath, path.join(ownRoot, "apps/cli/src/main.ts")] as const

/** Longer than a lease. */
const awayMillis = 10_000

describe.skipIf(PostgresServer.missing !== undefined)(
  `three machines on Postgres${PostgresServer.missing === undefined ? "" : ` (skipped: ${PostgresServer.missing})`}`,
  () => {
    test(
      "of which one dies, one freezes and one is cut off complete each task once, without a gap",
      { timeout: 300_000 },
      () =>
        withMachines({ program, tasks: 5, files: 100 }, async ({ hurry, look, machines, until, verify }) => {
          const [one, two, three] = machines
          const isAt = ({ name }: Machine, tasks: ReadonlyArray<Task>, count: number) =>
            heldBy(tasks, name).filter(({ totals }) => totals.done > 0).length === count
          one.start(2)
          two.start(2)
          await until("two are at work", (tasks) => isAt(one, tasks, 2) && isAt(two, tasks, 2))
          // It has hands for all.
          three.start(5)
          await until("the third one is", (tasks) => isAt(three, tasks, 1))
          await one.kill()
          await two.freeze()
          const before = await look()
          const left = [...heldBy(before, one.name), ...heldBy(before, two.name)]
          await until("it went on with what was left", (tasks) =>
            left.every(({ id, take }) => tasks.some((task) => task.id === id && task.take === take + 1))
          )
          two.wake()
          await until("it got something done of it", (tasks) =>
            left.every(({ id, totals: { done } }) => tasks.some((task) => task.id === id && task.totals.done > done))
          )
          three.line.cut()
          await sleep(awayMillis)
          three.line.mend()
          await hurry()
          const { takes, tasks, twice } = await verify()
          expect(left).toHaveLength(4)
          expect(takes).toBeGreaterThanOrEqual(tasks + left.length)
          // One file at a time is on its way in each task.
          expect(twice.length).toBeLessThanOrEqual(takes - tasks)
        })
    )

    const large = { program, tasks: 1, files: 1_600, transfers: 16 }
    /** Of the one task, those that have done something and are not over. */
    const partsOf = async ({ ids, store }: Machines) => {
      const parts = await Effect.runPromise(store.parts(ids[0] ?? ""))
      return parts.map(({ task }) => task).filter(({ state, totals }) => isHeld(state) && totals.done > 0)
    }
    const ownersOf = async (trial: Machines) => (await partsOf(trial)).flatMap(({ owner }) => owner?.host ?? [])
    /** Waits until somebody else than who has the whole does a part of it. */
    const divided = async (trial: Machines) => {
      for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50)) {
        const [whole] = await trial.look()
        const others = (await ownersOf(trial)).filter((host) => host !== whole?.owner?.host)
        const machineOf = (host: string | undefined) => trial.machines.find(({ name }) => name === host)
        const [home, other] = [machineOf(whole?.owner?.host), machineOf(others[0])]
        if (home !== undefined && other !== undefined) return { home, other }
      }
      throw new Error("nobody else ever did a part")
    }

    test("divide a large sync among them, and tell of it as of one", { timeout: 300_000 }, () =>
      withMachines({ ...large, extra: 20 }, async (trial) => {
        for (const machine of trial.machines) machine.start(2)
        await divided(trial)
        expect(await Effect.runPromise(trial.store.list({ limit: 10 }))).toHaveLength(1)
        const { takes, twice } = await trial.verify()
        expect([takes, twice]).toEqual([1, []])
        const [task] = await trial.look()
        expect(task?.totals).toMatchObject({ files: 1_600, done: 1_620, isFinal: true, failed: 0 })
        expect(task?.summary).toMatchObject({ stored: 1_600, same: 0, removed: 20, failed: 0 })
        expect(await Effect.runPromise(trial.store.parts(task?.id ?? ""))).toEqual([])
      })
    )

    test("divide a move, and remove at the source what has arrived", { timeout: 300_000 }, () =>
      withMachines({ ...large, kind: "move", files: 1_100 }, async (trial) => {
        for (const machine of trial.machines) machine.start(1)
        await divided(trial)
        const { twice } = await trial.verify()
        expect(twice).toEqual([])
        const [task] = await trial.look()
        expect(task?.summary).toMatchObject({ stored: 1_100, moved: 1_100, same: 0, failed: 0 })
      })
    )

    test(
      "go on with a divided sync when those that did a part, and then the whole, are killed",
      { timeout: 300_000 },
      () =>
        withMachines({ ...large, latency: "200ms", extra: 20 }, async (trial) => {
          for (const machine of trial.machines) machine.start(1)
          const { home, other } = await divided(trial)
          await other.kill()
          await sleep(awayMillis)
          await home.kill()
          other.start(2)
          const { takes, twice } = await trial.verify()
          expect(takes).toBe(2)
          // Those on their way in each process that was killed.
          expect(twice.length).toBeLessThanOrEqual(3 * 16)
          const [task] = await trial.look()
          expect(task?.state).toEqual({ _tag: "Done", failed: 0 })
        })
    )

    test("stop all that they do of a sync that is cancelled, and tell what was done", { timeout: 300_000 }, () =>
      withMachines({ ...large, latency: "200ms", extra: 20 }, async (trial) => {
        const { ids, store } = trial
        const id = ids[0] ?? ""
        for (const machine of trial.machines) machine.start(1)
        await divided(trial)
        await Effect.runPromise(store.wish(id, { _tag: "Cancel", by: "ann" }))
        const [task] = await trial.until("it has ended", ([one]) => one !== undefined && hasEnded(one.state))
        expect(task?.state).toEqual({ _tag: "Cancelled", by: "ann" })
        expect(await Effect.runPromise(store.list({ states: ["Running"], withParts: true, limit: 10 }))).toEqual([])
        expect(await Effect.runPromise(store.parts(id))).toEqual([])
        const facts = await Effect.runPromise(store.facts(id, 0, 10_000))
        expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1))
        const items = facts.flatMap(({ event }) => (event?._tag === "Done" ? [event.item] : []))
        const stored = trial.stored().filter((name) => !name.includes("extra"))
        expect(stored.length).toBeLessThan(large.files)
        const known = new Set(stored.map((name) => name.replace("0/", "")))
        expect(items.filter((item) => !known.has(item))).toEqual([])
        // What was on its way in each process may be there all the same, as of any run.
        expect(stored.length - items.length).toBeLessThanOrEqual(4 * 16)
      })
    )
  }
)
