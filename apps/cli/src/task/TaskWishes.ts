/** `task pause`, `resume`, `cancel` and `retry`. */
import * as Again from "@ourclone/tasks/host/Again"
import * as EndStuck from "@ourclone/tasks/host/EndStuck"
import * as Follow from "@ourclone/tasks/host/Follow"
import * as Rescue from "@ourclone/tasks/host/Rescue"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import type { Task } from "@ourclone/tasks/task/Task"
import { isHeld } from "@ourclone/tasks/task/TaskState"
import * as Effect from "effect/Effect"
import { server } from "../far/Server.ts"
import * as JobWords from "../JobWords.ts"
import * as Output from "../Output.ts"
import { sendSignal } from "../process/SendSignal.ts"
import * as Journal from "./Journal.ts"
import { launch } from "./Launch.ts"
import * as TaskText from "./TaskText.ts"
import { userName } from "./UserName.ts"

const lookMillis = 500

/** The task once nobody runs it any more: a process that does not end by itself is ended. */
const ended = Effect.fnUntraced(function* (store: TaskStore, task: Task) {
  const { endMillis, killMillis } = EndStuck.usual
  const limit = endMillis + killMillis + (task.hooks.after?.limitMillis ?? 0)
  const endStuck = EndStuck.make(store, sendSignal)
  const ending = Effect.forever(
    Effect.andThen(Effect.andThen(endStuck, Rescue.rescue(store)), Effect.sleep(lookMillis))
  )
  const isEnded = ({ state }: Task): boolean => !isHeld(state)
  return yield* Effect.raceFirst(Follow.settled(store, task, isEnded, limit + lookMillis * 10), ending)
})

const wishes = {
  pause: {
    wish: (store: TaskStore, id: string, by: string) => store.wish(id, { _tag: "Pause", by }),
    rest: ended
  },
  cancel: {
    wish: (store: TaskStore, id: string, by: string) => store.wish(id, { _tag: "Cancel", by }),
    rest: ended
  },
  resume: {
    // One that is queued needs somebody to start it, and no wish.
    wish: (store: TaskStore, id: string, by: string) =>
      Effect.flatMap(store.load(id), (task) =>
        task.state._tag === "Queued" ? Effect.succeed(task) : store.wish(id, { _tag: "Resume", by })
      ),
    rest: launch
  },
  retry: { wish: Again.again, rest: launch }
}

/** On this machine. */
const here = Effect.map(Journal.openToLook, (store) =>
  Effect.fnUntraced(function* (what: keyof typeof wishes, id: string) {
    const { id: whole } = yield* store.load(id)
    const wished = yield* Effect.catchTag(wishes[what].wish(store, whole, userName()), "InvalidJob", (error) =>
      Effect.fail(JobWords.ofInvalid(error))
    )
    return yield* wishes[what].rest(store, wished)
  })
)

export const wish = Effect.fnUntraced(function* (
  what: keyof typeof wishes,
  flags: { readonly ids: ReadonlyArray<string> }
) {
  const output = yield* Output.make
  const service = yield* server
  const act = service === undefined ? yield* here : service.tasks.act
  for (const id of flags.ids) {
    const task = yield* act(what, id)
    if (output.isJson) output.json(task)
    else
      output.note(
        `task ${task.id}: ${TaskText.state(task, Date.now())}${task.wish === null ? "" : `, and asked to ${what}`}`
      )
  }
}, Effect.scoped)
