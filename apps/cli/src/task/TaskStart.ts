/** `task start`: a task for later, or for when its turn comes. */
import * as Submit from "@ourclone/tasks/host/Submit"
import { hasEnded } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import * as JobWords from "../JobWords.ts"
import * as Output from "../Output.ts"
import { askWords } from "./AskedWords.ts"
import { type HookFlags, hooksOf } from "./HookFlags.ts"
import * as Journal from "./Journal.ts"
import { launch } from "./Launch.ts"
import * as TaskText from "./TaskText.ts"
import * as Unserved from "./Unserved.ts"
import { userName } from "./UserName.ts"

export interface StartFlags extends HookFlags {
  readonly priority: number
  readonly words: ReadonlyArray<string>
}

export const start = Effect.fnUntraced(function* (flags: StartFlags) {
  const output = yield* Output.make
  const { kind, request } = yield* askWords(flags.words)
  const store = yield* Journal.openToLook
  const { priority } = flags
  const hooks = yield* hooksOf(flags)
  const made = Submit.submit(store, { kind, request, hooks, origin: "command", by: userName(), priority })
  const task = yield* launch(
    store,
    yield* Effect.catchTag(made, "InvalidJob", (error) => Effect.fail(JobWords.ofInvalid(error)))
  )
  if (output.isJson) return output.json(task)
  output.note(`task ${task.id}: ${TaskText.state(task, Date.now())}`)
  if (!hasEnded(task.state)) yield* Unserved.note(output, store, "task")
}, Effect.scoped)
