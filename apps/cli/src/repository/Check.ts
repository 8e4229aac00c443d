/** `repo check`: whether everything is there and is what was written. */
import * as Checker from "@ourclone/backup/care/Checker"
import type { CheckEvent, CheckResult } from "@ourclone/backup/care/CheckProblem"
import * as CheckSubset from "@ourclone/backup/care/CheckSubset"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import * as ExitCode from "../ExitCode.ts"
import type { ReadingInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import * as Steps from "./Steps.ts"

export interface CheckFlags extends ReadingInput {
  readonly readData: boolean
  readonly readDataSubset: string | undefined
}

const subsetOf = Effect.fnUntraced(function* ({ readData, readDataSubset }: CheckFlags) {
  if (readData && readDataSubset !== undefined)
    return yield* ExitCode.usage("choose one of --read-data and --read-data-subset")
  if (readDataSubset === undefined) return readData ? CheckSubset.all : undefined
  const subset = CheckSubset.parse(readDataSubset)
  return typeof subset === "string" ? yield* ExitCode.usage(`--read-data-subset: ${subset}`) : subset
})

const stages = { trees: "checking folders", packs: "reading packs" }

const summaryJson = (result: CheckResult) => ({
  message_type: "summary",
  num_errors: result.errors,
  broken_packs: result.brokenPacks.length === 0 ? null : result.brokenPacks,
  suggest_repair_index: result.suggestRepairIndex,
  suggest_prune: result.suggestPrune
})

const summaryText = (result: CheckResult): string => {
  const read =
    result.packsRead > 0 ? `, ${Amount.count(result.packsRead)} packs (${Amount.bytes(result.bytesRead)}) read` : ""
  const looked = `${Amount.count(result.snapshots)} ${result.snapshots === 1 ? "snapshot" : "snapshots"}, ${Amount.count(result.trees)} folders, ${Amount.count(result.packs)} packs with ${Amount.count(result.blobs)} blobs${read}`
  return `${looked}: ${result.errors === 0 ? "no errors" : `${Amount.count(result.errors)} ${result.errors === 1 ? "error" : "errors"}`}`
}

const someOf = (ids: ReadonlyArray<string>): string => `${ids.slice(0, 3).join(" ")}${ids.length > 3 ? " …" : ""}`

/** What to do about it, one step a line. */
const advice = (result: CheckResult): ReadonlyArray<string> =>
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
    result.errors === 0 && result.suggestPrune
      ? "some files are not needed; remove them with: ourclone repo prune"
      : undefined
  ].filter((line) => line !== undefined)

export const run = (flags: CheckFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const readData = yield* subsetOf(flags)
      if (readData !== undefined) yield* Checker.prepare
      const repository = yield* open(output, flags)
      const working = Effect.gen(function* () {
        const steps = yield* Steps.show(output)
        let stage = ""
        let packsLeft = 0
        const report = (event: CheckEvent): void => {
          if (event._tag === "Progress") {
            // Both are done at the same time, and packs are shown while there are any to read.
            if (event.stage === "trees" && packsLeft > 0) return
            if (event.stage === "packs") packsLeft = event.total - event.done
            if (event.stage !== stage) steps.begin(stages[event.stage], event.total)
            stage = event.stage
            steps.done(event.done)
            return
          }
          const { message, severity } = event
          if (output.isJson) output.errorJson({ message_type: severity, message })
          else if (severity === "error") output.problem(`error: ${message}`)
          else output.note(`hint: ${message}`)
        }
        return yield* Checker.check(repository, { readData }, report)
      })
      const result = yield* locked(output, repository, flags, "exclusive", Effect.scoped(working))
      if (output.isJson) output.json(summaryJson(result))
      else {
        output.line(summaryText(result))
        for (const line of advice(result)) output.note(line)
      }
      if (result.errors > 0) return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
    })
  )
