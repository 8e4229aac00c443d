/** What a backup is of: the paths that were typed, and those in lists. */
import { readFileSync } from "node:fs"
import * as FilesFrom from "@ourclone/backup/choose/FilesFrom"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"

export interface BackupPathsInput {
  readonly paths: ReadonlyArray<string>
  readonly filesFrom: ReadonlyArray<string>
  readonly filesFromVerbatim: ReadonlyArray<string>
  readonly filesFromRaw: ReadonlyArray<string>
}

/** Words as bytes: names on the command line that are not UTF-8 can not be told apart any more; lists hold them as they are. */
export const pathsOf = (
  input: BackupPathsInput,
  onNothing: (pattern: string, file: string) => void
): Effect.Effect<ReadonlyArray<Buffer>, CommandStopped> => {
  const listed = (
    flag: string,
    files: ReadonlyArray<string>,
    read: (bytes: Buffer, file: string) => ReadonlyArray<Buffer>
  ) =>
    Effect.forEach(files, (file) =>
      Effect.try({
        try: () => read(readFileSync(file === "-" ? 0 : file), file),
        catch: (error) => usage(`--${flag} "${file}" can not be read: ${SystemFailure.textOf(error)}`)
      })
    )
  return Effect.map(
    Effect.all([
      listed("files-from", input.filesFrom, (bytes, file) =>
        FilesFrom.patterns(bytes, (pattern) => onNothing(pattern, file))
      ),
      listed("files-from-verbatim", input.filesFromVerbatim, FilesFrom.verbatim),
      listed("files-from-raw", input.filesFromRaw, FilesFrom.raw)
    ]),
    (lists) => [...input.paths.map((path) => Buffer.from(path)), ...lists.flat(2)]
  )
}
