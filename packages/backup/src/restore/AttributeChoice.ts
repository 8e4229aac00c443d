/** Which extended attributes a restore sets and removes. */
import * as PathFilter from "../choose/PathFilter.ts"

/** Patterns of names, such as `user.*`: plain data that may be sent to a thread. They do not go together. */
export interface AttributePatterns {
  readonly includes: ReadonlyArray<string>
  readonly excludes: ReadonlyArray<string>
}

export const all: AttributePatterns = { includes: [], excludes: [] }

const matching = (patterns: ReadonlyArray<string>): ((name: string) => boolean) => {
  const filter = PathFilter.make({ patterns, insensitivePatterns: [] })
  return (name) => filter.matches(`/${name}`)
}

/** Throws `PatternError` for a pattern that is none. */
export const make = ({ excludes, includes }: AttributePatterns): ((name: string) => boolean) => {
  if (includes.length > 0) return matching(includes)
  const isExcluded = matching(excludes)
  return (name) => !isExcluded(name)
}
