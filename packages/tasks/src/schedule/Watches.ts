/** The folders that schedules watch, as they stand now. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { isNotNow, type TaskError } from "../store/TaskError.ts"
import type { TaskStore } from "../store/TaskStore.ts"
import type { Schedule } from "../task/Schedule.ts"
import type { Task } from "../task/Task.ts"
import * as FolderWatch from "./FolderWatch.ts"
import * as Scheduler from "./Scheduler.ts"

export interface Watches {
  /** Watches what schedules say now, and starts those whose folder has changed; one that runs is started when it has ended. */
  readonly turn: Effect.Effect<ReadonlyArray<Task>, TaskError>
}

interface WatchesOptions {
  /** The others are left to another machine. */
  readonly isOurs?: (schedule: Schedule) => boolean
  readonly watch?: FolderWatch.Watch | undefined
  /** Hears of a folder that can not be watched, in words. */
  readonly onProblem?: (message: string) => void
}

/** Until the scope closes. `own` is where the program keeps its state: what changes there starts nothing. */
export const make = (
  store: TaskStore,
  own: string | undefined,
  { isOurs = () => true, onProblem = () => {}, watch = FolderWatch.make() }: WatchesOptions = {}
): Effect.Effect<Watches, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const watched = new Map<string, { readonly folder: string; readonly scope: Scope.Closeable }>()
    const changed = new Set<string>()

    const forget = Effect.fnUntraced(function* (id: string) {
      const known = watched.get(id)
      watched.delete(id)
      changed.delete(id)
      if (known !== undefined) yield* Scope.close(known.scope, Exit.void)
    })
    const take = Effect.fnUntraced(function* (schedule: Schedule, folder: string) {
      const { id, name } = schedule
      const within = yield* Scope.fork(scope)
      watched.set(id, { folder, scope: within })
      const last = yield* Scheduler.lastTask(store, schedule)
      const since = last?.createdAt ?? schedule.createdAt
      const failed = (because: string) =>
        onProblem(`the schedule ${name} can not watch ${folder}: ${because}; it is tried again by itself`)
      yield* Effect.provideService(
        watch({ folder, since, ...(own === undefined ? {} : { own }) }, () => void changed.add(id), failed),
        Scope.Scope,
        within
      )
    })

    const turn = Effect.gen(function* () {
      const made: Array<Task> = []
      const schedules = (yield* store.schedules.list).filter(isOurs)
      const wanted = new Map(schedules.flatMap(({ id, isOn, watch }) => (isOn && watch !== null ? [[id, watch]] : [])))
      for (const [id, { folder }] of watched) if (wanted.get(id) !== folder) yield* forget(id)
      for (const schedule of schedules) {
        const folder = wanted.get(schedule.id)
        if (folder !== undefined && !watched.has(schedule.id)) yield* take(schedule, folder)
      }
      for (const schedule of schedules) {
        if (!changed.has(schedule.id)) continue
        const started = yield* Effect.catchIf(Scheduler.startNow(store, schedule), isNotNow, () =>
          Effect.succeed(undefined)
        )
        if (started === undefined) continue
        changed.delete(schedule.id)
        made.push(started)
      }
      return made
    })
    return { turn }
  })
