/** What a schedule wants done now. Pure: what it is told comes from outside. */
import * as Result from "effect/Result"
import type { Schedule } from "../task/Schedule.ts"
import * as When from "./When.ts"

export type Verdict =
  | { readonly _tag: "Nothing" }
  /** The run that is of that moment. */
  | { readonly _tag: "Start"; readonly at: number }
  | { readonly _tag: "PassOver"; readonly at: number; readonly because: string }

const nothing: Verdict = { _tag: "Nothing" }

/** `isGoing` where a run of it has not ended. Of several runs that are due only the newest is made. */
export const of = (schedule: Schedule, isGoing: boolean, now: number): Verdict => {
  if (!schedule.isOn) return nothing
  const when = Result.getOrElse(When.parse(schedule), () => undefined)
  if (when === undefined) return nothing
  const at = when.last(now)
  if (at <= schedule.lookedAt) return nothing
  if (now - at > When.graceMillis && schedule.missed === "skip") {
    return { _tag: "PassOver", at, because: "nothing was running then that could have started it" }
  }
  if (isGoing) return { _tag: "PassOver", at, because: "the run before had not ended" }
  return { _tag: "Start", at }
}
