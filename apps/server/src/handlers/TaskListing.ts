/** Lists of tasks, written down once for all who ask before anything changes. */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskQuery, TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Effect from "effect/Effect"
import type { TaskListAnswer } from "../api/tasks/TaskAnswer.ts"
import * as Position from "../events/Position.ts"
import { taskAnswer } from "../events/ToldTask.ts"

/** Of those that differ in what they ask for. */
const mostKept = 32

/** Gives a `TaskListAnswer` as JSON. */
export const make = (store: Pick<TaskStore, "list" | "position">) => {
  let at: number | undefined
  const kept = new Map<string, string>()
  return Effect.fnUntraced(function* (query: TaskQuery): Effect.fn.Return<string, TaskError> {
    // First where the changes are, so that who goes on from there misses none.
    const position = yield* store.position
    if (position !== at || kept.size >= mostKept) kept.clear()
    at = position
    const key = JSON.stringify(query)
    const known = kept.get(key)
    if (known !== undefined) return known
    const { limit } = query
    const found = yield* store.list({ ...query, limit: limit + 1 })
    // What a task holds is JSON already, whole numbers and texts.
    const text = JSON.stringify({
      tasks: found.slice(0, limit).map(taskAnswer),
      isCut: found.length > limit,
      position: Position.write({ change: position, facts: new Map() })
    } satisfies typeof TaskListAnswer.Type)
    if (at === position) kept.set(key, text)
    return text
  })
}
