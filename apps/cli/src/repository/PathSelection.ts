/** Includes and excludes of flags, checked. */
import { readFileSync } from "node:fs"
import type { PathPatterns } from "@ourclone/backup/choose/PathFilter"
import * as PatternFile from "@ourclone/backup/choose/PatternFile"
import * as Selection from "@ourclone/backup/choose/Selection"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"

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

const fromFiles = (flag: string, files: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(files, (file) =>
      Effect.try({
        try: () => PatternFile.parse(readFileSync(file), process.env),
        catch: (error) => usage(`--${flag} "${file}" can not be read: ${SystemFailure.textOf(error)}`)
      })
    ),
    (lists) => lists.flat()
  )

export const excludesOf = (flags: ExcludeFlagsInput): Effect.Effect<PathPatterns, CommandStopped> =>
  Effect.gen(function* () {
    return {
      patterns: [...flags.exclude, ...(yield* fromFiles("exclude-file", flags.excludeFile))],
      insensitivePatterns: [...flags.iexclude, ...(yield* fromFiles("iexclude-file", flags.iexcludeFile))]
    }
  })

const includesOf = (flags: IncludeFlagsInput): Effect.Effect<PathPatterns, CommandStopped> =>
  Effect.gen(function* () {
    return {
      patterns: [...flags.include, ...(yield* fromFiles("include-file", flags.includeFile))],
      insensitivePatterns: [...flags.iinclude, ...(yield* fromFiles("iinclude-file", flags.iincludeFile))]
    }
  })

export const isEmpty = ({ insensitivePatterns, patterns }: PathPatterns): boolean =>
  patterns.length + insensitivePatterns.length === 0

/** What is to be restored. Fails where a pattern is none, and where both kinds are given. */
export const selectionOf = Effect.fnUntraced(function* (flags: ExcludeFlagsInput & IncludeFlagsInput) {
  const selection: Selection.SelectionOptions = {
    includes: yield* includesOf(flags),
    excludes: yield* excludesOf(flags)
  }
  if (!isEmpty(selection.includes) && !isEmpty(selection.excludes)) {
    return yield* usage("choose one of --include and --exclude")
  }
  yield* Effect.try({
    try: () => Selection.make(selection),
    catch: (error) => usage(error instanceof Error ? error.message : String(error))
  })
  return selection
})
