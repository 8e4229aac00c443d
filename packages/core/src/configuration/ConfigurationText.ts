/**
 * The text of a configuration file, and edits to it.
 *
 * ```toml
 * [remotes.photos]
 * type = "b2"
 * keyId = "0012…"
 * ```
 *
 * An edit touches the lines of one remote and nothing else. What `[repositories.NAME]`
 * holds is for `ConfiguredRepositories` to read.
 */
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"
import { didYouMean } from "./Suggestion.ts"
import * as TomlStatements from "./TomlStatements.ts"

/** Counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** What is wrong, where, and what to do; never a value. */
export interface Problem extends Place {
  readonly message: string
}

export interface ConfiguredRemote {
  readonly name: string
  readonly type: string
  /** Everything but `type`, as TOML gives it; nothing is checked. */
  readonly options: { readonly [option: string]: unknown }
  /** Where `option` is written, or where the remote begins. */
  readonly placeOf: (option?: string) => Place
}

export type Remotes = ReadonlyMap<string, ConfiguredRemote>

type Table = { readonly [key: string]: unknown }

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** The parser's words without the token they quote, which may be a secret somebody forgot to put in quotes. */
const syntaxProblem = (text: string, message: string): Problem => {
  const [, fact = message, line = "1", column = "1"] = /^(.*) at line (\d+), column (\d+)$/s.exec(message) ?? []
  const place = { line: Number(line), column: Number(column) }
  const token = /^(?:Invalid value|Integer out of range|Invalid date-time) '(.*)'$/s.exec(fact)?.[1]
  if (token !== undefined) {
    const begin = { line: place.line, column: Math.max(1, place.column - token.length) }
    return { ...begin, message: 'this is no value; write text in quotes, like "text", or a number, true or false' }
  }
  if (fact.startsWith("Cannot redefine")) {
    const indent = (text.split("\n")[place.line - 1] ?? "").search(/\S/)
    const key = /'(.*)'/s.exec(fact)?.[1] ?? ""
    return { line: place.line, column: Math.max(indent, 0) + 1, message: `"${key}" is given twice; remove one of them` }
  }
  return { ...place, message: `${fact[0]!.toLowerCase()}${fact.slice(1)}; correct this line` }
}

const placeIn = (statements: ReadonlyArray<TomlStatements.Statement>, path: ReadonlyArray<string>): Place => {
  for (let length = path.length; length > 0; length--) {
    const prefix = path.slice(0, length)
    const found = statements.find((statement) => TomlStatements.startsWith(statement.path, prefix))
    if (found !== undefined) return { line: found.line, column: found.column }
  }
  return { line: 1, column: 1 }
}

const tableNames = ["remotes", "repositories", "profiles", "notifications", "rates"]

/** Reads the remotes. Their options are checked by whoever knows the type. */
export const parse = (text: string): Result.Result<Remotes, Problem> => {
  const parsed = Toml.parse(text)
  if (Result.isFailure(parsed)) return Result.fail(syntaxProblem(text, parsed.failure.message))
  const statements = TomlStatements.scan(text)
  const place = (path: ReadonlyArray<string>) => placeIn(statements, path)

  for (const key of Object.keys(parsed.success)) {
    if (!tableNames.includes(key)) {
      const hint = didYouMean(key, tableNames)
      const message = `"${key}" is not known here: a configuration holds tables such as [remotes.photos] and [repositories.home]${hint}`
      return Result.fail({ ...place([key]), message })
    }
  }
  const tables = parsed.success.remotes ?? {}
  if (!isTable(tables)) {
    return Result.fail({ ...place(["remotes"]), message: '"remotes" must hold tables, each written as [remotes.NAME]' })
  }
  const remotes = new Map<string, ConfiguredRemote>()
  for (const [name, table] of Object.entries(tables)) {
    if (!isTable(table)) {
      const message = `remote "${name}" must be a table, written as [remotes.${TomlStatements.writeKey(name)}]`
      return Result.fail({ ...place(["remotes", name]), message })
    }
    const { type, ...options } = table
    if (typeof type !== "string") {
      const message =
        type === undefined
          ? `remote "${name}" has no type; add a line such as type = "b2"`
          : `the type of remote "${name}" must be a text, such as "b2"`
      return Result.fail({ ...place(["remotes", name, ...(type === undefined ? [] : ["type"])]), message })
    }
    const placeOf = (option?: string) => place(["remotes", name, ...(option === undefined ? [] : [option])])
    remotes.set(name, { name, type, options, placeOf })
  }
  return Result.succeed(remotes)
}

/** `text` with a block for one more remote at its end. */
export const add = (
  text: string,
  name: string,
  type: string,
  options: { readonly [option: string]: string | number | boolean }
): string => {
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n"
  const isEmpty = text.replace("\uFEFF", "") === ""
  const separator = isEmpty ? "" : text.endsWith("\n") ? lineBreak : lineBreak + lineBreak
  const lines = [`[remotes.${TomlStatements.writeKey(name)}]`, `type = ${TomlStatements.quote(type)}`]
  for (const [option, value] of Object.entries(options)) {
    lines.push(`${TomlStatements.writeKey(option)} = ${TomlStatements.writeValue(value)}`)
  }
  return text + separator + lines.map((line) => line + lineBreak).join("")
}

/** `text` without the statements that begin with `path`, the comments among them, and the blank line before them if there is another after. */
export const removeTable = (text: string, path: ReadonlyArray<string>): string => {
  const statements = TomlStatements.scan(text)
  let result = ""
  let kept = 0
  for (let index = 0; index < statements.length; index++) {
    if (!TomlStatements.startsWith(statements[index]!.path, path)) continue
    const { start } = statements[index]!
    while (index + 1 < statements.length && TomlStatements.startsWith(statements[index + 1]!.path, path)) {
      index++
    }
    const { end } = statements[index]!
    const before = text.slice(kept, start)
    const isFollowedByBlank = end >= text.length || /^[ \t]*\r?\n/.test(text.slice(end))
    result += isFollowedByBlank ? before.replace(/(^|\n)[ \t]*\r?\n$/, "$1") : before
    kept = end
  }
  return result + text.slice(kept)
}

/** `text` without one remote. */
export const remove = (text: string, name: string): string => removeTable(text, ["remotes", name])
