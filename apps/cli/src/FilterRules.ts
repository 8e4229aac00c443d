/** The filter that the flags ask for. */
import { readFileSync } from "node:fs"
import type { Filter } from "@ourclone/core/filter/Filter"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandStopped, usage } from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"

const textOf = (flag: string, file: string) =>
  Effect.try({
    try: () => readFileSync(file === "-" ? 0 : file, "utf8"),
    catch: (error) => usage(`--${flag} "${file}" can not be read: ${error instanceof Error ? error.message : error}`)
  })

const textsOf = (flag: string, files: ReadonlyArray<string>) => Effect.forEach(files, (file) => textOf(flag, file))

/** `undefined` when every file takes part. */
export const filterOf = Effect.fnUntraced(function* (
  flags: FilterInput
): Effect.fn.Return<Filter | undefined, CommandStopped> {
  if (Object.values(flags).every((given) => given === undefined || given.length === 0)) return undefined
  // Loaded when it is needed: the engine of expressions takes a third of the time that a start takes.
  const Filter = yield* Effect.promise(() => import("@ourclone/core/filter/Filter"))
  const filter = Filter.make({
    ...flags,
    includeFrom: yield* textsOf("include-from", flags.includeFrom),
    excludeFrom: yield* textsOf("exclude-from", flags.excludeFrom),
    filterFrom: yield* textsOf("filter-from", flags.filterFrom),
    filesFrom: flags.filesFrom.length === 0 ? undefined : yield* textsOf("files-from", flags.filesFrom)
  })
  if (Result.isFailure(filter)) return yield* usage(`--${filter.failure.message}`)
  return filter.success.isEmpty ? undefined : filter.success
})
