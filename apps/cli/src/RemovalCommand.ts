/** `rm`, `undelete` and `mkdir`. */

import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import * as MakeDirectory from "@ourclone/jobs/storage/MakeDirectory"
import * as Remove from "@ourclone/jobs/storage/Remove"
import * as Undelete from "@ourclone/jobs/storage/Undelete"
import * as Effect from "effect/Effect"
import { absolute } from "./AbsolutePlace.ts"
import * as ExitCode from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { filterRequest } from "./FilterRequest.ts"
import { given } from "./Given.ts"
import * as JobRun from "./JobRun.ts"
import * as Output from "./Output.ts"
import * as RunReport from "./RunReport.ts"
import * as TransferCommand from "./TransferCommand.ts"
import * as TransferText from "./TransferText.ts"

export const rm = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly recursive: boolean
  readonly versionId: string | undefined
  readonly dryRun: boolean
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  const { recursive, versionId } = flags
  const which = given({ recursive, versionId })
  const request = { path: absolute(flags.path), ...which, ...(yield* filterRequest(flags.filters)) }
  if (flags.dryRun) {
    return yield* Effect.asVoid(TransferCommand.preview(Remove.kind, request, output, "remove"))
  }
  const options = { isPreview: false, asksForProgress: false, inWords: TransferText.ofFact }
  const { summary, view } = yield* JobRun.run(Remove.kind, request, output, options)
  TransferCommand.conclude(output, view, summary, "remove", recursive && !output.isJson)
  if (summary.failed > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)

export const undelete = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly recursive: boolean
  readonly versionId: string | undefined
  readonly dryRun: boolean
  readonly filters: FilterInput
}) {
  const output = yield* Output.make
  const { dryRun, recursive, versionId } = flags
  const which = given({ recursive, versionId })
  const request = { path: absolute(flags.path), ...which, ...(yield* filterRequest(flags.filters)) }
  const result = (fact: Fact): void => {
    const text = dryRun ? TransferText.ofPreview(fact) : undefined
    if (text !== undefined) output.line(text)
  }
  const options = { isPreview: dryRun, asksForProgress: false, inWords: TransferText.ofFact, result }
  const { summary, view } = yield* JobRun.run(Undelete.kind, request, output, options)
  if (dryRun) {
    if (!output.isJson && !output.isQuiet) {
      output.line(`${Amount.files(summary.restored)} to bring back. Nothing was done: --dry-run`)
    }
    return
  }
  for (const because of Object.keys(view.skips)) output.note(`${printable(flags.path)}: ${because}`)
  if (!output.isJson && summary.same === 0) output.note(`${Amount.files(summary.restored)} brought back`)
  if (summary.failed === 0) return
  for (const line of [`${Amount.files(summary.failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
  return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)

export const mkdir = Effect.fnUntraced(function* (flags: {
  readonly path: string
  readonly createsBucket: boolean | undefined
}) {
  const output = yield* Output.make
  const options = { isPreview: false, asksForProgress: "never", inWords: TransferText.ofFact } as const
  const { path, ...rest } = flags
  yield* JobRun.run(MakeDirectory.kind, { ...given(rest), path: absolute(path) }, output, options)
}, Effect.scoped)
