/** `repo check`: whether everything is there and is what was written. */

import * as Amount from "@ourclone/core/events/Amount"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind, type Summary } from "@ourclone/jobs/repository/CheckJob"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"
import * as Steps from "./Steps.ts"

export interface CheckFlags extends ReadingInput {
  readonly readData: boolean
  readonly readDataSubset: string | undefined
  readonly withCache: boolean
}

const summaryJson = (result: Summary) => ({
  message_type: "summary",
  num_errors: result.errors,
  broken_packs: result.brokenPacks.length === 0 ? null : result.brokenPacks,
  suggest_repair_index: result.suggestRepairIndex,
  suggest_prune: result.suggestPrune
})

const summaryText = (result: Summary): string => {
  const read =
    result.packsRead > 0 ? `, ${Amount.counted(result.packsRead, "pack")} (${Amount.bytes(result.bytesRead)}) read` : ""
  const looked = `${Amount.counted(result.snapshots, "snapshot")}, ${Amount.counted(result.trees, "folder")}, ${Amount.counted(result.packs, "pack")} with ${Amount.counted(result.blobs, "blob")}${read}`
  return `${looked}: ${result.errors === 0 ? "no errors" : Amount.counted(result.errors, "error")}`
}

const someOf = (ids: ReadonlyArray<string>): string => `${ids.slice(0, 3).join(" ")}${ids.length > 3 ? " …" : ""}`

/** What to do about it, one step a line. */
const advice = (result: Summary): ReadonlyArray<string> =>
  [
    result.suggestRepairIndex ? "mend the index with: ourclone repo repair index" : undefined,
    result.brokenPacks.length > 0
      ? `save what can be read of damaged packs with: ourclone repo repair packs ${someOf(result.brokenPacks)}`
      : undefined,
    result.suggestRepairSnapshots
      ? `${result.suggestRepairIndex || result.brokenPacks.length > 0 ? "check again, and if errors are left, " : ""}mend snapshots with: ourclone repo repair snapshots`
      : undefined,
    result.unreadableSnapshots.length > 0
      ? `remove snapshots that can not be read with: ourclone forget ${someOf(result.unreadableSnapshots.map((id) => id.slice(0, 8)))}`
      : undefined,
    result.suggestPrune && !result.suggestRepairSnapshots && result.unreadableSnapshots.length === 0
      ? "some files are not needed; remove them with: ourclone repo prune"
      : undefined
  ].filter((line) => line !== undefined)

/** Both are done at the same time, and packs are shown while there are any to read. */
const showProgress = (steps: Steps.Steps, figures: Readonly<Record<string, number>>): void => {
  const { packs = 0, totalPacks = 0, totalTrees = 0, trees = 0 } = figures
  const readsPacks = packs < totalPacks
  if (readsPacks) steps.begin("reading packs", totalPacks)
  else steps.begin("checking folders", totalTrees)
  steps.done(readsPacks ? packs : trees)
}

const tellProblem = (output: Output, severity: "error" | "hint", message: string): void => {
  if (output.isJson) output.errorJson({ message_type: severity, message })
  else if (severity === "error") output.problem(`error: ${message}`)
  else output.note(`hint: ${message}`)
}

const teller = (output: Output, steps: Steps.Steps) => (event: RunEvent) => {
  if (event._tag === "Progress") showProgress(steps, event.figures ?? {})
  if (event._tag === "Failed") tellProblem(output, "error", event.failure.message)
  if (event._tag === "Note") tellProblem(output, "hint", event.message)
}

export const run = (flags: CheckFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { readData, readDataSubset, withCache } = flags
      if (readData && readDataSubset !== undefined) {
        return yield* ExitCode.usage("choose one of --read-data and --read-data-subset")
      }
      const { access, passwords } = yield* accessOf(flags)
      const steps = Steps.make(output)
      const request = { ...access, readData, withCache, ...given({ readDataSubset }) }
      const view = { onEvent: teller(output, steps), show: steps.show }
      const result = yield* RepositoryJob.run(output, kind, request, view, { passwords })
      if (output.isJson) output.json(summaryJson(result))
      else {
        output.line(summaryText(result))
        for (const line of advice(result)) output.note(line)
      }
      if (result.errors > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
    })
  )
