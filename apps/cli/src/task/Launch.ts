/** Has a task run that is queued. */
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as Follow from "@ourclone/tasks/host/Follow"
import { isServed } from "@ourclone/tasks/host/HostRole"
import * as RunnerProcess from "@ourclone/tasks/host/RunnerProcess"
import { none } from "@ourclone/tasks/runner/StoredSecrets"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Streams } from "../Streams.ts"
import { taskProgram } from "./TaskProgram.ts"

/** A runner may need a while before it begins. */
const beginMillis = 30_000

/** The task once it is as wanted, or as it is when that takes too long. */
export const settled = Effect.fnUntraced(function* (
  store: TaskStore,
  task: Task,
  isThere: (task: Task) => boolean,
  patienceMillis = beginMillis
) {
  if (isThere(task)) return task
  yield* Follow.follow(store, task.id, task.seq).pipe(
    Stream.takeUntil((said) => said._tag === "Task" && isThere(said.task)),
    Stream.runDrain,
    Effect.timeoutOption(patienceMillis)
  )
  return yield* store.load(task.id)
})

/** Where no service starts runners on this machine, this command starts the one. The task as it is then. */
export const launch = Effect.fnUntraced(function* (store: TaskStore, task: Task) {
  if (yield* isServed(store, current().host)) return task
  const ended = RunnerProcess.start(taskProgram(yield* Streams), task, none)
  const begun = settled(store, task, ({ take }) => take !== task.take)
  return yield* Effect.raceFirst(
    begun,
    Effect.andThen(
      Effect.promise(() => ended),
      store.load(task.id)
    )
  )
})
