/**
 * What a backup leaves out: by pattern, by a tag file in a directory, by size, by file system.
 *
 * `resolve` checks the patterns once and gives plain data;
 * `ExcludeDecisions.make` turns that into decisions, in any thread.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Status from "../system/Status.ts"
import type { ExcludeRules, Tag } from "./ExcludeDecisions.ts"
import * as PathFilter from "./PathFilter.ts"
import { PatternError } from "./PathPattern.ts"

/** What the option was given and why that can not be used are in `problem`. */
export class ExcludeError extends Schema.TaggedError<ExcludeError>()("ExcludeError", {
  /** By restic's name for it: `exclude-file`. */
  option: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `${this.option}: ${this.problem}`
  }
}

/** As on the command line. */
export interface ExcludeOptions {
  readonly patterns?: ReadonlyArray<string> | undefined
  readonly insensitivePatterns?: ReadonlyArray<string> | undefined
  /** Leave out the content of directories with a `CACHEDIR.TAG`. */
  readonly caches?: boolean | undefined
  /** `name` or `name:header`: leave out the content of directories with such a file, which begins with the header. */
  readonly ifPresent?: ReadonlyArray<string> | undefined
  /** Bytes; files that are larger are left out. */
  readonly largerThan?: number | undefined
  readonly oneFileSystem?: boolean | undefined
  /** The path of a folder that is left out on whatever way it is reached. It need not exist. */
  readonly folder?: string | undefined
}

const cacheTag: Tag = { name: "CACHEDIR.TAG", header: "Signature: 8a477f597d28d172789f06886806bc55" }

const readTag = (text: string): Tag | undefined => {
  const colon = text.indexOf(":")
  const name = colon < 0 ? text : text.slice(0, colon)
  return name === "" ? undefined : { name, header: colon < 0 ? "" : text.slice(colon + 1) }
}

const checked = (option: string, patterns: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, ExcludeError> =>
  Effect.try({
    try: () => {
      PathFilter.make({ patterns, insensitivePatterns: [] })
      return patterns
    },
    catch: (error) =>
      new ExcludeError({ option, problem: error instanceof PatternError ? error.message : String(error) })
  })

const folderAt = (path: string | undefined): ExcludeRules["folder"] => {
  if (path === undefined) return undefined
  try {
    const { deviceId, inode } = Status.of(Buffer.from(path))
    return { deviceId, inode }
  } catch {
    return undefined
  }
}

/** Checks everything once. Fails with `ExcludeError`, which names the option. */
export const resolve = (options: ExcludeOptions): Effect.Effect<ExcludeRules, ExcludeError> =>
  Effect.gen(function* () {
    const tags = options.caches === true ? [cacheTag] : []
    for (const text of options.ifPresent ?? []) {
      const tag = readTag(text)
      if (tag === undefined) {
        return yield* new ExcludeError({ option: "exclude-if-present", problem: `"${text}" names no file` })
      }
      tags.push(tag)
    }
    return {
      patterns: yield* checked("exclude", options.patterns ?? []),
      insensitivePatterns: yield* checked("iexclude", options.insensitivePatterns ?? []),
      tags,
      largerThan: options.largerThan,
      oneFileSystem: options.oneFileSystem === true,
      folder: folderAt(options.folder)
    }
  })
