/**
 * Lists of path patterns, with and without regard to case, as `backup` excludes by them and `restore` selects.
 *
 * Paths are absolute: they begin with `/`, as in a snapshot. Within one list a
 * later pattern with `!` takes back what earlier ones matched.
 */
import * as PathPattern from "./PathPattern.ts"

/** Plain data that may be sent to a thread. */
export interface PathPatterns {
  readonly patterns: ReadonlyArray<string>
  /** Held against the path without regard to case. */
  readonly insensitivePatterns: ReadonlyArray<string>
}

export const none: PathPatterns = { patterns: [], insensitivePatterns: [] }

export interface Match {
  readonly matched: boolean
  /** Whether anything below the path, a directory, may match. */
  readonly mayMatchBelow: boolean
}

export interface PathFilter {
  /** There is no pattern. */
  readonly isEmpty: boolean
  readonly matches: (path: Uint8Array | string) => boolean
  readonly look: (path: Uint8Array | string) => Match
}

const makeList = (texts: ReadonlyArray<string>, isInsensitive: boolean) => {
  const patterns = texts.filter((text) => text !== "").map((text) => PathPattern.parse(text, isInsensitive))
  const hasNegated = patterns.some(({ isNegated }) => isNegated)
  const prepare = isInsensitive ? PathPattern.fold : (text: string) => text

  const matches = (path: string): boolean => {
    const text = prepare(path)
    if (!hasNegated) return patterns.some((pattern) => pattern.matches(text))
    return patterns.reduce((matched, pattern) => (pattern.matches(text) ? !pattern.isNegated : matched), false)
  }

  const look = (path: string): Match => {
    const text = prepare(path)
    let matched = false
    let mayMatchBelow = false
    for (const pattern of patterns) {
      const isMatch = pattern.matches(text)
      if (pattern.isNegated) {
        if (isMatch) matched = mayMatchBelow = false
      } else {
        matched ||= isMatch
        mayMatchBelow ||= pattern.mayMatchBelow(text)
      }
    }
    return { matched, mayMatchBelow }
  }

  return { isEmpty: patterns.length === 0, matches, look }
}

/** Throws `PatternError` for a pattern that is none. */
export const make = ({ insensitivePatterns, patterns }: PathPatterns): PathFilter => {
  const exact = makeList(patterns, false)
  const folded = makeList(insensitivePatterns, true)
  const isEmpty = exact.isEmpty && folded.isEmpty
  const textOf = (path: Uint8Array | string): string => (typeof path === "string" ? path : PathPattern.textOf(path))
  return {
    isEmpty,
    matches: (path) => {
      if (isEmpty) return false
      const text = textOf(path)
      return exact.matches(text) || folded.matches(text)
    },
    look: (path) => {
      if (isEmpty) return { matched: false, mayMatchBelow: false }
      const text = textOf(path)
      const [first, second] = [exact.look(text), folded.look(text)]
      return { matched: first.matched || second.matched, mayMatchBelow: first.mayMatchBelow || second.mayMatchBelow }
    }
  }
}
