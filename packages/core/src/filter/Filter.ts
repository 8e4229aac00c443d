/**
 * Which files take part, by rclone's rules: patterns, lists of paths, size and age.
 *
 * The first rule whose pattern matches a path decides; a path that none matches
 * takes part, unless there was an `include`, which leaves out all others.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { File } from "../contract/Entry.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import * as Age from "./Age.ts"
import * as FilterRule from "./FilterRule.ts"
import * as Size from "./Size.ts"

/** The option and what it was given are named in the message. */
export class FilterError extends Schema.TaggedError<FilterError>()("FilterError", {
  /** By rclone's name for it: `include-from`. */
  option: Schema.String,
  value: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `${this.option} "${this.value}": ${this.problem}`
  }
}

/**
 * As on the command line. Those named `…From` take the texts of files, not their
 * names. Rules are read in the order of the fields below.
 */
export interface FilterOptions {
  readonly include?: ReadonlyArray<string> | undefined
  readonly includeFrom?: ReadonlyArray<string> | undefined
  readonly exclude?: ReadonlyArray<string> | undefined
  readonly excludeFrom?: ReadonlyArray<string> | undefined
  readonly filter?: ReadonlyArray<string> | undefined
  readonly filterFrom?: ReadonlyArray<string> | undefined
  /** Paths, one a line. Only these take part; it goes with no other option. */
  readonly filesFrom?: ReadonlyArray<string> | undefined
  /** As `Size.parse` reads it. A file of exactly this size takes part. */
  readonly minSize?: string | undefined
  readonly maxSize?: string | undefined
  /** As `Age.parse` reads it. */
  readonly minAge?: string | undefined
  readonly maxAge?: string | undefined
  /** For patterns, not for `filesFrom`. */
  readonly ignoreCase?: boolean | undefined
  /** What ages are counted from, in milliseconds since 1970 UTC; now when absent. */
  readonly now?: number | undefined
}

export interface Filter {
  readonly includes: (file: Pick<File, "path" | "size" | "modifiedAt">) => boolean
  /** Whether `includes` looks at `modifiedAt`; a file whose time is not known is not included then. */
  readonly asksForTime: boolean
  /** Whether `includes` can be true below a directory: `false` lets a listing pass over all of it. */
  readonly mayContain: (directory: RemotePath) => boolean
  /** Everything takes part. */
  readonly isEmpty: boolean
}

const fail = (option: string, value: string, problem: string) =>
  Result.fail(new FilterError({ option, value, problem }))

const readRules = (options: FilterOptions): Result.Result<ReadonlyArray<FilterRule.FilterRule>, FilterError> => {
  const settings = { ignoreCase: options.ignoreCase === true }
  const signed = (isInclude: boolean) => (text: string) => FilterRule.make(isInclude, text, settings)
  const parse = (text: string) => FilterRule.parse(text, settings)
  const lists = [
    ["include", options.include, signed(true)],
    ["include-from", options.includeFrom?.flatMap(FilterRule.lines), signed(true)],
    ["exclude", options.exclude, signed(false)],
    ["exclude-from", options.excludeFrom?.flatMap(FilterRule.lines), signed(false)],
    ["filter", options.filter, parse],
    ["filter-from", options.filterFrom?.flatMap(FilterRule.lines), parse]
  ] as const

  return Result.gen(function* () {
    let rules: Array<FilterRule.FilterRule> = []
    for (const [option, texts = [], read] of lists) {
      for (const text of texts) {
        const rule = yield* Result.mapError(read(text), (problem) => new FilterError({ option, value: text, problem }))
        if (rule === "forget") rules = []
        else rules.push(rule)
      }
    }
    if ([...(options.include ?? []), ...(options.includeFrom ?? [])].length > 0) {
      rules.push(Result.getOrThrow(FilterRule.make(false, "/**", settings)))
    }
    return rules
  })
}

const readLimits = (options: FilterOptions) => {
  const now = options.now ?? Date.now()
  const read = <A>(option: string, text: string | undefined, parse: (text: string) => Result.Result<A, string>) =>
    text === undefined
      ? Result.succeed(undefined)
      : Result.mapError(parse(text), (problem) => new FilterError({ option, value: text, problem }))
  const age = (text: string) => Age.parse(text, now)

  return Result.gen(function* () {
    const minSize = yield* read("min-size", options.minSize, Size.parse)
    const maxSize = yield* read("max-size", options.maxSize, Size.parse)
    const minAge = yield* read("min-age", options.minAge, age)
    const maxAge = yield* read("max-age", options.maxAge, age)
    if (minAge !== undefined && maxAge !== undefined && minAge > maxAge) {
      return yield* fail(
        "min-age",
        `${options.minAge}`,
        `it is more than the greatest, "${options.maxAge}", so no file fits`
      )
    }
    const isSet = [minSize, maxSize, minAge, maxAge].some((limit) => limit !== undefined)
    const allows = ({ modifiedAt, size }: Pick<File, "size" | "modifiedAt">) =>
      (minSize === undefined || size >= minSize) &&
      (maxSize === undefined || size <= maxSize) &&
      (minAge === undefined || (modifiedAt !== undefined && modifiedAt <= now - minAge)) &&
      (maxAge === undefined || (modifiedAt !== undefined && modifiedAt >= now - maxAge))
    return { allows, isSet, asksForTime: minAge !== undefined || maxAge !== undefined }
  })
}

/** Only the paths named. Those that do not exist are no error, as in rclone. */
const ofPaths = (texts: ReadonlyArray<string>): Filter => {
  const paths = new Set(texts.flatMap(FilterRule.lines).map((line) => line.replace(/^\/+|\/+$/g, "")))
  const directories = new Set([""])
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      directories.add(path.slice(0, end))
    }
  }
  return {
    includes: ({ path }) => paths.has(path),
    asksForTime: false,
    mayContain: (directory) => directories.has(directory),
    isEmpty: false
  }
}

/** Fails when a pattern, a size or an age can not be read, or when options contradict each other. */
export const make = (options: FilterOptions): Result.Result<Filter, FilterError> =>
  Result.gen(function* () {
    const rules = yield* readRules(options)
    const limits = yield* readLimits(options)
    if (options.filesFrom !== undefined && options.filesFrom.length > 0) {
      if (rules.length === 0 && !limits.isSet) return ofPaths(options.filesFrom)
      return yield* fail(
        "files-from",
        "…",
        "it names every file, and goes with no other filter option; leave the others out"
      )
    }

    const fileRules = rules.filter((rule) => !rule.isOfDirectories)
    const matches = (path: string) => {
      for (const { isInclude, pattern } of fileRules) if (pattern.matches(path)) return isInclude
      return true
    }
    const mayContain = (directory: RemotePath) => {
      if (directory === "") return true
      const path = `${directory}/`
      for (const { isInclude, isOfDirectories, pattern } of rules) {
        if (!isInclude && pattern.coversAllBelow(path)) return false
        if (isInclude && (isOfDirectories ? pattern.matches(path) : pattern.mayMatchBelow(path))) return true
      }
      return true
    }
    return {
      includes: limits.isSet ? (file) => limits.allows(file) && matches(file.path) : (file) => matches(file.path),
      asksForTime: limits.asksForTime,
      mayContain,
      isEmpty: rules.length === 0 && !limits.isSet
    }
  })
