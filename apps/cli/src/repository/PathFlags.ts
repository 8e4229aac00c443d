/** The patterns of flags and of the files that they name, as fields of a request. */
import { readFileSync } from "node:fs"
import * as PatternFile from "@ourclone/backup/choose/PatternFile"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import * as Effect from "effect/Effect"
import { usage } from "../ExitCode.ts"
import { Streams } from "../Streams.ts"

export interface ExcludeFlagsInput {
  readonly exclude: ReadonlyArray<string>
  readonly iexclude: ReadonlyArray<string>
  readonly excludeFile: ReadonlyArray<string>
  readonly iexcludeFile: ReadonlyArray<string>
}

export interface IncludeFlagsInput {
  readonly include: ReadonlyArray<string>
  readonly iinclude: ReadonlyArray<string>
  readonly includeFile: ReadonlyArray<string>
  readonly iincludeFile: ReadonlyArray<string>
}

const withFiles = Effect.fnUntraced(function* (
  patterns: ReadonlyArray<string>,
  flag: string,
  files: ReadonlyArray<string>
) {
  const { environment } = yield* Streams
  const lists = yield* Effect.forEach(files, (file) =>
    Effect.try({
      try: () => PatternFile.parse(readFileSync(file), environment),
      catch: (error) => usage(`--${flag} "${file}" can not be read: ${SystemFailure.textOf(error)}`)
    })
  )
  return [...patterns, ...lists.flat()]
})

export const excludesOf = Effect.fnUntraced(function* (flags: ExcludeFlagsInput) {
  return {
    exclude: yield* withFiles(flags.exclude, "exclude-file", flags.excludeFile),
    iexclude: yield* withFiles(flags.iexclude, "iexclude-file", flags.iexcludeFile)
  }
})

export const includesOf = Effect.fnUntraced(function* (flags: IncludeFlagsInput) {
  return {
    include: yield* withFiles(flags.include, "include-file", flags.includeFile),
    iinclude: yield* withFiles(flags.iinclude, "iinclude-file", flags.iincludeFile)
  }
})
