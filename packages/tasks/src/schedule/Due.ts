/** What a schedule wants done now. Pure: the clock and the last task come from outside. */
import * as Result from "effect/Result"
import type { Schedule } from "../task/Schedule.ts"
import type { Task } from "../task/Task.ts"
import { hasEnded } from "../task/TaskState.ts"
import * as When from "./When.ts"

export type Verdict =
  | { readonly _tag: "Nothing" }
  /** The run that is of that moment. */
  | { readonly _tag: "Start"; readonly at: number }
  | { readonly _tag: "PassOver"; readonly at: number; readonly because: string }

const nothing: Verdict = { _tag: "Nothing" }

/** `last` is the newest task of the schedule. Of several runs that are due only the newest is made. */
export const of = (schedule: Schedule, last: Task | undefined, now: number): Verdict => {
  if (!schedule.isOn) return nothing
  const when = Result.getOrElse(When.parse(schedule), () => undefined)
  if (when === undefined) return nothing
  const at = when.last(now)
  if (at <= schedule.lookedAt) return nothing
  if (now - at > When.graceMillis && schedule.missed === "skip") {
    return { _tag: "PassOver", at, because: "nothing was running then that could have started it" }
  }
  if (last !== undefined && !hasEnded(last.state)) {
    return { _tag: "PassOver", at, because: "the run before had not ended" }
  }
  return { _tag: "Start", at }
}
