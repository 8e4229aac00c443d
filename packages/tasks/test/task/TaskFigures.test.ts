import { expect, it } from "vitest"
import { noTotals } from "../../src/task/Task.ts"
import { bytesDone, filesDone, tookMillis } from "../../src/task/TaskFigures.ts"

const progress = { _tag: "Progress", phase: "transferring", files: 2, bytes: 30, current: [] } as const
const resumed = { ...noTotals, done: 10, doneBytes: 100, earlier: { done: 9, doneBytes: 90 }, ranMillis: 5_000 }

const running = { _tag: "Running", take: 2 } as const
type Figures = Parameters<typeof filesDone>[0]
const far = (figures: Omit<Figures, "state">, state: Figures["state"] = running) => [
  filesDone({ ...figures, state }),
  bytesDone({ ...figures, state })
]

it("a task that was resumed is no less far than before", () => {
  expect(far({ progress: null, totals: resumed })).toEqual([10, 100])
  expect(far({ progress, totals: resumed })).toEqual([11, 120])
  const first = { ...noTotals, done: 1, doneBytes: 10 }
  expect(far({ progress, totals: first })).toEqual([2, 30])
})

it("what was on its way at a pause counts until the task has ended, which tells what was done", () => {
  const totals = { ...resumed, reached: { files: 10, bytes: 130 } }
  for (const state of [
    { _tag: "Paused", by: "ann" },
    { _tag: "Queued", notBefore: null }
  ] as const) {
    expect(far({ progress: null, totals }, state)).toEqual([10, 130])
  }
  expect(far({ progress: null, totals }, { _tag: "Done", failed: 0 })).toEqual([10, 100])
})

it("a pause is no time that a task took", () => {
  const times = { startedAt: 1_000, endedAt: 3_601_000 }
  const done = { _tag: "Done", failed: 0 } as const
  expect(tookMillis({ ...times, state: done, totals: resumed }, 9_000_000)).toBe(5_000)
  expect(tookMillis({ ...times, state: done, totals: { ...noTotals, ranMillis: 5 } }, 9_000_000)).toBe(3_600_000)
  const paused = { startedAt: 1_000, endedAt: null, state: { _tag: "Paused", by: "ann" } } as const
  expect(tookMillis({ ...paused, totals: { ...noTotals, ranMillis: 700 } }, 9_000_000)).toBe(700)
  const goesOn = { ...paused, state: { _tag: "Running", take: 2 } } as const
  expect(tookMillis({ ...goesOn, totals: { ...noTotals, ranMillis: 700 } }, 9_000_000)).toBe(700)
  const cancelled = { startedAt: 0, endedAt: 86_410_000, state: { _tag: "Cancelled", by: "ann" } } as const
  expect(tookMillis({ ...cancelled, totals: { ...noTotals, ranMillis: 10_000 } }, 90_000_000)).toBe(10_000)
  expect(tookMillis({ ...paused, startedAt: null, totals: noTotals }, 9_000_000)).toBe(0)
})
