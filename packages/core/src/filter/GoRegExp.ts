/**
 * Go's regular expressions, which rclone's filters are made of, by RE2: the time of a match grows with the text alone,
 * whatever the expression.
 */
import * as Result from "effect/Result"
import { RE2JS, RE2JSSyntaxException } from "re2js"

/** `.` matches every character, also the end of a line. Fails with what is wrong, in words for people. */
export const compile = (
  source: string,
  options: { readonly ignoreCase: boolean }
): Result.Result<(text: string) => boolean, string> => {
  try {
    const flags = options.ignoreCase ? RE2JS.DOTALL | RE2JS.CASE_INSENSITIVE : RE2JS.DOTALL
    const expression = RE2JS.compile(source, flags)
    return Result.succeed((text) => expression.test(text))
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return Result.fail(`it is no regular expression of Go: ${error.error}`)
    throw error
  }
}
