/** Takes tasks back from processes that have ended. */
import type { Fact } from "@ourclone/core/events/RunEvent"
import { hasEnded } from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Deferral from "../runner/Deferral.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Task } from "../task/Task.ts"
import { isHeld, type TaskInput } from "../task/TaskState.ts"

const most = 10_000

const died = (what: string, said?: string) => ({
  code: "RunnerDied",
  message: `the process of ${what} ended ${said === undefined ? "without a word" : `with: ${said.replace(/^error: /, "")}`}`,
  isRetryable: false
})

/** What its process had no time to tell. */
const lastWords = (input: TaskInput): ReadonlyArray<Fact> => {
  if (input._tag === "Cancel") return [{ _tag: "Finished", outcome: "cancelled", by: input.by }]
  return input._tag === "Broke" ? [{ _tag: "Finished", outcome: "failed", failure: input.failure }] : []
}

/** What becomes of a task whose process is gone. One that never gets anything done is not begun for ever. */
const inputFor = (task: Task, take: number, now: number, said: string | undefined): TaskInput => {
  if (task.wish !== null) return task.wish
  if (task.isRecord) return { _tag: "Broke", take, failure: died("the command") }
  return task.deferrals < Deferral.most
    ? { _tag: "Deferred", take, notBefore: now }
    : { _tag: "Broke", take, failure: died("its runner, again and again,", said) }
}

/** Those that were taken back. Called by several at once, each is taken back once. `lastLine` is what is known of a runner's end. */
export const rescue = Effect.fnUntraced(function* (
  store: TaskStore,
  lastLine: (id: string) => string | undefined = () => undefined
): Effect.fn.Return<ReadonlyArray<Task>, TaskError> {
  const rescued: Array<Task> = []
  for (const task of yield* store.list({ states: ["Running", "Waiting"], withParts: true, limit: most })) {
    const { owner, state } = task
    if (owner === null || !isHeld(state) || !hasEnded(owner)) continue
    const now = yield* Clock.currentTimeMillis
    const input = inputFor(task, state.take, now, lastLine(task.id))
    const facts = lastWords(input).map((fact) => ({ at: now, fact }))
    const batch = { facts, totals: task.totals, outcomes: [], mended: [] }
    const settled = yield* Effect.catchTag(store.settle(task.id, input, batch), "TaskError", (error) =>
      error.reason._tag === "LeaseLost" || error.reason._tag === "NotNow"
        ? Effect.succeed(undefined)
        : Effect.fail(error)
    )
    if (settled !== undefined) rescued.push(settled)
  }
  return rescued
})
