/** Tells those who want to hear of it how tasks end, which ones wait for somebody, and that schedules have no good run. */
import type { Surroundings } from "@ourclone/core/configuration/Secret"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as When from "../schedule/When.ts"
import type { Delivery } from "../store/DeliveryStore.ts"
import type { TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Schedule } from "../task/Schedule.ts"
import type { Task } from "../task/Task.ts"
import { hasEnded, needsSomebody } from "../task/TaskState.ts"
import * as Message from "./Message.ts"
import * as Sending from "./Sending.ts"
import * as Target from "./Target.ts"

export interface NotifierOptions {
  readonly store: TaskStore
  /** The path of the configuration. */
  readonly configuration: string
  readonly surroundings: Surroundings
}

/** Where the changes of tasks have been seen to. */
const seen = "notified"
const piece = 500
const atOnce = 4

const minute = 60_000
/** After each try that failed; then it is given up. */
const pauses = [5_000, 5 * minute, 30 * minute, 120 * minute, 300 * minute, 600 * minute]

const scheduleOf = (task: Task, schedules: ReadonlyArray<Schedule>): Schedule | undefined =>
  schedules.find(({ id }) => id === task.schedule)

/** The task of the same schedule that ended before this one. */
const beforeOf = Effect.fnUntraced(function* (store: TaskStore, { id, schedule }: Task) {
  if (schedule === null) return undefined
  const earlier = yield* store.list({ schedule, before: id, states: ["Done", "Failed"], limit: 1 })
  return earlier[0]
})

/** Whether two runs were due since it had a good one, or since it is there. */
export const lacksSuccess = (schedule: Schedule, now: number): boolean => {
  const when = schedule.isOn ? Result.getOrElse(When.parse(schedule), () => undefined) : undefined
  if (when === undefined) return false
  const since = Math.max(schedule.createdAt, schedule.lastSuccessAt ?? 0)
  // The last one may still run.
  return when.last(when.last(when.last(now) - 1) - 1) > since
}

const note = Effect.fnUntraced(function* (
  store: TaskStore,
  targets: ReadonlyArray<Target.NamedTarget>,
  key: string,
  message: Message.Message
) {
  const schedule = message.data.schedule ?? undefined
  for (const { name, target } of targets) {
    if (!Target.wants(target, message.occasion, schedule)) continue
    yield* store.deliveries.add(name, key, JSON.stringify(message))
  }
})

const noteChanges = Effect.fnUntraced(function* (
  store: TaskStore,
  targets: ReadonlyArray<Target.NamedTarget>,
  schedules: ReadonlyArray<Schedule>
) {
  const after = yield* store.deliveries.mark(seen)
  // What happened before anybody wanted to hear of it is not told.
  if (after === 0 || targets.length === 0) {
    const position = yield* store.position
    return position === after ? undefined : yield* store.deliveries.setMark(seen, position)
  }
  const { last, tasks } = yield* store.changes(after, piece)
  for (const task of tasks) {
    if (task.isRecord || !(hasEnded(task.state) || needsSomebody(task.state))) continue
    const message = Message.ofTask(task, yield* beforeOf(store, task), scheduleOf(task, schedules))
    if (message !== undefined) yield* note(store, targets, `${task.id}/${task.take}/${task.state._tag}`, message)
  }
  if (last !== after) yield* store.deliveries.setMark(seen, last)
})

const deliver = Effect.fnUntraced(function* (
  { store, surroundings }: NotifierOptions,
  targets: ReadonlyArray<Target.NamedTarget>,
  { body, createdAt, id, target: name, tries }: Delivery
) {
  const found = targets.find((target) => target.name === name)
  if (found === undefined) return yield* store.deliveries.failed(id, "it is not configured any more", null)
  const sent = { id: `msg_${id}`, at: createdAt, message: JSON.parse(body) as Message.Message }
  const now = yield* Clock.currentTimeMillis
  yield* Effect.matchEffect(Sending.send(found.target, { ...sent, at: now }, surroundings), {
    onSuccess: () => store.deliveries.sent(id),
    onFailure: (error) => {
      const pause = pauses[tries]
      return store.deliveries.failed(id, error, pause === undefined ? null : now + pause)
    }
  })
})

/** Called by one at a time, as often as one likes. A crash in between delivers at least once, under the same id. */
export const turn = Effect.fnUntraced(function* (
  options: NotifierOptions
): Effect.fn.Return<void, TaskError | { readonly message: string }> {
  const { configuration, store } = options
  const targets = yield* Target.read(configuration)
  const schedules = yield* store.schedules.list
  yield* noteChanges(store, targets, schedules)
  const now = yield* Clock.currentTimeMillis
  for (const schedule of schedules) {
    if (!lacksSuccess(schedule, now)) continue
    yield* note(store, targets, `absence/${schedule.id}/${schedule.lastSuccessAt}`, Message.ofAbsence(schedule))
  }
  const due = yield* store.deliveries.due(100)
  yield* Effect.forEach(due, (delivery) => deliver(options, targets, delivery), { concurrency: atOnce, discard: true })
})
