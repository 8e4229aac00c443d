/**
 * Files of patterns, as `--exclude-file` takes them: one a line, blank lines and
 * those that begin with `#` left out. Where an environment is given, `$NAME` and
 * `${NAME}` are replaced from it, and `$$` is a dollar.
 */
import * as TextFile from "@ourclone/core/machine/TextFile"
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
  return TextFile.utf16Of(bytes) ?? textOf(bytes)
}

/** The patterns of a file's bytes: UTF-8, or UTF-16 with a byte order mark. */
export const parse = (bytes: Buffer, environment: Environment | undefined): ReadonlyArray<string> =>
  decode(bytes)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (environment === undefined ? line : expand(line, environment)))
