import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as PostgresServer from "@ourclone/tasks/testing/PostgresServer"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "vitest"
import { ownRoot } from "../bench/Checkout.ts"
import { heldBy, type Machine, withMachines } from "../trials/Machines.ts"

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

    test("divide a large sync among them, and tell of it as of one", { timeout: 300_000 }, () =>
      withMachines(
        { program, tasks: 1, files: 1_600, transfers: 16 },
        async ({ ids, machines, store, until, verify }) => {
          for (const machine of machines) machine.start(2)
          const hosts = new Set<string>()
          const watching = new AbortController()
          const id = ids[0] ?? ""
          const watch = async () => {
            while (!watching.signal.aborted) {
              for (const { task } of await Effect.runPromise(store.parts(id))) {
                if (task.totals.done > 0 && task.owner !== null) hosts.add(task.owner.host)
              }
              await sleep(100)
            }
          }
          const watched = watch()
          await until("it has ended", (tasks) => tasks.every(({ state }) => hasEnded(state)))
          watching.abort()
          await watched
          const { takes, twice } = await verify()
          expect([...hosts].length).toBeGreaterThanOrEqual(2)
          expect([takes, twice]).toEqual([1, []])
          const [task] = await until("it is there", () => true)
          expect(task?.totals).toMatchObject({ files: 1_600, done: 1_600, isFinal: true, failed: 0 })
          expect(task?.summary).toMatchObject({ stored: 1_600, same: 0, failed: 0 })
        }
      )
    )
  }
)
