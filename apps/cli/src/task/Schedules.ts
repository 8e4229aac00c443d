/** Schedules of this machine, or of the service that `--server` names: what commands ask of them is the same. */
import { existsSync } from "node:fs"
import type { Remotes } from "@ourclone/core/configuration/Remotes"
import * as SavePlan from "@ourclone/tasks/schedule/SavePlan"
import * as Scheduler from "@ourclone/tasks/schedule/Scheduler"
import type { Plan, Schedule } from "@ourclone/tasks/task/Schedule"
import type { Served } from "@ourclone/tasks/task/ServedSchedule"
import type { Task } from "@ourclone/tasks/task/Task"
import * as Effect from "effect/Effect"
import { type CommandError, usage } from "../ExitCode.ts"
import { server } from "../far/Server.ts"
import type { Output } from "../Output.ts"
import * as Journal from "./Journal.ts"
import { launch } from "./Launch.ts"
import { surroundings } from "./Surroundings.ts"
import * as Unserved from "./Unserved.ts"
import { userName } from "./UserName.ts"

type Answer<A> = Effect.Effect<A, CommandError>

export interface Schedules {
  readonly list: Answer<ReadonlyArray<Served>>
  /** By name, or by id. */
  readonly load: (name: string) => Answer<Served>
  readonly create: (plan: Plan) => Answer<Schedule>
  readonly turn: (name: string, isOn: boolean) => Answer<Schedule>
  readonly remove: (name: string) => Answer<void>
  /** The task that does what it does, now. Fails while a run of it has not ended. */
  readonly start: (schedule: Schedule) => Answer<Task>
  /** Whether a folder is accepted that is to be watched, and is not there yet. */
  readonly isAwaited: (folder: string) => boolean
  /** Says where nobody starts them. */
  readonly noteUnserved: (output: Output) => Answer<void>
}

const here = Effect.gen(function* () {
  const store = yield* Journal.openToLook
  const around = yield* surroundings
  const context = yield* Effect.context<Remotes | Effect.Services<ReturnType<typeof launch>>>()
  const withLast = (schedule: Schedule) =>
    Effect.map(Scheduler.lastTask(store, schedule), (last): Served => ({ schedule, last }))
  return {
    list: Effect.flatMap(store.schedules.list, (all) => Effect.forEach(all, withLast)),
    load: (name) => Effect.flatMap(store.schedules.load(name), withLast),
    create: (plan) =>
      SavePlan.create(store, plan, userName(), around).pipe(
        Effect.catchTag("InvalidJob", ({ message }) => usage(message)),
        Effect.provideContext(context)
      ),
    turn: (name, isOn) => store.schedules.change(name, { isOn }),
    remove: (name) => Effect.flatMap(store.schedules.load(name), ({ id }) => store.schedules.remove(id)),
    start: (schedule) =>
      Effect.provideContext(
        Effect.flatMap(Scheduler.startNow(store, schedule), (task) => launch(store, task)),
        context
      ),
    isAwaited: (folder) => !existsSync(folder),
    noteUnserved: (output) => Unserved.note(output, store, "schedule")
  } satisfies Schedules
})

export const open = Effect.gen(function* () {
  const service = yield* server
  return service === undefined ? yield* here : service.schedules
})
