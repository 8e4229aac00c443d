/** `task undo`. */
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as UndoKind from "@ourclone/tasks/undo/UndoKind"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import * as JobRun from "../JobRun.ts"
import * as Output from "../Output.ts"
import * as RunReport from "../RunReport.ts"
import * as TransferText from "../TransferText.ts"
import * as Tasks from "./Tasks.ts"

const took = ({ hidden, left, movedBack, restored }: UndoKind.Summary): string =>
  [
    `${Amount.files(restored)} brought back`,
    hidden === 0 ? undefined : `${Amount.files(hidden)} hidden that ${hidden === 1 ? "was" : "were"} new`,
    movedBack === 0 ? undefined : `${Amount.files(movedBack)} moved back`,
    left === 0 ? undefined : `${Amount.files(left)} left as ${left === 1 ? "it is" : "they are"}`
  ]
    .filter((part) => part !== undefined)
    .join(", ")

export const undo = Effect.fnUntraced(function* (flags: {
  readonly id: string
  readonly partly: boolean
  readonly dryRun: boolean
}) {
  const output = yield* Output.make
  const tasks = yield* Tasks.open
  const { id } = yield* tasks.load(flags.id)
  const request = { task: id, ...(flags.partly ? { partly: true } : {}) }
  const result = (fact: Fact): void => {
    const text = flags.dryRun ? TransferText.ofPreview(fact) : undefined
    if (text !== undefined) output.line(text)
    else if (fact._tag === "Note") output.note(printable(fact.message))
    else if (fact._tag === "Skipped") {
      output.problem(`can not be taken back: ${printable(fact.item)}: ${fact.because}`)
    }
  }
  const options = { isPreview: flags.dryRun, asksForProgress: false, inWords: TransferText.ofFact, result }
  const { summary, view } = yield* JobRun.run(UndoKind.make(tasks), request, output, options)
  if (!output.isJson) output.note(flags.dryRun ? `${took(summary)}. Nothing was done: --dry-run` : took(summary))
  if (summary.failed === 0) return
  for (const line of [`${Amount.files(summary.failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
  return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)
