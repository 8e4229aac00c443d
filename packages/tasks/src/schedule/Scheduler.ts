/** Puts tasks of schedules that are due into the queue. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { goesOn, type TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Schedule } from "../task/Schedule.ts"
import type { Task } from "../task/Task.ts"
import { goingOn } from "../task/TaskState.ts"
import * as Due from "./Due.ts"

/** The newest task of a schedule. */
export const lastTask = (store: TaskStore, { id }: Schedule): Effect.Effect<Task | undefined, TaskError> =>
  Effect.map(store.list({ schedule: id, limit: 1 }), ([task]) => task)

/** Its run that has not ended. */
const going = (store: TaskStore, { id }: Schedule): Effect.Effect<Task | undefined, TaskError> =>
  Effect.map(store.list({ schedule: id, states: goingOn, limit: 1 }), ([task]) => task)

/** A task as the schedule says; `key` makes it one however often it is asked for. */
const start = (store: TaskStore, { hooks, id, kind, machine, name, request }: Schedule, key?: string) =>
  store.create({ kind, request, hooks, origin: "schedule", schedule: id, by: `the schedule ${name}`, machine, key })

/** Out of its turn. Fails with `NotNow` while a run of it has not ended. Called by several at once it is made once. */
export const startNow = Effect.fnUntraced(function* (
  store: TaskStore,
  schedule: Schedule
): Effect.fn.Return<Task, TaskError> {
  const last = yield* lastTask(store, schedule)
  const before = yield* going(store, schedule)
  if (before !== undefined) return yield* goesOn(before.id, before.state._tag, schedule.name)
  return yield* start(store, schedule, `${schedule.id}/after ${last?.id ?? "none"}`)
})

const turnOf = Effect.fnUntraced(function* (store: TaskStore, schedule: Schedule, now: number) {
  const verdict = Due.of(schedule, (yield* going(store, schedule)) !== undefined, now)
  if (verdict._tag === "Nothing") return undefined
  const { at } = verdict
  // Before it is noted: who dies in between starts the same task once more.
  const task = verdict._tag === "Start" ? yield* start(store, schedule, `${schedule.id}/${at}`) : undefined
  const missed = verdict._tag === "PassOver" ? { at, because: verdict.because } : null
  yield* store.schedules.looked(schedule.id, now, missed)
  return task
})

/** The tasks that were made. Called by several at once, or once more after a crash, each run is made once. */
export const turn = Effect.fnUntraced(function* (store: TaskStore): Effect.fn.Return<ReadonlyArray<Task>, TaskError> {
  const now = yield* Clock.currentTimeMillis
  const made: Array<Task> = []
  for (const schedule of yield* store.schedules.list) {
    const task = schedule.isOn ? yield* turnOf(store, schedule, now) : undefined
    if (task !== undefined) made.push(task)
  }
  return made
})
