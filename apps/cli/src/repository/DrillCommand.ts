/** `repo drill`: a restore for practice, and its report. */
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { RunEvent } from "@ourclone/core/events/RunEvent"
import { kind, type Request, type Summary } from "@ourclone/jobs/repository/DrillJob"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import * as Steps from "./Steps.ts"

export interface DrillFlags extends ReadingInput, SnapshotFilterInput {
  readonly snapshot: string
  readonly sample: string
  readonly seed: string | undefined
  readonly temporary: string | undefined
  readonly report: string | undefined
}

const sampleOf = (text: string): Effect.Effect<Request["sample"], ExitCode.CommandStopped> => {
  const [, number, percent] = /^(\d{1,9}(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(number)
  if (percent === "%" && value > 0 && value <= 100) return Effect.succeed({ percent: value })
  if (percent === "" && Number.isInteger(value) && value > 0) return Effect.succeed({ files: value })
  return ExitCode.usage(`--sample: "${text}" must be a number of files, or a share of them such as 5%`)
}

const lines = (report: Summary): ReadonlyArray<string> => [
  `snapshot     ${report.snapshot.slice(0, 8)}, seed ${printable(report.seed)}`,
  `restored     ${Amount.files(report.files)} of ${Amount.count(report.candidates)}, ${Amount.bytes(report.bytes)} in ${Amount.duration(report.durationMilliseconds / 1000)}`,
  `as recorded  ${Amount.count(report.files - report.unreadable.length)}`,
  `as on disk   ${Amount.count(report.equalToSource)}; ${Amount.count(report.changedSince.length)} changed since, ${Amount.count(report.withoutSource)} not there to compare with`,
  report.passed ? "passed" : "failed"
]

const writeReport = (file: string, report: Summary) =>
  Effect.try({
    try: () => writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`),
    catch: (error) =>
      new ExitCode.CommandStopped({
        code: ExitCode.failed,
        message: `--report "${file}" can not be written: ${SystemFailure.textOf(error)}`
      })
  })

const teller = (output: Output, steps: Steps.Steps) => (event: RunEvent) => {
  if (event._tag === "Progress") steps.done(event.files)
  if (event._tag !== "Done" || !output.isVerbose || output.isJson) return
  output.note(`restored ${printable(event.item)} (${Amount.bytes(event.bytes ?? 0)})`)
}

const tellReport = (output: Output, report: Summary): void => {
  if (output.isJson) {
    output.json({ message_type: "drill", ...report })
    return
  }
  for (const { message, path } of [...report.mismatches, ...report.unreadable]) {
    output.problem(`error: ${path}: ${message}`)
  }
  for (const line of lines(report)) output.line(line)
}

export const run = (flags: DrillFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { seed, snapshot, temporary } = flags
      const sample = yield* sampleOf(flags.sample)
      const { access, passwords } = yield* accessOf(flags)
      const request = {
        ...access,
        ...filterOf(flags),
        snapshot,
        sample,
        ...given({ seed, temporary: temporary === undefined ? undefined : resolve(temporary) })
      }
      const steps = Steps.make(output)
      steps.begin("restoring")
      const view = { onEvent: teller(output, steps), show: steps.show }
      const report = yield* RepositoryJob.run(output, kind, request, view, { passwords, hasNoLock: true })
      tellReport(output, report)
      if (flags.report !== undefined) yield* writeReport(flags.report, report)
      if (!report.passed) return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
    })
  )
