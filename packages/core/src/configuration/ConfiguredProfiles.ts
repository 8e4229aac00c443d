/**
 * Words of commands that the configuration keeps under a name.
 *
 * ```toml
 * [profiles.home]
 * repo = "home"
 *
 * [profiles.home.backup]
 * path = ["~/Documents", "~/Pictures"]
 * exclude-caches = true
 *
 * [profiles.home.forget]
 * keep-daily = 7
 * prune = true
 * ```
 */
import * as Effect from "effect/Effect"
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"
import * as ConfigurationFile from "./ConfigurationFile.ts"
import type { RemoteError } from "./RemoteError.ts"
import * as TomlStatements from "./TomlStatements.ts"

/** One is put in the place of what is typed otherwise, several are added to it. */
export type ProfileValue = string | number | boolean | ReadonlyArray<string | number>

export type ProfileFields = ReadonlyMap<string, ProfileValue>

export interface ConfiguredProfile {
  readonly name: string
  /** For every command that knows them. */
  readonly shared: ProfileFields
  /** For a command by its words: `backup`, `repo check`. */
  readonly commands: ReadonlyMap<string, ProfileFields>
}

type Table = { readonly [key: string]: unknown }

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

const isText = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number"

const isValue = (value: unknown): value is ProfileValue =>
  isText(value) || typeof value === "boolean" || (Array.isArray(value) && value.every(isText))

const fieldsOf = (table: Table): Result.Result<ProfileFields, string> => {
  const wrong = Object.entries(table).find(([, value]) => !isValue(value))
  return wrong === undefined
    ? Result.succeed(new Map(Object.entries(table) as Array<[string, ProfileValue]>))
    : Result.fail(`can not have this as its ${wrong[0]}: write a text, a number, true, or a list of texts`)
}

const profileOf = (name: string, table: unknown): Result.Result<ConfiguredProfile, string> => {
  if (!isTable(table)) return Result.fail(`must be a table, written as [profiles.${TomlStatements.writeKey(name)}]`)
  const entries = Object.entries(table)
  const shared = fieldsOf(Object.fromEntries(entries.filter(([, value]) => !isTable(value))))
  const commands = entries.flatMap(([key, value]) => (isTable(value) ? [{ key, fields: fieldsOf(value) }] : []))
  return Result.gen(function* () {
    const known = new Map<string, ProfileFields>()
    for (const { fields, key } of commands) known.set(key, yield* fields)
    return { name, shared: yield* shared, commands: known }
  })
}

/** Those in the file at `path`, in its order. Fails with `ConfigurationUnavailable` or `MalformedConfiguration`. */
export const read = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<ReadonlyMap<string, ConfiguredProfile>, RemoteError> {
  const { text } = yield* ConfigurationFile.read(path)
  const tables = Result.getOrElse(Toml.parse(text), (): Table => ({}))["profiles"] ?? {}
  const refuse = (begins: ReadonlyArray<string>, message: string): RemoteError => {
    const found = TomlStatements.scan(text).find((statement) => TomlStatements.startsWith(statement.path, begins))
    return ConfigurationFile.malformed(path, { line: found?.line ?? 1, column: found?.column ?? 1, message })
  }
  if (!isTable(tables)) {
    return yield* refuse(["profiles"], '"profiles" must hold tables, each written as [profiles.NAME]')
  }
  const profiles = new Map<string, ConfiguredProfile>()
  for (const [name, table] of Object.entries(tables)) {
    const profile = profileOf(name, table)
    if (Result.isFailure(profile)) return yield* refuse(["profiles", name], `profile "${name}" ${profile.failure}`)
    profiles.set(name, profile.success)
  }
  return profiles
})
