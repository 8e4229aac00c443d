/** What the command line makes of the events of one run: progress, JSON lines, notes, and what is said at its end. */

import * as Amount from "@ourclone/core/events/Amount"
import type { Envelope } from "@ourclone/core/events/Envelope"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as RunView from "@ourclone/core/events/RunView"
import type { Sink } from "@ourclone/core/events/Tell"
import { ofWaiting } from "@ourclone/core/events/WaitingText"
import * as Effect from "effect/Effect"
import type { Output } from "./Output.ts"
import * as Progress from "./Progress.ts"
import * as WaitingNotes from "./WaitingNotes.ts"
import { told } from "./words/remedies.ts"

export interface ReportOptions {
  /** `--progress`; `never` for a run whose facts are what is printed. */
  readonly asksForProgress: boolean | "never"
  /** False where `--json` prints a result of its own rather than the events. */
  readonly printsEvents?: false
  /** What `--verbose` says of a fact. */
  readonly inWords: (fact: Fact) => string | undefined
  /** Takes facts that are the result itself, such as those of a preview; not where events are printed. Remarks are printed where it is absent. */
  readonly result?: (fact: Fact) => void
  /** What progress is shown of, where that is more than this run. */
  readonly shown?: (view: RunView.RunView) => RunView.RunView
}

export interface RunReport {
  readonly sink: Sink
  readonly view: () => RunView.RunView
}

/** Shows progress until the scope closes, where the flags and the terminal ask for it. */
export const make = Effect.fnUntraced(function* (output: Output, options: ReportOptions) {
  let view = RunView.empty
  const note = WaitingNotes.teller(output)
  const printsEvents = output.isJson && options.printsEvents !== false
  const isShown =
    options.asksForProgress !== "never" &&
    ((output.isErrorTerminal && !output.isQuiet && !output.isJson) || options.asksForProgress)

  const remarked = (fact: Fact): void => {
    if (fact._tag === "Note") output.note(printable(fact.message))
  }
  const verbose = (fact: Fact): void => {
    const text =
      fact._tag === "Waiting" && view.waiting !== undefined
        ? ofWaiting(view.waiting, view.lastAt ?? 0)
        : options.inWords(fact)
    if (text !== undefined) output.note(text)
  }
  const { result = remarked } = options
  const take = (envelope: Envelope): void => {
    const { event } = envelope
    view = RunView.fold(view, envelope)
    if (printsEvents) output.json(envelope)
    if (event._tag === "Progress") return
    output.trace(() => JSON.stringify(event))
    if (!printsEvents) result(event)
    if (output.isVerbose) verbose(event)
    else if (!isShown) note(view)
  }
  const sink: Sink = (batch) =>
    Effect.andThen(
      Effect.sync(() => batch.forEach(take)),
      output.room
    )
  if (isShown) yield* Progress.show(output, () => options.shown?.(view) ?? view)
  const report: RunReport = { sink, view: () => view }
  return report
})

/** A line for each reason why something was passed over, with what could be done about it. */
export const skipLines = ({ skips }: RunView.RunView): Array<string> =>
  Object.entries(skips).map(
    ([message, { count, remedy }]) => `skipped ${Amount.count(count)}: ${printable(told({ message, remedy }))}`
  )

/** A line for each failure that is kept, and one for the rest. */
export const failureLines = ({ failed, failures }: RunView.RunView): Array<string> => {
  const lines = failures.map(({ item = "", message }) => `  ${printable(item)}: ${printable(message)}`)
  const more = failed - failures.length
  return more > 0 ? [...lines, `  and ${Amount.files(more)} more`] : lines
}
