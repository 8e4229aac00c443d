/**
 * What many readers ask of the journal at the same place is asked, and written down, once.
 *
 * Readers that follow the same task are at the same number most of the time, and so go from piece to piece together. A
 * piece is kept for a moment; who comes later, or from elsewhere, asks for their own.
 */
import type { TaskError } from "@ourclone/tasks/store/TaskError"
import type { TaskStore } from "@ourclone/tasks/store/TaskStore"
import * as Effect from "effect/Effect"
import { taskAnswer } from "./ToldTask.ts"

const pieceOfTasks = 200
const pieceOfFacts = 500
/** What was empty may not be for long; what was not stays as it is. */
const emptyMillis = 50
const keptMillis = 500
const mostKept = 128

export interface FactText {
  readonly seq: number
  /** The envelope as JSON. */
  readonly text: string
}

export interface Changes {
  readonly last: number
  /** Tasks as JSON. */
  readonly tasks: ReadonlyArray<string>
}

export interface SharedReading {
  /** Of the task, after that number; a piece of them. */
  readonly facts: (task: string, after: number) => Effect.Effect<ReadonlyArray<FactText>, TaskError>
  /** After that position; a piece of them. */
  readonly changes: (after: number) => Effect.Effect<Changes, TaskError>
}

interface Kept<A> {
  readonly until: number
  readonly value: A
}

const keeping = <A>(isEmpty: (value: A) => boolean) => {
  const kept = new Map<string, Kept<A>>()
  return (key: string, ask: Effect.Effect<A, TaskError>): Effect.Effect<A, TaskError> =>
    Effect.suspend(() => {
      const now = Date.now()
      const known = kept.get(key)
      if (known !== undefined && now < known.until) return Effect.succeed(known.value)
      return Effect.tap(ask, (value) =>
        Effect.sync(() => {
          kept.delete(key)
          for (const [other, { until }] of kept) {
            if (until > now && kept.size < mostKept) break
            kept.delete(other)
          }
          kept.set(key, { until: now + (isEmpty(value) ? emptyMillis : keptMillis), value })
        })
      )
    })
}

export const make = (store: Pick<TaskStore, "facts" | "changes">): SharedReading => {
  const keepFacts = keeping<ReadonlyArray<FactText>>((found) => found.length === 0)
  const keepChanges = keeping<Changes>(({ tasks }) => tasks.length === 0)
  return {
    facts: (task, after) =>
      keepFacts(
        `${task} ${after}`,
        Effect.map(store.facts(task, after, pieceOfFacts), (found) =>
          found.map((envelope) => ({ seq: envelope.seq ?? after, text: JSON.stringify(envelope) }))
        )
      ),
    changes: (after) =>
      keepChanges(
        String(after),
        Effect.map(store.changes(after, pieceOfTasks), ({ last, tasks }) => ({
          last,
          tasks: tasks.map((task) => JSON.stringify(taskAnswer(task)))
        }))
      )
  }
}
