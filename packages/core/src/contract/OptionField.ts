/** The options of a provider as fields. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaField from "./SchemaField.ts"

export type OptionKind = Exclude<SchemaField.FieldKind, "texts">

/** The key is that of the configuration, too. */
export interface OptionField extends SchemaField.SchemaField {
  readonly kind: OptionKind
}

/** A schema of options: a struct of texts, choices of texts, numbers, booleans and `Schema.Redacted(Schema.String)`. */
export type OptionsSchema = Schema.ConstraintDecoder<object> & { readonly fields: SchemaField.Fields }

/** What an option is given as, before the schema has seen it. Secrets are `Redacted`, but for a plugin, which gets them as texts. */
export type OptionValue = string | number | boolean | Redacted.Redacted<string>
export type OptionValues = { readonly [name: string]: OptionValue }

/** The options of a schema, in its order. Throws for a field that can be no option: that is a mistake of the provider. */
export const fromSchema = (schema: OptionsSchema): ReadonlyArray<OptionField> =>
  Object.entries(schema.fields).map(([name, field]) => {
    const { kind, ...described } = SchemaField.describe(name, field)
    if (kind === "texts") throw new Error(`option "${name}" is a list, and a remote has none`)
    return { ...described, kind }
  })

/**
 * Reads `text`, as it stands in a flag or an environment variable. Fails with
 * what was expected, in words that do not repeat the text.
 */
export const parse = (field: OptionField, text: string): Result.Result<OptionValue, string> => {
  switch (field.kind) {
    case "text":
      return Result.succeed(text)
    case "secret":
      return Result.succeed(Redacted.make(text))
    case "number":
      return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Result.succeed(Number(text)) : Result.fail("must be a number")
    case "boolean":
      if (/^(?:true|yes|on|1)$/i.test(text)) return Result.succeed(true)
      if (/^(?:false|no|off|0)$/i.test(text)) return Result.succeed(false)
      return Result.fail("must be true or false")
  }
}
