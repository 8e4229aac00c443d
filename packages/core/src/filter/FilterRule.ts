/** One rule of a filter, and the notations rules come in: options and the lines of files. */
import * as Result from "effect/Result"
import * as GlobPattern from "./GlobPattern.ts"

export interface FilterRule {
  readonly isInclude: boolean
  readonly pattern: GlobPattern.GlobPattern
  /** A pattern that ends with `/`: of no file, only of directories themselves. */
  readonly isOfDirectories: boolean
}

/** Reads the pattern of an include or exclude rule. To exclude `dir/` is to exclude all below it. */
export const make = (
  isInclude: boolean,
  glob: string,
  options: { readonly ignoreCase: boolean }
): Result.Result<FilterRule, string> => {
  const isDirectory = glob.endsWith("/")
  const whole = isDirectory && !isInclude ? `${glob}**` : glob
  return Result.map(GlobPattern.make(whole, options), (pattern) => ({
    isInclude,
    pattern,
    isOfDirectories: isDirectory && isInclude && !glob.includes("**")
  }))
}

/** A rule as `--filter` takes it: `+ pattern`, `- pattern`, or `!`, which forgets all rules before it. */
export const parse = (
  text: string,
  options: { readonly ignoreCase: boolean }
): Result.Result<FilterRule | "forget", string> => {
  if (text === "!") return Result.succeed("forget")
  if (text.startsWith("+ ") || text.startsWith("- ")) return make(text.startsWith("+"), text.slice(2), options)
  return Result.fail('a rule begins with "+ " or "- ", or is "!"')
}

/** The lines of a file of rules or paths, without blank ones and comments, which begin with `#` or `;`. */
export const lines = (text: string): ReadonlyArray<string> =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[#;]/.test(line))
