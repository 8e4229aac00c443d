/**
 * Backup repositories that the configuration gives a name to.
 *
 * ```toml
 * [repositories.home]
 * location = "photos:my-bucket/backup"
 * password = "command:pass show backup"
 * ```
 */

import * as Effect from "effect/Effect"
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"
import * as ConfigurationFile from "./ConfigurationFile.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import { AlreadyConfigured, InvalidName, RemoteError } from "./RemoteError.ts"
import * as RemoteName from "./RemoteName.ts"
import { didYouMean } from "./Suggestion.ts"
import * as TomlStatements from "./TomlStatements.ts"

export interface ConfiguredRepository {
  readonly name: string
  /** What a user would type: `photos:my-bucket/backup`, or a path. */
  readonly location: string
  /** As written: a reference such as `env:NAME`, `file:PATH` or `command:LINE`, or the password itself. */
  readonly password: string | undefined
}

type Table = { readonly [key: string]: unknown }

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

const fields = ["location", "password", "password_file", "password_command"]

/** The one way of the three that is written, as a reference; or what is wrong. */
const passwordOf = (table: Table): Result.Result<string | undefined, string> => {
  const given = fields.slice(1).filter((field) => table[field] !== undefined)
  if (given.length > 1) return Result.fail(`says its password twice, in ${given.join(" and ")}; keep one of them`)
  const file = table["password_file"]
  const command = table["password_command"]
  if (file !== undefined) return Result.succeed(`file:${file}`)
  if (command !== undefined) return Result.succeed(`command:${command}`)
  return Result.succeed(table["password"] as string | undefined)
}

const repositoryOf = (name: string, table: unknown): Result.Result<ConfiguredRepository, string> => {
  if (!isTable(table)) return Result.fail(`must be a table, written as [repositories.${TomlStatements.writeKey(name)}]`)
  for (const [field, value] of Object.entries(table)) {
    if (!fields.includes(field)) return Result.fail(`has no option "${field}"${didYouMean(field, fields)}`)
    if (typeof value !== "string" || value === "") return Result.fail(`needs a text in quotes for ${field}`)
  }
  const { location } = table
  if (typeof location !== "string") {
    return Result.fail('has no location; add a line such as location = "photos:my-bucket/backup"')
  }
  return Result.map(passwordOf(table), (password) => ({ name, location, password }))
}

/** Those in the file at `path`, in its order. Fails with `ConfigurationUnavailable` or `MalformedConfiguration`. */
export const read = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<ReadonlyMap<string, ConfiguredRepository>, RemoteError> {
  const { text } = yield* ConfigurationFile.read(path)
  const tables = Result.getOrElse(Toml.parse(text), (): Table => ({}))["repositories"] ?? {}
  const refuse = (begins: ReadonlyArray<string>, message: string): RemoteError => {
    const found = TomlStatements.scan(text).find((statement) => TomlStatements.startsWith(statement.path, begins))
    return ConfigurationFile.malformed(path, { line: found?.line ?? 1, column: found?.column ?? 1, message })
  }
  if (!isTable(tables)) {
    return yield* refuse(["repositories"], '"repositories" must hold tables, each written as [repositories.NAME]')
  }
  const repositories = new Map<string, ConfiguredRepository>()
  for (const [name, table] of Object.entries(tables)) {
    const repository = repositoryOf(name, table)
    if (Result.isFailure(repository)) {
      return yield* refuse(["repositories", name], `repository "${name}" ${repository.failure}`)
    }
    repositories.set(name, repository.success)
  }
  return repositories
})

/** Fails with `InvalidName` where a repository can not be called `name`, and with `AlreadyConfigured` where one is. */
export const checkNew = Effect.fnUntraced(function* (path: string, name: string) {
  if (!RemoteName.isValidName(name)) {
    const rule = "use two or more of A-Z a-z 0-9 _ . and -, not beginning with . or -"
    const message = `a repository can not be called "${name}": ${rule}`
    return yield* new RemoteError({ reason: new InvalidName({ message }) })
  }
  if ((yield* read(path)).has(name)) {
    const message = `a repository "${name}" is configured already; choose another name, or take it out of ${path}`
    return yield* new RemoteError({ reason: new AlreadyConfigured({ message }) })
  }
})

/** `text` with one more repository at its end. */
export const written = (text: string, { location, name, password }: ConfiguredRepository): string => {
  const separator = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n"
  const lines = [`[repositories.${TomlStatements.writeKey(name)}]`, `location = ${TomlStatements.quote(location)}`]
  if (password !== undefined) lines.push(`password = ${TomlStatements.quote(password)}`)
  return `${text}${separator}${lines.join("\n")}\n`
}

const without = (text: string, name: string): string => ConfigurationText.removeTable(text, ["repositories", name])

/** Writes one more repository into the configuration. */
export const add = Effect.fnUntraced(function* (path: string, repository: ConfiguredRepository) {
  yield* checkNew(path, repository.name)
  yield* ConfigurationFile.edit(path, ({ remotes, text }) =>
    Effect.succeed({ text: written(text, repository), remotes: remotes.values() })
  )
})

/** Writes a repository in the place of the one of its name. */
export const replace = (path: string, repository: ConfiguredRepository): Effect.Effect<void, RemoteError> =>
  ConfigurationFile.edit(path, ({ remotes, text }) =>
    Effect.succeed({ text: written(without(text, repository.name), repository), remotes: remotes.values() })
  )

/** Takes the name away; the repository stays as it is. Does nothing where there is none of that name. */
export const remove = (path: string, name: string): Effect.Effect<void, RemoteError> =>
  ConfigurationFile.edit(path, ({ remotes, text }) =>
    Effect.succeed({ text: without(text, name), remotes: remotes.values() })
  )
