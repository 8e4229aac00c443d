import { version } from "@ourclone/core/events/Envelope"
import type { Fact, RunEvent } from "@ourclone/core/events/RunEvent"
import { expect, it } from "vitest"
import { Ledger } from "../../src/runner/Ledger.ts"
import { noTotals, type Task } from "../../src/task/Task.ts"
import { bytesDone } from "../../src/task/TaskFigures.ts"

const ledger = () => new Ledger({ totals: noTotals, take: 1 } as Task)

it("files alone are counted as such, whichever kind of job tells of them; folders beside them", () => {
  const facts: ReadonlyArray<Fact> = [
    { _tag: "Done", deed: "stored", item: "a", bytes: 3 },
    { _tag: "Done", deed: "directoryMade", item: "made" },
    { _tag: "Done", deed: "directoryRemoved", item: "gone" },
    { _tag: "Done", deed: "restored", item: "folder", what: "folder" },
    { _tag: "Done", deed: "restored", item: "link", what: "link", bytes: 0 }
  ]
  const counting = ledger()
  for (const event of facts) counting.take({ v: version, at: 0, event })
  expect(counting.totals).toMatchObject({ done: 1, doneBytes: 3, folders: 3 })
})

/** A task as it stands after each event of a run that pauses, and of the one that goes on. */
const followed = (task: Task, events: ReadonlyArray<RunEvent>) => {
  const counting = new Ledger(task)
  const stands: Array<Task> = []
  let progress: Task["progress"] = null
  for (const event of events) {
    counting.take({ v: version, at: 0, event })
    if (event._tag === "Progress") progress = event
    stands.push({ ...task, totals: counting.totals, progress })
  }
  return stands
}

const gauge = (files: number, bytes: number): RunEvent => ({
  _tag: "Progress",
  phase: "transferring",
  files,
  bytes,
  current: []
})
const planned = (files: number, bytes: number, isFinal: boolean, more: { isWhole?: boolean } = {}): RunEvent => ({
  _tag: "Planned",
  files,
  bytes,
  removals: 0,
  isFinal,
  ...more
})
const stored = (item: string, bytes: number): RunEvent => ({ _tag: "Done", deed: "stored", item, bytes })

const share = (task: Task): number => bytesDone(task) / task.totals.bytes

const grows = (figures: ReadonlyArray<number>): boolean =>
  figures.every((figure, index) => index === 0 || figure >= figures[index - 1]!)

it("a task that is paused and resumed never seems less far than it was, nor its whole smaller", () => {
  const state = { _tag: "Running", take: 1 } as const
  const first = { totals: noTotals, take: 1, state, progress: null } as unknown as Task
  const begun = followed(first, [planned(3, 300, true), gauge(0, 40), gauge(1, 100), stored("a", 100), gauge(1, 190)])
  const paused: Task = { ...begun.at(-1)!, progress: null, state: { _tag: "Paused", by: "ann" } }
  const resumed = followed({ ...paused, take: 2, state }, [
    gauge(0, 0),
    planned(0, 0, false),
    planned(1, 100, false),
    gauge(0, 20),
    planned(2, 200, true),
    gauge(1, 100),
    stored("b", 100),
    gauge(2, 200),
    stored("c", 100)
  ])
  const all = [...begun, paused, ...resumed]
  expect([all.map(bytesDone), grows(all.map(bytesDone))]).toEqual([expect.anything(), true])
  expect([all.map(share), grows(all.map(share).slice(1))]).toEqual([expect.anything(), true])
  expect(all.slice(1).every(({ totals }) => totals.isFinal && totals.files === 3 && totals.bytes === 300)).toBe(true)
  expect(resumed.at(-1)?.totals).toMatchObject({ done: 3, doneBytes: 300 })
})

it("a run that does all anew, as a backup does, counts nothing twice", () => {
  const state = { _tag: "Running", take: 1 } as const
  const first = { totals: noTotals, take: 1, state, progress: null } as unknown as Task
  const whole = { isWhole: true }
  const begun = followed(first, [planned(2, 200, true, whole), gauge(1, 100), stored("a", 100)])
  const resumed = followed({ ...begun.at(-1)!, progress: null, take: 2 }, [
    planned(1, 100, false, whole),
    gauge(1, 100),
    stored("a", 100),
    planned(2, 200, true, whole),
    gauge(2, 200),
    stored("b", 100)
  ])
  const all = [...begun, ...resumed]
  expect([all.map(bytesDone), grows(all.map(bytesDone))]).toEqual([expect.anything(), true])
  expect(resumed.at(-1)?.totals).toMatchObject({ files: 2, bytes: 200, done: 2, doneBytes: 200 })
})
