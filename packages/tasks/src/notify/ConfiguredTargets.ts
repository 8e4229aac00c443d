/** Writes who is told how tasks end into the configuration: a table `[notifications.NAME]` for each. */
import * as ConfigurationFile from "@ourclone/core/configuration/ConfigurationFile"
import * as ConfigurationText from "@ourclone/core/configuration/ConfigurationText"
import type { RemoteError } from "@ourclone/core/configuration/RemoteError"
import * as TomlStatements from "@ourclone/core/configuration/TomlStatements"
import * as Effect from "effect/Effect"
import type { NamedTarget } from "./Target.ts"

const table = "notifications"

const textOf = (value: string | number | boolean | ReadonlyArray<string>): string =>
  typeof value === "object" ? `[${value.map(TomlStatements.quote).join(", ")}]` : TomlStatements.writeValue(value)

/** `text` with one more at its end. */
export const written = (text: string, { name, target }: NamedTarget): string => {
  const separator = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n"
  const fields = Object.entries(target as Record<string, string | number | boolean | ReadonlyArray<string> | undefined>)
  const lines = fields.flatMap(([field, value]) =>
    value === undefined ? [] : [`${TomlStatements.writeKey(field)} = ${textOf(value)}`]
  )
  return `${text}${separator}[${table}.${TomlStatements.writeKey(name)}]\n${lines.join("\n")}\n`
}

const without = (text: string, name: string): string => ConfigurationText.removeTable(text, [table, name])

const edit = (path: string, change: (text: string) => string): Effect.Effect<void, RemoteError> =>
  ConfigurationFile.edit(path, ({ remotes, text }) => Effect.succeed({ text: change(text), remotes: remotes.values() }))

/** Writes one, in the place of the one of its name if there is one. */
export const put = (path: string, named: NamedTarget): Effect.Effect<void, RemoteError> =>
  edit(path, (text) => written(without(text, named.name), named))

/** Does nothing where there is none of that name. */
export const remove = (path: string, name: string): Effect.Effect<void, RemoteError> =>
  edit(path, (text) => without(text, name))
