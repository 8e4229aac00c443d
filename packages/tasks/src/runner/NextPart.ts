/** What a runner goes on with that has done a part of a task, as another process for each would take a second. */
import * as Effect from "effect/Effect"
import type { TaskStore } from "../store/TaskStore.ts"

const mostDue = 32

/**
 * The id of another part of `whole` that nobody has, unless a task of another kind goes before it: then the host is to choose.
 * Not the one that hosts would take first.
 */
export const after = Effect.fnUntraced(function* (store: TaskStore, whole: string) {
  const parts = new Set((yield* store.parts(whole)).map(({ task }) => task.id))
  if (parts.size === 0) return undefined
  const due = yield* store.due(mostDue)
  const [first] = due
  if (first === undefined || !parts.has(first.id)) return undefined
  return due.findLast(({ id }) => parts.has(id))?.id
})
