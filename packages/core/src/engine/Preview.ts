/** What a transfer would do, as facts. Changes nothing. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { remedyField } from "../contract/Remedy.ts"
import type { StorageError } from "../contract/StorageError.ts"
import type { Fact } from "../events/RunEvent.ts"
import type { Tell } from "../events/Tell.ts"
import type { Action, Plan } from "./Plan.ts"
import * as PlannedFacts from "./PlannedFacts.ts"
import { empty, type TransferSummary } from "./TransferSummary.ts"

export interface PreviewOptions {
  readonly removesSource: boolean
  readonly tell: Tell
}

/** The fact about an entry that could not be taken up. */
export const passed = ({ entry }: Extract<Action, { readonly _tag: "Pass" }>): Fact => {
  const { because, isFailure, path, remedy } = entry
  return isFailure
    ? {
        _tag: "Failed",
        failure: { ...remedyField(remedy), code: "Unreadable", message: because, item: path, isRetryable: false }
      }
    : { ...remedyField(remedy), _tag: "Skipped", item: path, because }
}

const factOf = (action: Action, removesSource: boolean): Fact => {
  switch (action._tag) {
    case "Put": {
      const { because, file } = action
      return { _tag: "Would", deed: removesSource ? "moved" : "stored", item: file.path, bytes: file.size, because }
    }
    case "Touch":
      return { _tag: "Would", deed: "touched", item: action.file.path, because: action.because }
    case "Keep":
      return {
        _tag: "Would",
        deed: removesSource ? "moved" : "same",
        item: action.file.path,
        because: "same at the destination"
      }
    case "Remove":
      return { _tag: "Would", deed: "removed", item: action.path, bytes: action.size }
    case "MakeDirectory":
      return { _tag: "Would", deed: "directoryMade", item: action.path }
    case "RemoveDirectory":
      return { _tag: "Would", deed: "directoryRemoved", item: action.path }
    case "Pass":
      return passed(action)
  }
}

/** Tells of each action in the order of the plan; the summary counts what they would have done. */
export const preview = Effect.fnUntraced(function* (
  plan: Plan,
  { removesSource, tell }: PreviewOptions
): Effect.fn.Return<TransferSummary, StorageError> {
  const summary = empty()
  const count = (action: Action): void => {
    switch (action._tag) {
      case "Put":
        summary.stored++
        summary.storedBytes += action.file.size
        if (removesSource) summary.moved++
        return
      case "Touch":
        summary.touched++
        return
      case "Keep":
        if (removesSource) summary.moved++
        return
      case "Remove":
        summary.removed++
        return
      case "Pass":
        if (action.entry.isFailure) summary.failed++
        else summary.skipped++
    }
  }
  const actions = PlannedFacts.told(plan, tell, yield* Clock.Clock)
  yield* Stream.runForEachArray(actions, (some) => {
    for (const action of some) {
      count(action)
      tell.fact(factOf(action, removesSource))
    }
    return tell.room
  })
  summary.same = plan.totals.same - summary.touched
  return summary
})
