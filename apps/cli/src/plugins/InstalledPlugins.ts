/** Which plugins there are: what was learned of each when it was added, so that none is loaded before it is needed. */
import * as fs from "node:fs"
import type { OptionField } from "@ourclone/core/contract/OptionField"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Schema from "effect/Schema"
import { listIn } from "./PluginFolder.ts"

const Option = Schema.Struct({
  name: Schema.String,
  flag: Schema.String,
  description: Schema.String,
  kind: Schema.Literals(["text", "secret", "number", "boolean"]),
  choices: Schema.optionalKey(Schema.Array(Schema.String)),
  isWhole: Schema.Boolean,
  isRequired: Schema.Boolean,
  defaultValue: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number, Schema.Boolean]))
})

/** What a plugin says of itself when it is tried. */
export const Facts = Schema.Struct({
  specification: Schema.Number,
  type: Schema.String,
  description: Schema.String,
  options: Schema.Array(Option),
  placeOptions: Schema.Array(Schema.String),
  environment: Schema.Array(Schema.Record(Schema.String, Schema.String)),
  /** Whether the outermost folder of a place is a bucket; absent where it was added before that was asked. */
  hasBuckets: Schema.optionalKey(Schema.Boolean)
})
export type Facts = typeof Facts.Type

export const Plugin = Schema.Struct({
  /** Name and version of its package. */
  name: Schema.String,
  version: Schema.String,
  /** Where it was asked for: a folder, or what npm was told. */
  from: Schema.String,
  /** The file that is loaded. */
  entry: Schema.String,
  facts: Facts
})
export type Plugin = typeof Plugin.Type

const decode = Schema.decodeUnknownSync(Schema.Struct({ plugins: Schema.Array(Plugin) }))

/** A file that can not be read counts as none: the program does without plugins. */
export const read = (folder: string): ReadonlyArray<Plugin> => {
  try {
    return decode(JSON.parse(fs.readFileSync(listIn(folder), "utf8"))).plugins
  } catch {
    return []
  }
}

export const write = (folder: string, plugins: ReadonlyArray<Plugin>): void => {
  makeFolder(folder)
  const temporary = `${listIn(folder)}.${process.pid}.tmp`
  fs.writeFileSync(temporary, `${JSON.stringify({ plugins }, undefined, 2)}\n`, { mode: 0o600 })
  fs.renameSync(temporary, listIn(folder))
}

export const optionsOf = ({ facts }: Plugin): ReadonlyArray<OptionField> =>
  facts.options.map(({ choices, defaultValue, ...option }) => ({ ...option, choices, defaultValue }))
