/** `backup`: from flags to a snapshot. */
import * as Archiver from "@ourclone/backup/archive/Archiver"
import type { StandardInput } from "@ourclone/backup/archive/BackupOptions"
import * as Excludes from "@ourclone/backup/choose/Excludes"
import type { Compression } from "@ourclone/backup/format/Zstd"
import * as GoTime from "@ourclone/backup/go/GoTime"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"
import type { RepositoryInput } from "../RepositoryFlags.ts"
import { Streams } from "../Streams.ts"
import { version } from "../Version.ts"
import * as BackupInput from "./BackupInput.ts"
import { type BackupPathsInput, pathsOf } from "./BackupPaths.ts"
import * as BackupReport from "./BackupReport.ts"
import * as ByteProgress from "./ByteProgress.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command, someFailed } from "./RepositoryCommand.ts"
import { groupingOf, tagsOf } from "./SnapshotSelection.ts"
import * as Units from "./Units.ts"

export interface BackupFlags extends RepositoryInput, BackupPathsInput, BackupInput.StandardInputFlags {
  readonly exclude: ReadonlyArray<string>
  readonly iexclude: ReadonlyArray<string>
  readonly excludeFile: ReadonlyArray<string>
  readonly iexcludeFile: ReadonlyArray<string>
  readonly excludeCaches: boolean
  readonly excludeIfPresent: ReadonlyArray<string>
  readonly excludeLargerThan: string | undefined
  readonly oneFileSystem: boolean
  readonly tag: ReadonlyArray<string>
  readonly host: string | undefined
  readonly time: string | undefined
  readonly parent: string | undefined
  readonly force: boolean
  readonly groupBy: string
  readonly ignoreInode: boolean
  readonly ignoreCtime: boolean
  readonly withAtime: boolean
  readonly skipIfUnchanged: boolean
  readonly compression: Compression | undefined
  readonly packSize: number | undefined
  readonly readConcurrency: number | undefined
  readonly dryRun: boolean
}

const excludesOf = Effect.fnUntraced(function* (flags: BackupFlags) {
  const { environment } = yield* Streams
  const largerThan = yield* Units.optional("exclude-larger-than", flags.excludeLargerThan, Units.size)
  const rules = Excludes.resolve({
    patterns: flags.exclude,
    insensitivePatterns: flags.iexclude,
    files: flags.excludeFile,
    insensitiveFiles: flags.iexcludeFile,
    environment,
    caches: flags.excludeCaches,
    ifPresent: flags.excludeIfPresent,
    largerThan,
    oneFileSystem: flags.oneFileSystem
  })
  return yield* Effect.mapError(rules, ({ option, problem }) => usage(`--${option}: ${problem}`))
})

const timeOf = (text: string | undefined): Effect.Effect<string | undefined, CommandStopped> =>
  Effect.map(Units.optional("time", text, Units.moment), (millis) =>
    millis === undefined ? undefined : GoTime.format(Math.floor(millis / 1000), (millis % 1000) * 1_000_000)
  )

const compressions: ReadonlyArray<string> = ["auto", "off", "fastest", "better", "max"] satisfies Array<Compression>

const compressionOf = Effect.fnUntraced(function* ({ compression }: BackupFlags) {
  const { environment } = yield* Streams
  const named = compression ?? environment.RESTIC_COMPRESSION ?? "auto"
  if (!compressions.includes(named))
    return yield* usage(`RESTIC_COMPRESSION is "${named}"; it must be one of ${compressions.join(", ")}`)
  return named as Compression
})

export const run = (flags: BackupFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const { environment } = yield* Streams
      const excludes = yield* excludesOf(flags)
      const grouping = yield* groupingOf(flags.groupBy)
      const time = yield* timeOf(flags.time)
      const compression = yield* compressionOf(flags)
      const standardInput: StandardInput | undefined = yield* BackupInput.of(flags)
      const paths =
        standardInput !== undefined
          ? []
          : yield* pathsOf(flags, (pattern, file) => output.problem(`nothing matches "${pattern}" of ${file}`))
      if (standardInput === undefined && paths.length === 0) {
        return yield* usage("nothing to back up is named; name files and folders, or say --files-from or --stdin")
      }
      yield* Archiver.prepare(flags)
      const repository = yield* open(output, flags)
      const { counts, report } = BackupReport.make(output)
      const wantsProgress = !output.isQuiet && (output.isJson || output.isErrorTerminal)
      const working = Archiver.backup(repository, {
        paths,
        directory: process.cwd(),
        standardInput,
        programVersion: `ourclone ${version}`,
        host: flags.host ?? environment.RESTIC_HOST,
        tags: flags.tag.flatMap(tagsOf).filter((tag) => tag !== ""),
        time,
        parent: flags.parent,
        force: flags.force,
        grouping,
        excludes,
        ignoreInode: flags.ignoreInode,
        ignoreCtime: flags.ignoreCtime,
        withAtime: flags.withAtime,
        skipIfUnchanged: flags.skipIfUnchanged,
        dryRun: flags.dryRun,
        compression,
        packSize: flags.packSize === undefined ? undefined : flags.packSize * 1024 * 1024,
        readConcurrency: flags.readConcurrency,
        scan: wantsProgress,
        items: output.isVerbose,
        report
      })
      const backup = Effect.scoped(Effect.andThen(ByteProgress.show(output, counts, BackupReport.status), working))
      const telling = Effect.onInterrupt(backup, () =>
        Effect.sync(() => output.note("stopped; what has been stored stays, and the same command goes on from there"))
      )
      const summary = yield* locked(
        output,
        repository,
        { retryLock: flags.retryLock, ...(flags.dryRun ? { noLock: true } : {}) },
        "shared",
        telling
      )
      if (output.isJson) output.json(BackupReport.summaryJson(summary))
      else for (const line of BackupReport.summaryLines(summary)) output.note(line)
      if (summary.failures > 0) {
        const paths = summary.failures === 1 ? "1 path" : `${summary.failures} paths`
        if (!output.isJson) output.problem(`${paths} could not be read, and the snapshot is without that`)
        return yield* someFailed
      }
    })
  )
