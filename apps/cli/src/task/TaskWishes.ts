/** `task pause`, `resume`, `cancel` and `retry`. */
import * as Again from "@ourclone/tasks/host/Again"
import * as Follow from "@ourclone/tasks/host/Follow"
import * as RunnerProcess from "@ourclone/tasks/host/RunnerProcess"
import * as TaskHost from "@ourclone/tasks/host/TaskHost"
import { none } from "@ourclone/tasks/runner/StoredSecrets"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import { isHeld } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as JobWords from "../JobWords.ts"
import * as Output from "../Output.ts"
import { Streams } from "../Streams.ts"
import * as Journal from "./Journal.ts"
import { taskProgram } from "./TaskProgram.ts"
import * as TaskText from "./TaskText.ts"
import { userName } from "./UserName.ts"

/** A runner that finishes what is on its way may need a while. */
const patience = "30 seconds"

/** The task once it is as wanted, or as it is when that takes too long. */
const settled = Effect.fnUntraced(function* (store: TaskStore, task: Task, isThere: (task: Task) => boolean) {
  if (isThere(task)) return task
  yield* Follow.follow(store, task.id, task.seq).pipe(
    Stream.takeUntil((said) => said._tag === "Task" && isThere(said.task)),
    Stream.runDrain,
    Effect.timeoutOption(patience)
  )
  return yield* store.load(task.id)
})

/** Where no service starts runners, this command starts the one. */
const launch = Effect.fnUntraced(function* (store: TaskStore, task: Task) {
  if ((yield* store.holder(TaskHost.role)) !== undefined) return task
  const ended = RunnerProcess.start(taskProgram(yield* Streams), task.id, none)
  const begun = settled(store, task, ({ take }) => take !== task.take)
  return yield* Effect.raceFirst(
    begun,
    Effect.andThen(
      Effect.promise(() => ended),
      store.load(task.id)
    )
  )
})

const wishes = {
  pause: {
    wish: (store: TaskStore, id: string, by: string) => store.wish(id, { _tag: "Pause", by }),
    rest: (store: TaskStore, task: Task) => settled(store, task, ({ state }) => !isHeld(state))
  },
  cancel: {
    wish: (store: TaskStore, id: string, by: string) => store.wish(id, { _tag: "Cancel", by }),
    rest: (store: TaskStore, task: Task) => settled(store, task, ({ state }) => !isHeld(state))
  },
  resume: {
    wish: (store: TaskStore, id: string, by: string) => store.wish(id, { _tag: "Resume", by }),
    rest: launch
  },
  retry: { wish: Again.again, rest: launch }
}

export const wish = Effect.fnUntraced(function* (
  what: keyof typeof wishes,
  flags: { readonly ids: ReadonlyArray<string> }
) {
  const output = yield* Output.make
  const store = yield* Journal.openToLook
  for (const id of flags.ids) {
    const { id: whole } = yield* store.load(id)
    const wished = yield* Effect.catchTag(wishes[what].wish(store, whole, userName()), "InvalidJob", (error) =>
      Effect.fail(JobWords.ofInvalid(error))
    )
    const task = yield* wishes[what].rest(store, wished)
    if (output.isJson) output.json(task)
    else
      output.note(
        `task ${task.id}: ${TaskText.state(task, Date.now())}${task.wish === null ? "" : `, and asked to ${what}`}`
      )
  }
}, Effect.scoped)
