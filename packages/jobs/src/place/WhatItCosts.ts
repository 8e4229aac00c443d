/** What a run would cost: said with what it would do, and held against what it may cost at most. */
import * as Cost from "@ourclone/core/engine/Cost"
import { LimitReached } from "@ourclone/core/engine/Limit"
import type { Tell } from "@ourclone/core/events/Tell"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"

/** The field of a summary that says what a preview found. */
export const costing = { cost: Schema.optionalKey(Cost.Cost) }

/** The field, or none: then nothing is charged, or a note says that nobody knows. */
export const costOf = (uses: ReadonlyArray<Cost.Use>, tell: Tell): { readonly cost?: Cost.Cost } => {
  const cost = Cost.of(uses)
  if (cost !== undefined) return { cost }
  const unknown = Cost.unknownOf(uses)
  if (unknown.length > 0) tell.fact({ _tag: "Note", code: "costNotKnown", message: Cost.notKnown(unknown) })
  return {}
}

/**
 * Fails with `LimitReached` where it would cost more, and with `InvalidJob` where nobody knows what it costs; where that is so
 * of a part, a note says of which.
 */
export const refuse = (
  uses: ReadonlyArray<Cost.Use>,
  most: number,
  tell: Tell
): Effect.Effect<void, LimitReached | InvalidJob> => {
  const cost = Cost.of(uses)
  const unknown = Cost.unknownOf(uses)
  if (cost !== undefined) {
    const message = Cost.refusal(cost, most)
    if (message !== undefined) return Effect.fail(new LimitReached({ message }))
    if (unknown.length > 0) tell.fact({ _tag: "Note", code: "costNotKnown", message: Cost.partNotKnown(unknown) })
    return Effect.void
  }
  return unknown.length === 0
    ? Effect.void
    : Effect.fail(new InvalidJob({ field: "maxCost", message: Cost.notKnown(unknown) }))
}
