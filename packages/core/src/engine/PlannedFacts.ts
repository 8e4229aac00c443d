/** Telling how much a plan holds, while it is made and in the end. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Tell } from "../events/Tell.ts"
import type { Plan, Totals } from "./Plan.ts"

/** Between two facts about a plan that still grows. */
const betweenMillis = 500

const planned = ({ putBytes, putFiles, removals, same }: Totals, isFinal: boolean) =>
  ({ _tag: "Planned", files: putFiles, bytes: putBytes, removals, same, isFinal }) as const

/** The actions of `plan`, which tell of its totals as they pass: the first ones, now and then, and at the end. */
export const told = (plan: Plan, tell: Tell, clock: Clock.Clock): Plan["actions"] => {
  let dueAt = 0
  const passing = () => {
    const now = clock.currentTimeMillisUnsafe()
    if (now < dueAt) return
    dueAt = now + betweenMillis
    tell.fact(planned(plan.totals, false))
  }
  const end = Effect.sync(() => tell.fact(planned(plan.totals, true)))
  return plan.actions.pipe(
    Stream.mapArray((actions) => {
      passing()
      return actions
    }),
    Stream.concat(Stream.drain(Stream.fromEffect(end)))
  )
}
