/** What copy, move and sync share: from what was typed to an exit code. */

import { isStorageError } from "@ourclone/core/contract/StorageError"
import * as Cost from "@ourclone/core/engine/Cost"
import { LimitReached } from "@ourclone/core/engine/Limit"
import type { TransferSummary } from "@ourclone/core/engine/TransferSummary"
import * as Amount from "@ourclone/core/events/Amount"
import * as KeptVersions from "@ourclone/core/events/KeptVersions"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunView } from "@ourclone/core/events/RunView"
import type { JobKind } from "@ourclone/jobs/kind/JobKind"
import type { Request } from "@ourclone/jobs/transfer/TransferRun"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { absolute } from "./AbsolutePlace.ts"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import { endProcess } from "./process/EndProcess.ts"
import * as RunReport from "./RunReport.ts"
import * as TransferText from "./TransferText.ts"

/** Fields of a request as flags give them: what was not given is `undefined`. */
type Typed<Fields> = { readonly [Name in keyof Fields]: Fields[Name] | undefined }

type Flags = Typed<Omit<Request, keyof FilterInput | "toName" | "source" | "destination" | "at" | "versionId">> & {
  readonly at?: number | undefined
  readonly versionId?: string | undefined
  readonly source: string
  readonly destination: string
  readonly filters: FilterInput
  readonly dryRun: boolean
  readonly progress: boolean
  readonly errorOnNoTransfer: boolean
}

/** Prints the end of a run that came to it. */
export const conclude = (
  output: Output.Output,
  view: RunView,
  summary: TransferSummary,
  verb: TransferText.Verb,
  isSummed: boolean
): void => {
  const seconds = ((view.lastAt ?? 0) - (view.beganAt ?? 0)) / 1000
  if (isSummed || summary.failed > 0) output.note(TransferText.ofSummary(summary, seconds, verb))
  if (!output.isVerbose && !output.isJson) {
    for (const line of RunReport.skipLines(view)) output.note(line)
  }
  if (summary.withheld !== undefined) output.problem(TransferText.ofWithheld(summary.withheld))
  if (summary.failed === 0) return
  for (const line of [`${Amount.files(summary.failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
}

const stopped = (output: Output.Output) => (view: RunView, exit: Exit.Failure<unknown, unknown>) => {
  const { deeds, settledBytes } = view
  const files = (deeds.stored ?? 0) + (deeds.copied ?? 0) + (deeds.moved ?? 0)
  const error = Cause.squash(exit.cause)
  // By a signal, or by somebody who cancelled it elsewhere.
  const isStopped = error instanceof ExitCode.CommandStopped
  const isCancelled = Cause.hasInterruptsOnly(exit.cause) || (isStopped && error.code === ExitCode.interrupted)
  const isLimited = error instanceof LimitReached
  if (isCancelled || isLimited || (files > 0 && (isStorageError(error) || isStopped))) {
    // A limit says so itself.
    const goesOn = isLimited ? "" : "; the same command goes on from here"
    output.note(`stopped after ${Amount.files(files)} (${Amount.bytes(settledBytes)})${goesOn}`)
  }
  for (const line of RunReport.failureLines(view)) output.problem(line)
}

const changesOf = (summary: TransferSummary): number =>
  summary.stored + summary.copied + summary.touched + summary.removed + summary.moved

/** Prints what would be done, then how much that is. */
export const preview = <Asked>(
  kind: JobKind<string, Asked, TransferSummary>,
  request: Asked,
  output: Output.Output,
  verb: TransferText.Verb
) => {
  const total = ({ planned }: RunView): void => {
    if (output.isJson || output.isQuiet || !planned.isFinal) return
    output.line(`${TransferText.ofPlanned(planned, verb)}. Nothing was done: --dry-run`)
  }
  let kept: KeptVersions.KeptVersions | undefined
  const loses = { replaced: false, removed: false }
  return JobRun.run(kind, request, output, {
    isPreview: true,
    asksForProgress: "never",
    inWords: () => undefined,
    result: (fact) => {
      kept ??= KeptVersions.of(fact)
      if (fact._tag === "Would" && fact.deed === "removed") loses.removed = true
      if (fact._tag === "Would" && TransferText.replaces(fact)) loses.replaced = true
      const text = TransferText.ofPreview(fact)
      if (text !== undefined) output.line(text)
      else if (fact._tag === "Note") output.note(printable(fact.message))
    },
    stopped: total
  }).pipe(
    Effect.tap(({ summary, view }) =>
      Effect.sync(() => {
        total(view)
        if (kept !== undefined && !output.isJson) {
          if (loses.replaced) output.note(`what is overwritten: ${printable(KeptVersions.ofReplaced(kept))}`)
          if (loses.removed) output.note(`what is removed: ${printable(KeptVersions.ofRemoved(kept))}`)
        }
        if (summary.cost !== undefined && !output.isJson) output.note(`it ${Cost.words(summary.cost)}`)
      })
    )
  )
}

/** Does it, and prints what came of it. */
export const perform = Effect.fnUntraced(function* <Asked>(
  kind: JobKind<string, Asked, TransferSummary>,
  request: Asked,
  output: Output.Output,
  verb: TransferText.Verb,
  { asksForProgress, input }: Pick<JobRun.JobRunOptions, "asksForProgress" | "input">
) {
  const options: JobRun.JobRunOptions = {
    isPreview: false,
    asksForProgress,
    input,
    inWords: TransferText.ofFact,
    stopped: stopped(output),
    result: (fact) => {
      // What was withheld is said with the sums.
      if (fact._tag === "Note" && fact.code !== "removalsWithheld") output.note(printable(fact.message))
    }
  }
  const { summary, view } = yield* JobRun.run(kind, request, output, options)
  conclude(output, view, summary, verb, !output.isJson)
  if (summary.failed > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
  return summary
})

const folders = ["backupDir", "compareDest", "copyDest"] as const

const absoluteOf = (typed: Typed<Pick<Request, (typeof folders)[number]>>) =>
  Object.fromEntries(folders.flatMap((name) => (typed[name] === undefined ? [] : [[name, absolute(typed[name])]])))

/** Runs it. Fails with `CommandStopped` when the command ends with a code of its own. */
export const run = Effect.fnUntraced(function* (
  kind: JobKind<string, Request, TransferSummary>,
  flags: Flags,
  /** Of `copyto` and `moveto`. */
  toName = false
) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const { destination, dryRun, errorOnNoTransfer, filters, progress, source, ...rest } = flags
  const request: Request = {
    ...given(rest),
    ...(yield* filterRequest(filters)),
    ...(toName ? { toName } : {}),
    ...absoluteOf(rest),
    source: absolute(source),
    destination: absolute(destination)
  }
  const verb = kind.type === "move" ? "move" : "copy"
  const summary = dryRun
    ? (yield* preview(kind, request, output, verb)).summary
    : yield* perform(kind, request, output, verb, { asksForProgress: progress })
  if (errorOnNoTransfer && changesOf(summary) === 0) {
    return yield* new ExitCode.CommandStopped({ code: ExitCode.nothingToDo, message: "" })
  }
}, Effect.scoped)
