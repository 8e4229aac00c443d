/**
 * What of a snapshot is restored: everything, what `include` patterns match, or all but what `exclude` patterns match.
 */
import * as PathFilter from "./PathFilter.ts"

/** Plain data. Includes and excludes do not go together. */
export interface SelectionOptions {
  readonly includes: PathFilter.PathPatterns
  readonly excludes: PathFilter.PathPatterns
}

export const everything: SelectionOptions = { includes: PathFilter.none, excludes: PathFilter.none }

export interface Selected {
  /** The path itself is restored. A directory that is not, but has something below that is, is made without its metadata. */
  readonly isSelected: boolean
  /** Something below may be; always `false` for what is no directory. */
  readonly mayContain: boolean
}

/** `path` is that in the snapshot: absolute, beginning with `/`. */
export type Selection = (path: Uint8Array | string, isDirectory: boolean) => Selected

/** Throws `PatternError` for a pattern that is none. */
export const make = (options: SelectionOptions): Selection => {
  const includes = PathFilter.make(options.includes)
  const excludes = PathFilter.make(options.excludes)
  if (!includes.isEmpty) {
    return (path, isDirectory) => {
      const { matched, mayMatchBelow } = includes.look(path)
      return { isSelected: matched, mayContain: mayMatchBelow && isDirectory }
    }
  }
  return (path, isDirectory) => {
    const isSelected = !excludes.matches(path)
    return { isSelected, mayContain: isSelected && isDirectory }
  }
}
