/**
 * How tasks stand since they changed, written down once for all who hear of it, whatever else each of them follows.
 *
 * The journal is asked by whoever comes first; who asks within a moment, or is a little behind, is told from memory.
 */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Effect from "effect/Effect"
import { taskAnswer } from "./ToldTask.ts"

export interface Change {
  readonly number: number
  /** A `TaskAnswer` as JSON. */
  readonly json: string
}

/** Those after that number, in their order, each task once; a piece of them. */
export type RecentChanges = (after: number) => Effect.Effect<ReadonlyArray<Change>, TaskError>

const piece = 200
const lookMillis = 50

export const make = (store: Pick<TaskStore, "changes">): RecentChanges => {
  /** By task, in the order of changes: all those after `begin`. */
  const kept = new Map<string, Change>()
  let [begin, end, lookedAt] = [0, -1, Number.NEGATIVE_INFINITY]
  /** Whether the last look left some for the next. */
  let isBehind = true

  const written = Effect.fnUntraced(function* (after: number) {
    const { last, numbers, tasks } = yield* store.changes(after, piece)
    const changes = tasks.map((task, index) => ({
      id: task.id,
      change: { number: numbers[index]!, json: JSON.stringify(taskAnswer(task)) }
    }))
    return { changes, last }
  })

  const look: Effect.Effect<void, TaskError> = Effect.gen(function* () {
    const now = performance.now()
    const from = end
    const { changes, last } = yield* written(from)
    // Somebody else has looked meanwhile, perhaps before what this one is about.
    if (from !== end) return yield* look
    isBehind = changes.length === piece
    // What is left is looked for at once.
    if (!isBehind) lookedAt = now
    end = last
    for (const { change, id } of changes) {
      kept.delete(id)
      kept.set(id, change)
    }
    for (const [id, { number }] of kept) {
      if (kept.size <= piece) break
      kept.delete(id)
      begin = number
    }
  })

  return Effect.fnUntraced(function* (after: number): Effect.fn.Return<ReadonlyArray<Change>, TaskError> {
    if (end >= 0 && after < begin) return (yield* written(after)).changes.map(({ change }) => change)
    if (end >= 0 && (after > end || performance.now() - lookedAt >= lookMillis)) yield* look
    if (end < after) {
      if (isBehind) {
        // Nobody has listened for long: what was between is nobody's.
        kept.clear()
        begin = end = after
        yield* look
      } else end = after // A number that no task has.
    }
    return [...kept.values()].filter(({ number }) => number > after)
  })
}
