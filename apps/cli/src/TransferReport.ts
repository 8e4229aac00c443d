/** Telling people or programs about a plan, and about a transfer while it runs. */

import { StorageError } from "@ourclone/core/contract/StorageError"
import type { GuardStopped } from "@ourclone/core/engine/Guard"
import type { Plan } from "@ourclone/core/engine/Plan"
import type { Summary, TransferEvent } from "@ourclone/core/events/TransferEvent"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as Amount from "./Amount.ts"
import type { Output } from "./Output.ts"
import { printable } from "./PrintableText.ts"
import * as Progress from "./Progress.ts"
import * as ProgressState from "./ProgressState.ts"
import * as TransferJson from "./TransferJson.ts"
import * as TransferText from "./TransferText.ts"

export type Verb = "copy" | "move" | "remove"

const totalsText = ({ putBytes, putFiles, removals, same }: Plan["totals"], verb: Verb): string => {
  if (verb === "remove") return `${Amount.files(removals)} to remove`
  const removing = removals > 0 ? `, ${Amount.count(removals)} to remove` : ""
  return `${Amount.files(putFiles)} (${Amount.bytes(putBytes)}) to ${verb}${removing}, ${Amount.count(same)} the same`
}

/** Prints every action of the plan and the totals; gives how many there are that change something. */
export const print = Effect.fnUntraced(function* (plan: Plan, output: Output, verb: Verb) {
  let changes = 0
  yield* Stream.runForEachArray(plan.actions, (actions) =>
    Effect.sync(() => {
      for (const action of actions) {
        if (action._tag !== "Keep" && action._tag !== "Pass") changes++
        const text = output.isJson ? undefined : TransferText.ofAction(action, verb)
        if (output.isJson) output.json(TransferJson.ofAction(action))
        else if (text !== undefined) output.line(text)
      }
    })
  )
  if (output.isJson) output.json({ _tag: "Totals", ...plan.totals })
  else if (!output.isQuiet) output.line(`${totalsText(plan.totals, verb)}. Nothing was done: --dry-run`)
  return changes
})

const failures = (state: ProgressState.ProgressState): Array<string> => {
  const lines = state.failures.map(({ because, path }) => `  ${printable(path)}: ${printable(because)}`)
  const more = state.failed - state.failures.length
  return more > 0 ? [...lines, `  and ${Amount.files(more)} more`] : lines
}

const conclude = (output: Output, state: ProgressState.ProgressState, verb: Verb, wantsSummary: boolean) => {
  return (summary: Summary, seconds: number, withheld: number | undefined): void => {
    if (wantsSummary || summary.failed > 0) output.note(TransferText.ofSummary(summary, seconds, verb))
    if (!output.isVerbose && !output.isJson) {
      for (const [because, count] of state.skips) output.note(`skipped ${Amount.count(count)}: ${printable(because)}`)
    }
    if (withheld !== undefined) output.problem(TransferText.ofWithheld(withheld))
    if (summary.failed === 0) return
    for (const line of [`${Amount.files(summary.failed)} failed:`, ...failures(state)]) output.problem(line)
  }
}

/** Runs a transfer and tells about it in the way the flags ask for. */
export const watch = Effect.fnUntraced(function* <E>(
  plan: Plan,
  output: Output,
  verb: Verb,
  asksForProgress: boolean,
  execute: (
    plan: Plan,
    onEvent: (event: TransferEvent) => void
  ) => Effect.Effect<Summary, E | StorageError | GuardStopped>
) {
  const state = ProgressState.make()
  let isComplete = false
  let finished: Extract<TransferEvent, { readonly _tag: "Finished" }> | undefined
  let withheld: number | undefined
  const actions = Stream.ensuring(
    plan.actions,
    Effect.sync(() => {
      isComplete = true
    })
  )
  const onEvent = (event: TransferEvent): void => {
    ProgressState.apply(state, event)
    if (event._tag === "Finished") finished = event
    if (event._tag === "RemovalsWithheld") withheld = event.removals
    if (event._tag !== "Advanced") output.trace(() => JSON.stringify(TransferJson.ofEvent(event)))
    if (output.isJson && event._tag !== "Finished") output.json(TransferJson.ofEvent(event))
    if (!output.isVerbose) return
    const text = TransferText.ofEvent(event)
    if (text !== undefined) output.note(text)
  }
  const isShown = (output.isErrorTerminal && !output.isQuiet && !output.isJson) || asksForProgress
  const showing = isShown ? Progress.show(output, state, () => ({ totals: plan.totals, isComplete })) : Effect.void
  const running = Effect.andThen(showing, execute({ ...plan, actions }, onEvent))
  const summary = yield* Effect.scoped(running).pipe(
    Effect.onExit((exit) =>
      Effect.sync(() => {
        if (Exit.isSuccess(exit)) return
        const isInterrupted = Cause.hasInterruptsOnly(exit.cause)
        if (isInterrupted || (state.finishedFiles > 0 && Cause.squash(exit.cause) instanceof StorageError)) {
          const done = `${Amount.files(state.finishedFiles)} (${Amount.bytes(state.finishedBytes)})`
          output.note(`stopped after ${done}; the same command goes on from here`)
        }
        for (const line of failures(state)) output.problem(line)
      })
    )
  )
  const isSummed = (isShown || output.isVerbose) && !output.isJson
  return {
    summary,
    /** Tells how it ended, once the caller knows that this was what the user meant. */
    conclude: () => {
      if (finished !== undefined && output.isJson) output.json(finished)
      conclude(output, state, verb, isSummed)(summary, finished?.seconds ?? 0, withheld)
    }
  }
})
