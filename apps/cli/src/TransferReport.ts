/** Telling people or programs about a plan, and about a transfer while it runs. */
import { StorageError } from "@ourclone/core/contract/StorageError"
import type { GuardStopped } from "@ourclone/core/engine/Guard"
import type { Plan } from "@ourclone/core/engine/Plan"
import { preview } from "@ourclone/core/engine/Preview"
import type { TransferSummary } from "@ourclone/core/engine/TransferSummary"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { RunView } from "@ourclone/core/events/RunView"
import * as Tell from "@ourclone/core/events/Tell"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Amount from "./Amount.ts"
import type { Output } from "./Output.ts"
import { printable } from "./PrintableText.ts"
import * as RunReport from "./RunReport.ts"
import * as TransferText from "./TransferText.ts"

export type { Verb } from "./TransferText.ts"

const running = Effect.fnUntraced(function* <A, E>(
  report: RunReport.RunReport,
  execute: (tell: Tell.Tell) => Effect.Effect<A, E>
) {
  const { flush, pump, tell } = yield* Tell.make(report.sink)
  return yield* Effect.raceFirst(execute(tell), pump).pipe(
    Effect.catchTag("SinkFailed", Effect.die),
    Effect.ensuring(Effect.ignore(flush))
  )
})

/** Prints every action of the plan and the totals; gives how many there are that change something. */
export const print = Effect.fnUntraced(function* (plan: Plan, output: Output, verb: TransferText.Verb) {
  let changes = 0
  const result = (fact: Fact): void => {
    if (fact._tag === "Would") changes++
    const text = TransferText.ofPreview(fact)
    if (text !== undefined) output.line(text)
  }
  const report = yield* RunReport.make(output, { asksForProgress: false, inWords: () => undefined, result })
  yield* running(report, (tell) => preview(plan, { removesSource: verb === "move", tell }))
  if (!output.isJson && !output.isQuiet) {
    output.line(`${TransferText.ofPlanned(report.view().planned, verb)}. Nothing was done: --dry-run`)
  }
  return changes
}, Effect.scoped)

const conclude = (
  output: Output,
  view: RunView,
  verb: TransferText.Verb,
  isSummed: boolean,
  summary: TransferSummary
) => {
  const seconds = ((view.lastAt ?? 0) - (view.beganAt ?? 0)) / 1000
  if (isSummed || summary.failed > 0) output.note(TransferText.ofSummary(summary, seconds, verb))
  if (!output.isVerbose && !output.isJson) {
    for (const [because, count] of Object.entries(view.skips)) {
      output.note(`skipped ${Amount.count(count)}: ${printable(because)}`)
    }
  }
  if (summary.withheld !== undefined) output.problem(TransferText.ofWithheld(summary.withheld))
  if (summary.failed === 0) return
  for (const line of [`${Amount.files(summary.failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
}

/** Runs a transfer and tells about it in the way the flags ask for. */
export const watch = Effect.fnUntraced(function* <E>(
  output: Output,
  verb: TransferText.Verb,
  asksForProgress: boolean,
  execute: (tell: Tell.Tell) => Effect.Effect<TransferSummary, E | StorageError | GuardStopped>
) {
  const shown = Effect.gen(function* () {
    const report = yield* RunReport.make(output, { asksForProgress, inWords: TransferText.ofFact })
    const summary = yield* running(report, (tell) =>
      Effect.tap(execute(tell), (summary) =>
        Effect.sync(() => tell.fact({ _tag: "Finished", outcome: "done", summary: { ...summary } }))
      )
    ).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit)) return
          const { deeds, done } = report.view()
          const files = (deeds.stored ?? 0) + (deeds.copied ?? 0) + (deeds.moved ?? 0)
          const isInterrupted = Cause.hasInterruptsOnly(exit.cause)
          if (isInterrupted || (files > 0 && Cause.squash(exit.cause) instanceof StorageError)) {
            output.note(
              `stopped after ${Amount.files(files)} (${Amount.bytes(done.bytes)}); the same command goes on from here`
            )
          }
          for (const line of RunReport.failureLines(report.view())) output.problem(line)
        })
      )
    )
    return { report, summary }
  })
  const { report, summary } = yield* Effect.scoped(shown)
  const isSummed = (report.isShown || output.isVerbose) && !output.isJson
  /** Tells how it ended, once the caller knows that this was what the user meant. */
  return { summary, conclude: () => conclude(output, report.view(), verb, isSummed, summary) }
})
