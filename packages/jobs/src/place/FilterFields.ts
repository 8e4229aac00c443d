/** The part of a request that chooses among files, spelled and meant as rclone's flags. */
import type { Filter } from "@ourclone/core/filter/Filter"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import { text, texts } from "../kind/RequestFields.ts"

/** Those named `…From` hold the texts of files, which the face has read, not their names. */
export const filterFields = {
  include: texts("Only files that match; may be repeated"),
  exclude: texts("No files that match; may be repeated"),
  filter: texts('A rule such as "- *.bak" or "+ *.jpg"; the first that matches decides'),
  includeFrom: texts("Patterns of files to include, one a line"),
  excludeFrom: texts("Patterns of files to exclude, one a line"),
  filterFrom: texts("Rules, one a line"),
  filesFrom: texts("Only the files named in it, one a line"),
  minSize: text("Only files of at least this size, such as 10k or 1G"),
  maxSize: text("Only files of at most this size"),
  minAge: text("Only files changed at least this long ago, such as 1h or 30d"),
  maxAge: text("Only files changed at most this long ago")
}

const FilterFields = Schema.Struct(filterFields)
export type FilterFields = typeof FilterFields.Type

/** `undefined` when every file takes part. */
export const filterOf = Effect.fnUntraced(function* (
  request: FilterFields
): Effect.fn.Return<Filter | undefined, InvalidJob> {
  const given = Object.keys(filterFields).some((name) => (request[name as keyof FilterFields]?.length ?? 0) > 0)
  if (!given) return undefined
  // Loaded when it is needed: the engine of expressions takes a third of the time that a start takes.
  const { make } = yield* Effect.promise(() => import("@ourclone/core/filter/Filter"))
  const made = make(request)
  if (Result.isSuccess(made)) return made.success.isEmpty ? undefined : made.success
  const { option, problem, value } = made.failure
  const field = option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return yield* new InvalidJob({ field, message: `"${value}": ${problem}` })
})
