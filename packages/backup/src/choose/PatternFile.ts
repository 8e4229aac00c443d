/**
 * Files of patterns, as `--exclude-file` takes them: one a line, blank lines and
 * those that begin with `#` left out. Where an environment is given, `$NAME` and
 * `${NAME}` are replaced from it, and `$$` is a dollar.
 */
import { textOf } from "./PathPattern.ts"

export type Environment = Readonly<Record<string, string | undefined>>

const variable = /\$(?:\{([^}]*)\}|\{|([*#$@!?\-0-9])|([A-Za-z0-9_]+))/g

/** Go's `os.Expand`: names that are not set vanish, and so does `${` without an end. */
export const expand = (line: string, environment: Environment): string =>
  line.replace(variable, (_, braced: string | undefined, single: string | undefined, plain: string | undefined) => {
    const name = braced ?? single ?? plain ?? ""
    if (name === "$") return "$"
    return Object.hasOwn(environment, name) ? (environment[name] ?? "") : ""
  })

const decode = (bytes: Buffer): string => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return textOf(bytes.subarray(3))
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le")
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2))
    return Buffer.from(even).swap16().toString("utf16le")
  }
  return textOf(bytes)
}

/** The patterns of a file's bytes: UTF-8, or UTF-16 with a byte order mark. */
export const parse = (bytes: Buffer, environment: Environment | undefined): ReadonlyArray<string> =>
  decode(bytes)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (environment === undefined ? line : expand(line, environment)))
