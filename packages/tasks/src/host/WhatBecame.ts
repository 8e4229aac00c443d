/** What became of a file in the runs that are kept. */
import * as Effect from "effect/Effect"
import type { TaskStore } from "../store/TaskStore.ts"

/** Of how many tasks it is looked whether their facts are still there. */
const mostTasks = 1_000

/** The newest first, and of how many older tasks only sums are kept, so that nobody knows. */
export const of = Effect.fnUntraced(function* (
  store: Pick<TaskStore, "why" | "list" | "facts">,
  path: string,
  limit: number
) {
  const found = yield* store.why(path, limit)
  let onlySums = 0
  for (const task of yield* store.list({ limit: mostTasks })) {
    if (task.seq > 0 && (yield* store.facts(task.id, 0, 1)).length === 0) onlySums++
  }
  return { found, onlySums }
})
