/**
 * One option of a provider, as its schema describes it.
 *
 * Flags, prompts, forms, the checks of the configuration and `config explain`
 * are all made of these, so that an option is written down once.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

export type OptionKind = "text" | "secret" | "number" | "boolean"

export interface OptionField {
  /** The key in the schema and in the configuration: `keyId`. */
  readonly name: string
  /** The flag, without dashes in front: `key-id`. */
  readonly flag: string
  /** What it is, for people: the schema's `description`. */
  readonly description: string
  readonly kind: OptionKind
  /** The only values allowed, where the schema is a choice of texts. */
  readonly choices: ReadonlyArray<string> | undefined
  readonly isRequired: boolean
  /** The value of an option nobody gives; never set for a secret. */
  readonly defaultValue: string | number | boolean | undefined
}

/** A schema of options: a struct of texts, choices of texts, numbers, booleans and `Schema.Redacted(Schema.String)`. */
export type OptionsSchema = Schema.ConstraintDecoder<object> & {
  readonly fields: { readonly [name: string]: Schema.ConstraintDecoder<unknown> }
}

/** What an option is given as, before the schema has seen it. Secrets are always `Redacted`. */
export type OptionValue = string | number | boolean | Redacted.Redacted<string>
export type OptionValues = { readonly [name: string]: OptionValue }

const isRedacted = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Declaration" &&
  (ast.annotations?.representation as { readonly id?: unknown } | undefined)?.id === "effect/schema/Redacted"

const choicesOf = (ast: SchemaAST.AST): ReadonlyArray<string> | undefined => {
  if (ast._tag === "Literal" && typeof ast.literal === "string") return [ast.literal]
  if (ast._tag !== "Union") return undefined
  const choices = ast.types.map(choicesOf)
  return choices.every((choice) => choice !== undefined) ? choices.flat() : undefined
}

const kindOf = (name: string, ast: SchemaAST.AST): OptionKind => {
  if (isRedacted(ast)) return "secret"
  if (ast._tag === "String" || choicesOf(ast) !== undefined) return "text"
  if (ast._tag === "Number") return "number"
  if (ast._tag === "Boolean") return "boolean"
  throw new Error(
    `option "${name}" must be a String, a choice of texts, a Number, a Boolean or a Redacted String, not ${ast._tag}`
  )
}

const describe = (name: string, schema: Schema.ConstraintDecoder<unknown>): OptionField => {
  const encoded = SchemaAST.toEncoded(schema.ast)
  const kind = kindOf(name, encoded)
  const absent = Result.map(
    Schema.decodeUnknownResult(Schema.Struct({ [name]: schema }))({}),
    (decoded) => (decoded as OptionValues)[name]
  )
  const value = Result.isSuccess(absent) ? absent.success : undefined
  return {
    name,
    flag: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    description:
      Schema.resolveAnnotationsKey(schema)?.description ??
      SchemaAST.resolveDescription(schema.ast) ??
      SchemaAST.resolveDescription(encoded) ??
      name,
    kind,
    choices: choicesOf(encoded),
    isRequired: Result.isFailure(absent),
    defaultValue: Redacted.isRedacted(value) ? undefined : value
  }
}

/** The options of a schema, in its order. Throws for a field no flag or form could show: that is a mistake of the provider. */
export const fromSchema = (schema: OptionsSchema): ReadonlyArray<OptionField> =>
  Object.entries(schema.fields).map(([name, field]) => describe(name, field))

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
