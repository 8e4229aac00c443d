/** `repo drill`: a restore for practice, and its report. */
import { writeFileSync } from "node:fs"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import type { DrillReport } from "@ourclone/backup/restore/Drill"
import * as DrillRun from "@ourclone/backup/restore/Drill"
import type { SampleSize } from "@ourclone/backup/restore/FileSample"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import { readerOf } from "@ourclone/jobs/repository/LoadedRepository"
import * as Effect from "effect/Effect"
import * as Amount from "../Amount.ts"
import * as ExitCode from "../ExitCode.ts"
import { printable } from "../PrintableText.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { filterOf } from "./SnapshotSelection.ts"
import * as Steps from "./Steps.ts"

export interface DrillFlags extends ReadingInput, SnapshotFilterInput {
  readonly snapshot: string
  readonly sample: string
  readonly seed: string | undefined
  readonly temporary: string | undefined
  readonly report: string | undefined
}

const sampleOf = (text: string): Effect.Effect<SampleSize, ExitCode.CommandStopped> => {
  const [, number, percent] = /^(\d{1,9}(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(number)
  if (percent === "%" && value > 0 && value <= 100) return Effect.succeed({ percent: value })
  if (percent === "" && Number.isInteger(value) && value > 0) return Effect.succeed({ files: value })
  return ExitCode.usage(`--sample: "${text}" must be a number of files, or a share of them such as 5%`)
}

const lines = (report: DrillReport): ReadonlyArray<string> => [
  `snapshot     ${report.snapshot.slice(0, 8)}, seed ${printable(report.seed)}`,
  `restored     ${Amount.files(report.files)} of ${Amount.count(report.candidates)}, ${Amount.bytes(report.bytes)} in ${Amount.duration(report.durationMilliseconds / 1000)}`,
  `as recorded  ${Amount.count(report.files - report.unreadable.length)}`,
  `as on disk   ${Amount.count(report.equalToSource)}; ${Amount.count(report.changedSince.length)} changed since, ${Amount.count(report.withoutSource)} not there to compare with`,
  report.passed ? "passed" : "failed"
]

export const run = (flags: DrillFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const sample = yield* sampleOf(flags.sample)
      const repository = yield* open(output, flags)
      const working = Effect.gen(function* () {
        const steps = yield* Steps.show(output)
        steps.begin("restoring")
        let files = 0
        const snapshot = yield* Snapshots.find(repository, flags.snapshot, filterOf(flags))
        return yield* DrillRun.drill(repository, yield* readerOf(repository), {
          snapshot,
          sample,
          seed: flags.seed,
          temporary: flags.temporary,
          onFile: (path, bytes) => {
            steps.done(++files)
            if (output.isVerbose && !output.isJson) output.note(`restored ${printable(path)} (${Amount.bytes(bytes)})`)
          }
        })
      })
      const report = yield* locked(output, repository, flags, "shared", Effect.scoped(working))
      const { report: file } = flags
      if (output.isJson) output.json({ message_type: "drill", ...report })
      else {
        for (const { message, path } of [...report.mismatches, ...report.unreadable]) {
          output.problem(`error: ${path}: ${message}`)
        }
        for (const line of lines(report)) output.line(line)
      }
      if (file !== undefined) {
        yield* Effect.try({
          try: () => writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`),
          catch: (error) =>
            new ExitCode.CommandStopped({
              code: ExitCode.failed,
              message: `--report "${file}" can not be written: ${SystemFailure.textOf(error)}`
            })
        })
      }
      if (!report.passed) return yield* new ExitCode.CommandStopped({ code: ExitCode.failed, message: "" })
    })
  )
