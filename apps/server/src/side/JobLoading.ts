/** Every kind of job that a task may be of: those of the middle floor, and what is done with tasks themselves. */
import * as JobKinds from "@ourclone/jobs/JobKinds"
import { InvalidJob } from "@ourclone/jobs/kind/JobError"
import { ThisMachine } from "@ourclone/jobs/kind/Surroundings"
import * as OpenStore from "@ourclone/tasks/store/OpenStore"
import * as TaskKinds from "@ourclone/tasks/undo/TaskKinds"
import * as Effect from "effect/Effect"

export const ofTasks = ["undo"] as const

const isOfTasks = (type: string): boolean => ofTasks.some((one) => one === type)

/** Holds the journal open until the scope closes, for a kind that needs it. */
export const load = Effect.fnUntraced(function* (type: string) {
  if (!isOfTasks(type)) return yield* JobKinds.load(type)
  const opened = OpenStore.open(yield* ThisMachine)
  const store = yield* Effect.mapError(opened, ({ message }) => new InvalidJob({ message }))
  return yield* TaskKinds.load(type, store)
})
