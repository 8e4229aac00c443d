/** Who starts runners, by roles of the journal that one host at a time holds. */
import * as Effect from "effect/Effect"
import type { TaskStore } from "../store/TaskStore.ts"
import { runnersOf } from "../task/Task.ts"

/** Whoever has it sees to schedules, and starts runners on its own machine. */
export const role = "host"
/** Whether somebody starts runners on that machine. */
export const isServed = Effect.fnUntraced(function* (store: Pick<TaskStore, "holder">, machine: string) {
  for (const held of [role, runnersOf(machine)]) {
    if ((yield* store.holder(held))?.host === machine) return true
  }
  return false
})
