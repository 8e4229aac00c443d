/** `backup`: from flags to a snapshot. */
import type { Compression } from "@ourclone/backup/format/Zstd"
import * as Cost from "@ourclone/core/engine/Cost"
import * as Amount from "@ourclone/core/events/Amount"
import { kind, type Summary } from "@ourclone/jobs/repository/BackupJob"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { given } from "../Given.ts"
import type { Output } from "../Output.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { Streams } from "../Streams.ts"
import * as BackupInput from "./BackupInput.ts"
import { type BackupPathsInput, pathsOf } from "./BackupPaths.ts"
import * as BackupReport from "./BackupReport.ts"
import * as ByteProgress from "./ByteProgress.ts"
import { excludesOf } from "./PathFlags.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf } from "./RepositoryRequest.ts"
import { tagsOf } from "./SnapshotFlags.ts"

export interface BackupFlags extends RepositoryInput, BackupPathsInput, BackupInput.StandardInputFlags {
  readonly exclude: ReadonlyArray<string>
  readonly iexclude: ReadonlyArray<string>
  readonly excludeFile: ReadonlyArray<string>
  readonly iexcludeFile: ReadonlyArray<string>
  readonly excludeCaches: boolean
  readonly excludeIfPresent: ReadonlyArray<string>
  readonly excludeLargerThan: number | undefined
  readonly oneFileSystem: boolean
  readonly tag: ReadonlyArray<string>
  readonly host: string | undefined
  readonly timeMillis: number | undefined
  readonly parent: string | undefined
  readonly force: boolean
  readonly groupBy: string | undefined
  readonly ignoreInode: boolean
  readonly ignoreCtime: boolean
  readonly withAtime: boolean
  readonly skipIfUnchanged: boolean
  readonly compression: Compression | undefined
  readonly packSizeBytes: number | undefined
  readonly readConcurrency: number | undefined
  readonly maxCost: number | undefined
  readonly noScan: boolean
  readonly dryRun: boolean
}

const compressions: ReadonlyArray<string> = ["auto", "off", "fastest", "better", "max"] satisfies Array<Compression>

const compressionOf = Effect.fnUntraced(function* ({ compression }: BackupFlags) {
  const { environment } = yield* Streams
  const named = compression ?? environment.RESTIC_COMPRESSION ?? "auto"
  if (!compressions.includes(named))
    return yield* usage(`RESTIC_COMPRESSION is "${named}"; it must be one of ${compressions.join(", ")}`)
  return named as Compression
})

/** Names that are no UTF-8 do not go into JSON as they are. */
const pathsFields = (paths: ReadonlyArray<Buffer>) => {
  const isText = (path: Buffer): boolean => Buffer.from(path.toString()).equals(path)
  return {
    paths: paths.filter(isText).map((path) => path.toString()),
    rawPaths: paths.filter((path) => !isText(path)).map((path) => path.toString("base64"))
  }
}

const requestOf = Effect.fnUntraced(function* (
  output: Output,
  flags: BackupFlags,
  input: BackupInput.NamedInput | undefined
) {
  const { environment } = yield* Streams
  const wantsProgress = !output.isQuiet && (output.isJson || output.isErrorTerminal)
  const onNothing = (pattern: string, file: string) => output.problem(`nothing matches "${pattern}" of ${file}`)
  const excludes = yield* excludesOf(flags)
  const fields = {
    ...excludes,
    excludeCaches: flags.excludeCaches,
    excludeIfPresent: flags.excludeIfPresent,
    excludeLargerThan: flags.excludeLargerThan,
    oneFileSystem: flags.oneFileSystem,
    tag: flags.tag.flatMap(tagsOf).filter((tag) => tag !== ""),
    host: flags.host || environment.RESTIC_HOST || undefined,
    timeMillis: flags.timeMillis,
    parent: flags.parent,
    force: flags.force,
    groupBy: flags.groupBy,
    ignoreInode: flags.ignoreInode,
    ignoreCtime: flags.ignoreCtime,
    withAtime: flags.withAtime,
    skipIfUnchanged: flags.skipIfUnchanged,
    compression: yield* compressionOf(flags),
    packSizeBytes: flags.packSizeBytes,
    readConcurrency: flags.readConcurrency,
    maxCost: flags.maxCost,
    scan: wantsProgress && !flags.noScan,
    items: output.isVerbose
  }
  if (input !== undefined) return given({ ...fields, stdinFilename: input.fileName })
  const paths = yield* pathsOf(flags, onNothing)
  if (paths.length === 0) {
    return yield* usage("nothing to back up is named; name files and folders, or say --files-from or --stdin")
  }
  return given({ ...fields, ...pathsFields(paths), directory: process.cwd() })
})

const tellSummary = (output: Output, summary: Summary): void => {
  if (output.isJson) output.json(BackupReport.summaryJson(summary))
  else for (const line of BackupReport.summaryLines(summary)) output.note(line)
  if (summary.cost !== undefined && !output.isJson) output.note(`it ${Cost.words(summary.cost)}`)
  if (summary.failures === 0 || output.isJson) return
  const paths = Amount.counted(summary.failures, "path")
  output.problem(`${paths} could not be read, and the snapshot is without that`)
}

export const run = (flags: BackupFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const input = yield* BackupInput.of(flags)
      const fields = yield* requestOf(output, flags, input)
      const { access, passwords } = yield* accessOf(flags)
      const { counts, onEvent } = BackupReport.make(output)
      const view = { onEvent, show: ByteProgress.show(output, counts, BackupReport.status) }
      const backup = RepositoryJob.run(output, kind, { ...access, ...fields }, view, {
        passwords,
        input: input?.content,
        isPreview: flags.dryRun
      })
      const summary = yield* Effect.onInterrupt(backup, () =>
        Effect.sync(() => output.note("stopped; what has been stored stays, and the same command goes on from there"))
      )
      tellSummary(output, summary)
      if (summary.failures > 0) return yield* someFailed
    })
  )
