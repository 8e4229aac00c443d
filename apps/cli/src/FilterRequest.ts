/** The part of a request that chooses among files, from its flags: files of patterns are read here. */
import { readFileSync } from "node:fs"
import * as SystemFailure from "@ourclone/backup/system/SystemFailure"
import type { FilterFields } from "@ourclone/jobs/place/FilterFields"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "./ExitCode.ts"
import type { FilterInput } from "./FilterFlags.ts"
import { given } from "./Given.ts"

const textOf = (flag: string, file: string) =>
  Effect.try({
    try: () => readFileSync(file === "-" ? 0 : file, "utf8"),
    catch: (error) => usage(`--${flag} "${file}" can not be read: ${SystemFailure.textOf(error)}`)
  })

const textsOf = (flag: string, files: ReadonlyArray<string>) => Effect.forEach(files, (file) => textOf(flag, file))

export const filterRequest = Effect.fnUntraced(function* (
  flags: FilterInput
): Effect.fn.Return<FilterFields, CommandStopped> {
  return given({
    ...flags,
    includeFrom: yield* textsOf("include-from", flags.includeFrom),
    excludeFrom: yield* textsOf("exclude-from", flags.excludeFrom),
    filterFrom: yield* textsOf("filter-from", flags.filterFrom),
    filesFrom: yield* textsOf("files-from", flags.filesFrom)
  })
})
