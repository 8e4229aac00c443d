/** Has a task run that is queued. */
import { current } from "@ourclone/core/machine/ProcessIdentity"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as Follow from "@ourclone/tasks/host/Follow"
import { isServed } from "@ourclone/tasks/host/HostRole"
import * as RunnerProcess from "@ourclone/tasks/host/RunnerProcess"
import { startMillis } from "@ourclone/tasks/host/Starting"
import { none } from "@ourclone/tasks/runner/StoredSecrets"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import { mayRun } from "@ourclone/tasks/task/OtherMachines"
import { starterOf, type Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import * as Output from "../Output.ts"
import { Streams } from "../Streams.ts"
import { taskProgram } from "./TaskProgram.ts"

/** A runner may need a while before it begins. */
const beginMillis = 30_000

/**
 * Where no service starts runners on this machine, this command starts the one. The task as it is then. Of a journal that
 * several machines share, one that names what only another has is left to it.
 */
export const launch = Effect.fnUntraced(function* (store: TaskStore, task: Task) {
  const { host } = current()
  const { database } = yield* ThisMachine
  if (database !== undefined && !(yield* mayRun(host, task))) {
    const output = yield* Output.make
    output.note(`task ${task.id} stays with ${task.machine}, where it was asked for: a runner there starts it`)
    return task
  }
  if (yield* isServed(store, host)) return task
  const { ended, identity } = RunnerProcess.start(taskProgram(yield* Streams), task, none)
  // A service that begins meanwhile starts no other.
  if (identity !== undefined) yield* Effect.ignore(store.hold(starterOf(task.id), identity, startMillis))
  const begun = Follow.settled(store, task, ({ take }) => take !== task.take, beginMillis)
  return yield* Effect.raceFirst(
    begun,
    Effect.andThen(
      Effect.promise(() => ended),
      store.load(task.id)
    )
  )
})
