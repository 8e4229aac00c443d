/** Flags and arguments made of the fields of a request, so that each is written down once. */
import * as SchemaField from "@ourclone/core/contract/SchemaField"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { on, text, texts } from "./Flags.ts"
import { type FlagWords, flagWords } from "./FlagWords.ts"

type Fields = { readonly [name: string]: Schema.ConstraintCodec<unknown, unknown> }

/** A switch is off and a list empty when it is not given. */
type Flagged<Value> = [Value] extends [boolean]
  ? boolean
  : [Value] extends [ReadonlyArray<string>]
    ? ReadonlyArray<string>
    : Value | undefined

export type RequestFlags<Asked extends Fields> = {
  readonly [Name in keyof Asked]: Flag.Flag<Flagged<Asked[Name]["Type"]>>
}

const optional = <Value>(flag: Flag.Flag<Value>): Flag.Flag<Value | undefined> =>
  Flag.map(Flag.optional(flag), Option.getOrUndefined)

const flagOf = (name: string, schema: Fields[string], own: FlagWords): Flag.Flag<unknown> => {
  const { alias, read, ...words } = { ...flagWords[name], ...own }
  const { choices, isWhole, kind, ...field } = SchemaField.describe(name, schema)
  const flag = words.flag ?? field.flag
  const description = words.description ?? field.description
  const described = <Value>(made: Flag.Flag<Value>): Flag.Flag<Value | undefined> => {
    const whole = Flag.withDescription(made, description)
    return optional(words.metavar === undefined ? whole : Flag.withMetavar(whole, words.metavar))
  }
  const make = (): Flag.Flag<unknown> => {
    if (kind === "boolean") return on(flag, description)
    if (kind === "texts") return texts(flag, words.metavar ?? "text", description)
    if (choices !== undefined) return described(Flag.Literals(flag, choices))
    if (kind !== "number") return text(flag, words.metavar ?? "text", description)
    if (read === undefined) {
      const number = isWhole ? Flag.Int(flag) : Flag.Finite(flag)
      return described(Flag.withSchema(number, schema as Schema.ConstraintCodec<unknown, number>))
    }
    const expected = (typed: string): string => Result.getOrElse(Result.flip(read(typed)), () => "")
    return described(Flag.filterMap(Flag.String(flag), (typed) => Result.getSuccess(read(typed)), expected))
  }
  return alias === undefined ? make() : Flag.withAlias(make(), alias)
}

/** A flag for each field, in their order, `own` where a command has words of its own. Throws for a field that no flag could give. */
export const flagsOf = <const Asked extends Fields>(
  fields: Asked,
  own: { readonly [Name in keyof Asked]?: FlagWords } = {}
): RequestFlags<Asked> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, flagOf(name, schema, own[name] ?? {})])
  ) as RequestFlags<Asked>

/** A switch that says no to what is done when nobody says anything. */
export const refusalOf = (field: string): Flag.Flag<false | undefined> => {
  const { description = field, flag = `no-${field}` } = flagWords[field] ?? {}
  return Flag.map(on(flag, description), (isRefused) => (isRefused ? false : undefined))
}

/** A word that must be given, called as its field. `description` where the command line says it in other words. */
export const argumentOf = <Name extends string>(
  fields: { readonly [Key in NoInfer<Name>]: Schema.ConstraintDecoder<string> },
  name: Name,
  description?: string
) =>
  Argument.String(name).pipe(
    Argument.withDescription(description ?? SchemaField.describe(name, fields[name]).description)
  )
