/** rclone's patterns for paths: what a pattern matches, and below which directories that may lie. */
import * as Result from "effect/Result"
import * as GoRegExp from "./GoRegExp.ts"
import * as PlainGlob from "./PlainGlob.ts"

export interface GlobPattern {
  /** Whether a path, or a directory with `/` at its end, is matched. */
  readonly matches: (path: string) => boolean
  /** Whether everything below `directory`, which ends with `/`, is matched. `false` where that is not certain. */
  readonly coversAllBelow: (directory: string) => boolean
  /** Whether something below `directory`, which ends with `/`, can be matched. `true` where that is not certain. */
  readonly mayMatchBelow: (directory: string) => boolean
}

/** Go's regular expression for the inside of a pattern, without anchors. */
const toGo = (glob: string): Result.Result<string, string> => {
  let result = ""
  let braces = 0
  for (let index = 0; index < glob.length; ) {
    const rest = glob.slice(index)
    const [token] = /^(?:\\.|\*+|\{\{|.)/su.exec(rest) ?? [rest]
    index += token.length
    if (token === "{{") {
      const end = /^.*?\}\}+/s.exec(glob.slice(index))?.[0]
      if (end === undefined) return Result.fail('"{{" has no "}}"')
      result += `(${end.slice(0, -2)})`
      index += end.length
    } else if (token === "[") {
      const end = endOfClass(rest)
      if (end === undefined) return Result.fail('"[" has no "]"')
      const isNegated = rest[1] === "!"
      if (isNegated && end === 3) return Result.fail('"[!]" leaves nothing out; write "\\!" for the character')
      result += isNegated ? `[^${rest.slice(2, end)}` : rest.slice(0, end)
      index += end - 1
    } else if (token === "]") return Result.fail('"]" has no "["; write "\\]" for the character')
    else if (token === "\\") return Result.fail('it ends with "\\"; write "\\\\" for the character')
    else if (token === "**") result += ".*"
    else if (token === "*") result += "[^/]*"
    else if (token.startsWith("*")) return Result.fail('it has more than two "*" in a row')
    else if (token === "?") result += "[^/]"
    else if (token === "{") {
      braces++
      result += "("
    } else if (token === "}") {
      if (--braces < 0) return Result.fail('"}" has no "{"; write "\\}" for the character')
      result += ")"
    } else if (token === "," && braces > 0) result += "|"
    else result += /^[.+()|^$]$/.test(token) ? `\\${token}` : token
  }
  return braces > 0 ? Result.fail('"{" has no "}"; write "\\{" for the character') : Result.succeed(result)
}

/** Where the class that `text` begins with ends, counting brackets as rclone does: escaped ones too. */
const endOfClass = (text: string): number | undefined => {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "[") depth++
    if (text[index] === "]" && --depth === 0) return index + 1
  }
  return undefined
}

/** The part of a pattern whose meaning for directories is plain: names, `*`, `?` and lists of names. */
const plainStart = /^(?:\\[^a-zA-Z0-9]|(?!\*\*)[^[{\\]|\{(?!\{)(?:(?!\*\*)[^{}[/\\])*\})*/u

const endsWithStars = /(?:^|[^\\*])(?:\\\\)*\*\*$/

/** Reads a pattern. Fails with what is wrong with it, in words for people. */
export const make = (glob: string, options: { readonly ignoreCase: boolean }): Result.Result<GlobPattern, string> => {
  const isAnchored = glob.startsWith("/")
  const inside = isAnchored ? glob.slice(1) : glob
  const compile = (part: string, { end, isPrefix }: { readonly end: "" | "/"; readonly isPrefix: boolean }) => {
    const hasCases = options.ignoreCase && part.toLowerCase() !== part.toUpperCase()
    const plain = hasCases ? undefined : PlainGlob.make(part, { end, isAnchored, isPrefix })
    if (plain !== undefined) return Result.succeed(plain)
    const start = isAnchored ? "^" : "(?:^|/)"
    return Result.flatMap(toGo(part), (source) =>
      GoRegExp.compile(`${start}(?:${source})${end}${isPrefix ? "" : "$"}`, options)
    )
  }

  return Result.gen(function* () {
    const matches = yield* compile(inside, { end: "", isPrefix: false })
    const coversAllBelow = glob === "*" ? () => true : endsWithStars.test(glob) ? matches : () => false
    if (!isAnchored) return { matches, coversAllBelow, mayMatchBelow: () => true }

    const plain = plainStart.exec(inside)?.[0] ?? ""
    const above = [...plain.matchAll(/\\?./gsu)]
      .filter(([character]) => character.endsWith("/"))
      .map(({ index }) => plain.slice(0, index))
    const directories = yield* Result.all(above.map((directory) => compile(directory, { end: "/", isPrefix: false })))
    if (plain !== inside) directories.push(yield* compile(plain, { end: "", isPrefix: true }))
    return { matches, coversAllBelow, mayMatchBelow: (path: string) => directories.some((matched) => matched(path)) }
  })
}
