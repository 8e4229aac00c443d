/** `task start`: a task for later, or for when its turn comes. */
import * as Submit from "@ourclone/tasks/host/Submit"
import type { Task } from "@ourclone/tasks/task/Task"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import type { FarTasks } from "../far/FarTasks.ts"
import { server } from "../far/Server.ts"
import * as JobWords from "../JobWords.ts"
import * as Output from "../Output.ts"
import { askWords } from "./AskedWords.ts"
import * as HookFlags from "./HookFlags.ts"
import * as Journal from "./Journal.ts"
import { launch } from "./Launch.ts"
import * as TaskText from "./TaskText.ts"
import * as Unserved from "./Unserved.ts"
import { userName } from "./UserName.ts"

export interface StartFlags extends HookFlags.HookFlags {
  readonly priority: number
  readonly words: ReadonlyArray<string>
}

/** On this machine. */
const here = Effect.fnUntraced(function* (flags: StartFlags) {
  const hooks = yield* HookFlags.hooksOf(flags)
  const store = yield* Journal.openToLook
  return {
    start: Effect.fnUntraced(function* (asked: Pick<Task, "kind" | "request" | "priority">) {
      const made = Submit.submit(store, { ...asked, hooks, origin: "command", by: userName() })
      const task = yield* Effect.catchTag(made, "InvalidJob", (error) => Effect.fail(JobWords.ofInvalid(error)))
      return yield* launch(store, task)
    }),
    note: (output: Output.Output) => Unserved.note(output, store, "task")
  }
})

const there = Effect.fnUntraced(function* ({ tasks }: { readonly tasks: FarTasks }, flags: StartFlags) {
  yield* HookFlags.refuseElsewhere(flags)
  return { start: tasks.start, note: () => Effect.void }
})

export const start = Effect.fnUntraced(function* (flags: StartFlags) {
  const output = yield* Output.make
  const { kind, request } = yield* askWords(flags.words)
  const service = yield* server
  const desk = yield* service === undefined ? here(flags) : there(service, flags)
  const task = yield* desk.start({ kind, request, priority: flags.priority })
  if (output.isJson) return output.json(task)
  output.note(`task ${task.id}: ${TaskText.state(task, Date.now())}`)
  if (!hasEnded(task.state)) yield* desk.note(output)
}, Effect.scoped)
