import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { noHooks } from "@ourclone/tasks/task/Hooks"
import { noTotals, type Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { Forbidden } from "../../src/api/Problem.ts"
import type { PlaceGuard } from "../../src/places/PlaceGuard.ts"
import * as TaskPlaces from "../../src/places/TaskPlaces.ts"

const no = () => Effect.fail(new Forbidden({ code: "PlaceNotAllowed", detail: "not there" }))
const guard: PlaceGuard = { request: no, place: no, options: no }

const task = (fields: Partial<Task>): Task => ({
  ...{ id: "1", kind: "copy", request: {}, origin: "service", by: null, schedule: null, machine: null },
  ...{ isRecord: false, hooks: noHooks, priority: 0, state: { _tag: "Queued", notBefore: null }, wish: null },
  ...{ limits: null, take: 0, deferrals: 0, owner: null, leaseUntil: null, seq: 0, totals: noTotals, progress: null },
  ...{ summary: null, createdAt: 0, startedAt: null, endedAt: null },
  ...fields
})

test("what a caller of the service asked for is held against what is allowed, by page or by command, and nothing else is", async () => {
  const refusal = (fields: Partial<Task>) => Effect.runPromise(TaskPlaces.refusal(guard, {} as TaskStore)(task(fields)))
  expect(await refusal({ origin: "service", isOfService: true })).toBe("not there")
  expect(await refusal({ origin: "command", isOfService: true })).toBe("not there")
  expect(await refusal({ origin: "command" })).toBeUndefined()
})
