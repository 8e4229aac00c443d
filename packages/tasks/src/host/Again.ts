/** Asks for a task once more. */
import type { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as Effect from "effect/Effect"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Task } from "../task/Task.ts"
import { can } from "../task/TaskState.ts"
import * as Submit from "./Submit.ts"

/**
 * Queued again, a task takes up what failed and what is not done yet. What ran in the process of a command, which is
 * over, is a new task of the same machine. Fails with `NotNow` where the task has not ended, and with `InvalidJob` where the request is none
 * any more.
 */
export const again = Effect.fnUntraced(function* (
  store: TaskStore,
  id: string,
  by: string
): Effect.fn.Return<Task, InvalidJob | TaskError> {
  const task = yield* store.load(id)
  const { hooks, isRecord, kind, machine, priority, request, state } = task
  if (!isRecord || !can("Again")(state)) return yield* store.wish(task.id, { _tag: "Again", by })
  const asked = { kind, request, hooks, priority, machine: machine ?? undefined }
  return yield* Submit.submit(store, { ...asked, origin: "command", by })
})
