/** Asks for a task. */
import { InvalidJob } from "@ourclone/jobs/kind/JobError"
import * as Effect from "effect/Effect"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { NewTask, Task } from "../task/Task.ts"
import * as TaskKinds from "../undo/TaskKinds.ts"

/** Puts the task into the queue. Fails with `InvalidJob` where the request is none of its kind, makes no sense, or is sure to go wrong. */
export const submit = Effect.fnUntraced(function* (
  store: TaskStore,
  task: NewTask
): Effect.fn.Return<Task, InvalidJob | TaskError> {
  if (task.kind === TaskKinds.partKind) {
    return yield* new InvalidJob({ message: `"${task.kind}" is a part of a task, and nothing to ask for` })
  }
  const kind = yield* TaskKinds.load(task.kind, store)
  yield* kind.check(task.request)
  yield* kind.foresee(task.request)
  return yield* store.create(task)
})
