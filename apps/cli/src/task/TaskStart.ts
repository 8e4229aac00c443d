/** `task start`: a task for later, or for when its turn comes. */
import * as Submit from "@ourclone/tasks/host/Submit"
import * as Effect from "effect/Effect"
import * as JobWords from "../JobWords.ts"
import * as Output from "../Output.ts"
import { askWords } from "./AskedWords.ts"
import * as Journal from "./Journal.ts"
import { launch } from "./Launch.ts"
import * as TaskText from "./TaskText.ts"
import { userName } from "./UserName.ts"

export const start = Effect.fnUntraced(function* (flags: {
  readonly priority: number
  readonly words: ReadonlyArray<string>
}) {
  const output = yield* Output.make
  const { kind, request } = yield* askWords(flags.words)
  const store = yield* Journal.openToLook
  const made = Submit.submit(store, { kind, request, origin: "command", by: userName(), priority: flags.priority })
  const task = yield* launch(
    store,
    yield* Effect.catchTag(made, "InvalidJob", (error) => Effect.fail(JobWords.ofInvalid(error)))
  )
  if (output.isJson) output.json(task)
  else output.note(`task ${task.id}: ${TaskText.state(task, Date.now())}`)
}, Effect.scoped)
