/** Where schedules live: beside the tasks that they start. */
import type * as Effect from "effect/Effect"
import type { Plan, Schedule } from "../task/Schedule.ts"
import type { TaskError } from "./TaskError.ts"

type Answer<A> = Effect.Effect<A, TaskError>

export interface ScheduleStore {
  /** Due from now on. Fails with `ScheduleExists` where another has the name. */
  readonly create: (plan: Plan, by: string | null) => Answer<Schedule>
  /** By id, or by name. Fails with `NoSchedule`. */
  readonly load: (id: string) => Answer<Schedule>
  /** By name. */
  readonly list: Answer<ReadonlyArray<Schedule>>
  /** Another expression, or being switched on, makes it due from now on. Fails with `NoSchedule` or `ScheduleExists`. */
  readonly change: (id: string, change: Partial<Plan>) => Answer<Schedule>
  /** The tasks that it made stay. Fails with `NoSchedule`. */
  readonly remove: (id: string) => Answer<void>
  /** What was due until `lookedAt` has been seen to. */
  readonly looked: (id: string, lookedAt: number, missed: Schedule["lastMissed"]) => Answer<void>
}
