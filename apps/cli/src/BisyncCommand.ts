/** `bisync`: from what was typed to an exit code. */
import * as Cost from "@ourclone/core/engine/Cost"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { Fact } from "@ourclone/core/events/RunEvent"
import type { RunView } from "@ourclone/core/events/RunView"
import { kind, type Summary } from "@ourclone/jobs/twoway/Bisync"
import type { Request } from "@ourclone/jobs/twoway/BisyncFields"
import * as Effect from "effect/Effect"
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

type Typed<Fields> = { readonly [Name in keyof Fields]: Fields[Name] | undefined }

type Flags = Typed<Omit<Request, keyof FilterInput | "first" | "second">> & {
  readonly first: string
  readonly second: string
  readonly filters: FilterInput
  readonly dryRun: boolean
  readonly progress: boolean
}

const sums = ({ conflicts, failed, removed, same, skipped, stored, storedBytes }: Summary): string =>
  [
    `${Amount.files(stored)} brought over (${Amount.bytes(storedBytes)})`,
    `${removed} removed`,
    Amount.counted(conflicts, "conflict"),
    `${same} the same`,
    `${skipped} skipped`,
    `${failed} failed`
  ].join(", ")

/** What would be done with one file, and where. */
const previewLine = (fact: Fact): string | undefined =>
  fact._tag === "Would"
    ? `${fact.deed === "removed" ? "-" : "+"} ${printable(fact.item)} (${printable(fact.because ?? "")})`
    : undefined

const optionsOf = (output: Output.Output, flags: Flags): JobRun.JobRunOptions =>
  flags.dryRun
    ? {
        isPreview: true,
        asksForProgress: "never",
        inWords: () => undefined,
        result: (fact) => {
          const line = previewLine(fact)
          if (line !== undefined) output.line(line)
          else if (fact._tag === "Note") output.note(printable(fact.message))
        }
      }
    : {
        isPreview: false,
        asksForProgress: flags.progress,
        inWords: TransferText.ofFact,
        result: (fact) => {
          if (fact._tag === "Note" && fact.code !== "removalsWithheld") output.note(printable(fact.message))
        },
        stopped: (view: RunView) => {
          for (const line of RunReport.failureLines(view)) output.problem(line)
        }
      }

/** Fails with `CommandStopped` when the command ends with a code of its own. */
export const run = Effect.fnUntraced(function* (flags: Flags) {
  Ending.endBy(endProcess)
  const output = yield* Output.make
  const { dryRun, filters, first, progress, second, ...rest } = flags
  const request: Request = {
    ...given(rest),
    ...(yield* filterRequest(filters)),
    first: absolute(first),
    second: absolute(second)
  }
  const { summary, view } = yield* JobRun.run(kind, request, output, optionsOf(output, flags))
  if (!output.isJson) output.note(`${sums(summary)}${dryRun ? ". Nothing was done: --dry-run" : ""}`)
  if (!output.isJson && (dryRun || !output.isVerbose)) {
    for (const line of RunReport.skipLines(view)) output.note(line)
  }
  if (summary.cost !== undefined && !output.isJson) output.note(`it ${Cost.words(summary.cost)}`)
  if (summary.failed === 0) return
  for (const line of [`${Amount.files(summary.failed)} failed:`, ...RunReport.failureLines(view)]) output.problem(line)
  if (!dryRun) return yield* new ExitCode.CommandStopped({ code: ExitCode.someFilesFailed, message: "" })
}, Effect.scoped)
