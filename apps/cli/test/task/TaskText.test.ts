import { noHooks } from "@ourclone/tasks/task/Hooks"
import { noTotals, type Task } from "@ourclone/tasks/task/Task"
import { expect, test } from "vitest"
import * as TaskText from "../../src/task/TaskText.ts"

const backup: Task = {
  ...{ id: "1m8task", kind: "backup", request: {}, origin: "terminal", by: "ann", schedule: null, machine: null },
  ...{ isRecord: false, hooks: noHooks, priority: 0, wish: null, limits: null, take: 1, deferrals: 0, owner: null },
  ...{ leaseUntil: null, seq: 1, progress: null, createdAt: 0, startedAt: 0, endedAt: 1 },
  state: { _tag: "Done", failed: 0 },
  totals: { ...noTotals, files: 19, bytes: 100, isFinal: true },
  summary: { totalFilesProcessed: 19 }
}

test("a backup that is done has its files, and one that runs those that it has seen", () => {
  expect(TaskText.counts(backup)).toBe("19 files")
  const progress = { _tag: "Progress", phase: "transferring", files: 7, bytes: 40, current: [] } as const
  expect(TaskText.counts({ ...backup, state: { _tag: "Running", take: 1 }, progress, endedAt: null })).toBe(
    "7 of 19 files, 40 B"
  )
})
