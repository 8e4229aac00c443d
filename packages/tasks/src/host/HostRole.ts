/** Who starts runners, by roles of the journal that one host at a time holds. */
import * as Effect from "effect/Effect"
import type { TaskStore } from "../store/TaskStore.ts"

/** Whoever has it sees to schedules, and starts runners on its own machine. */
export const role = "host"
/** Whoever has it starts runners on that machine, where several machines share a journal. */
export const roleOf = (machine: string): string => `runners of ${machine}`

/** Whether somebody starts runners on that machine. */
export const isServed = Effect.fnUntraced(function* (store: Pick<TaskStore, "holder">, machine: string) {
  for (const held of [role, roleOf(machine)]) {
    if ((yield* store.holder(held))?.host === machine) return true
  }
  return false
})
