/** Whether a runner has to go on with its task itself, as nobody else is there to start another. */
import { current } from "@ourclone/core/machine/ProcessIdentity"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Task } from "../task/Task.ts"
import { isServed } from "./HostRole.ts"

const lookMillis = 2_000

/**
 * Of a task that was put off: waits until it is due, and then is true. False at once for any other, and as soon as a host
 * is there, or the task is no longer as its runner left it.
 */
export const wait = Effect.fnUntraced(function* (store: TaskStore, { id, state, take }: Task) {
  if (state._tag !== "Queued" || state.notBefore === null) return false
  for (;;) {
    const now = yield* store.load(id)
    if (now.take !== take || now.state._tag !== "Queued" || (yield* isServed(store, current().host))) return false
    const millis = state.notBefore - (yield* Clock.currentTimeMillis)
    if (millis <= 0) return true
    yield* Effect.sleep(Math.min(lookMillis, millis))
  }
})
