/**
 * What a backup leaves out: by pattern, by a tag file in a directory, by size, by file system.
 *
 * `resolve` reads the files of patterns once and gives plain data; `make` turns
 * that into decisions, in any thread.
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as PathFilter from "./PathFilter.ts"
import { PatternError } from "./PathPattern.ts"
import * as PatternFile from "./PatternFile.ts"
import { isDirectory, isFile, type Status } from "./Status.ts"

/** The option, what it was given and why that can not be used are in the message. */
export class ExcludeError extends Schema.TaggedError<ExcludeError>()("ExcludeError", {
  /** As on the command line, without dashes: `exclude-file`. */
  option: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `--${this.option}: ${this.problem}`
  }
}

/** As on the command line. */
export interface ExcludeOptions {
  readonly patterns?: ReadonlyArray<string> | undefined
  readonly insensitivePatterns?: ReadonlyArray<string> | undefined
  /** Files of patterns, one a line: see PatternFile. */
  readonly files?: ReadonlyArray<string> | undefined
  readonly insensitiveFiles?: ReadonlyArray<string> | undefined
  /** Leave out the content of directories with a `CACHEDIR.TAG`. */
  readonly caches?: boolean | undefined
  /** `name` or `name:header`: leave out the content of directories with such a file, which begins with the header. */
  readonly ifPresent?: ReadonlyArray<string> | undefined
  /** Bytes; files that are larger are left out. */
  readonly largerThan?: number | undefined
  readonly oneFileSystem?: boolean | undefined
}

interface Tag {
  readonly name: string
  readonly header: string
}

/** Plain data that may be sent to a thread. */
export interface ExcludeRules extends PathFilter.PathPatterns {
  readonly tags: ReadonlyArray<Tag>
  readonly largerThan: number | undefined
  readonly oneFileSystem: boolean
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

const fromFiles = (option: string, files: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, ExcludeError> =>
  Effect.forEach(files, (file) =>
    Effect.try({
      try: () => PatternFile.parse(fs.readFileSync(file), process.env),
      catch: (error) => new ExcludeError({ option, problem: error instanceof Error ? error.message : String(error) })
    }).pipe(Effect.flatMap((patterns) => checked(option, patterns)))
  ).pipe(Effect.map((lists) => lists.flat()))

/** Reads the files and checks everything once. Fails with `ExcludeError`, which names the option. */
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
      patterns: [
        ...(yield* checked("exclude", options.patterns ?? [])),
        ...(yield* fromFiles("exclude-file", options.files ?? []))
      ],
      insensitivePatterns: [
        ...(yield* checked("iexclude", options.insensitivePatterns ?? [])),
        ...(yield* fromFiles("iexclude-file", options.insensitiveFiles ?? []))
      ],
      tags,
      largerThan: options.largerThan,
      oneFileSystem: options.oneFileSystem === true
    }
  })

export interface Excludes {
  /** By pattern alone, before anything is asked of the system. What is below an excluded directory is not looked at. */
  readonly excludesPath: (path: Buffer) => boolean
  /** By size. */
  readonly excludesStatus: (status: Status) => boolean
  /**
   * Of the names in a directory, those that stay: all of them, or only the tag
   * file of one that is tagged. `directory` has no `/` at its end.
   */
  readonly keptNames: (directory: Buffer, names: ReadonlyArray<Buffer>) => ReadonlyArray<Buffer>
  /**
   * Whether a directory on another file system than all targets is passed over.
   * `devices` are those of the targets. A mount point itself is kept, empty.
   */
  readonly leavesFileSystem: (status: Status, devices: ReadonlySet<bigint>) => boolean
}

const beginsWith = (path: Buffer, header: string): boolean => {
  let file: number | undefined
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0))
    const wanted = Buffer.from(header)
    const found = Buffer.alloc(wanted.length)
    let size = 0
    while (size < found.length) {
      const more = fs.readSync(file, found, size, found.length - size, null)
      if (more === 0) return false
      size += more
    }
    return found.equals(wanted)
  } catch {
    return false
  } finally {
    if (file !== undefined) fs.closeSync(file)
  }
}

/** Rules must have come from `resolve`. */
export const make = (rules: ExcludeRules): Excludes => {
  const filter = PathFilter.make(rules)
  const tags = rules.tags.map(({ header, name }) => ({ name: Buffer.from(name), header }))
  const { largerThan } = rules
  return {
    excludesPath: (path) => filter.matches(path),
    excludesStatus: (status) => largerThan !== undefined && isFile(status) && status.size > largerThan,
    keptNames: (directory, names) => {
      let kept = names
      for (const tag of tags) {
        if (!names.some((name) => name.equals(tag.name))) continue
        if (tag.header !== "" && !beginsWith(Buffer.concat([directory, Buffer.from("/"), tag.name]), tag.header))
          continue
        kept = kept.filter((name) => name.equals(tag.name))
      }
      return kept
    },
    leavesFileSystem: (status, devices) => rules.oneFileSystem && isDirectory(status) && !devices.has(status.deviceId)
  }
}
