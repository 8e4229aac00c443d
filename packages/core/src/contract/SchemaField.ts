/**
 * One field of a schema, as people are shown it.
 *
 * Options of providers and requests of jobs are schemas. Flags, prompts, forms, checks and explanations are made of
 * these, so that whatever can be said is written down once.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** `texts`: any number of them. */
export type FieldKind = "text" | "texts" | "secret" | "number" | "boolean"

export interface SchemaField {
  /** The key in the schema: `keyId`. */
  readonly name: string
  /** The flag, without dashes in front: `key-id`. */
  readonly flag: string
  /** What it is, for people: the schema's `description`. */
  readonly description: string
  readonly kind: FieldKind
  /** The only values allowed, where the schema is a choice of texts. */
  readonly choices: ReadonlyArray<string> | undefined
  /** A number that must be whole. */
  readonly isWhole: boolean
  readonly isRequired: boolean
  /** The value of a field nobody gives; never set for a secret. */
  readonly defaultValue: string | number | boolean | undefined
}

/** Fields of texts, lists of texts, choices of texts, numbers, booleans and `Schema.Redacted(Schema.String)`. */
export type Fields = { readonly [name: string]: Schema.ConstraintDecoder<unknown> }

const isRedacted = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Declaration" &&
  (ast.annotations?.representation as { readonly id?: unknown } | undefined)?.id === "effect/schema/Redacted"

const choicesOf = (ast: SchemaAST.AST): ReadonlyArray<string> | undefined => {
  if (ast._tag === "Literal" && typeof ast.literal === "string") return [ast.literal]
  if (ast._tag !== "Union") return undefined
  const choices = ast.types.map(choicesOf)
  return choices.every((choice) => choice !== undefined) ? choices.flat() : undefined
}

const isTexts = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Arrays" && ast.elements.length === 0 && ast.rest.length === 1 && ast.rest[0]?._tag === "String"

const kindOf = (name: string, ast: SchemaAST.AST): FieldKind => {
  if (isRedacted(ast)) return "secret"
  if (ast._tag === "String" || choicesOf(ast) !== undefined) return "text"
  if (isTexts(ast)) return "texts"
  if (ast._tag === "Number") return "number"
  if (ast._tag === "Boolean") return "boolean"
  throw new Error(
    `option "${name}" must be a String, a choice of texts, a list of Strings, a Number, a Boolean or a Redacted String, not ${ast._tag}`
  )
}

const isWholeBy = (check: SchemaAST.Check<unknown>): boolean =>
  check._tag === "FilterGroup"
    ? check.checks.some(isWholeBy)
    : (check.annotations?.representation as { readonly id?: unknown } | undefined)?.id === "effect/schema/isInt"

const defaultOf = (name: string, schema: Schema.ConstraintDecoder<unknown>): SchemaField["defaultValue"] => {
  const decoded = Schema.decodeUnknownResult(Schema.Struct({ [name]: schema }))({})
  const value = Result.isSuccess(decoded) ? (decoded.success as Record<string, unknown>)[name] : undefined
  if (value === undefined || Redacted.isRedacted(value)) return undefined
  return value as SchemaField["defaultValue"]
}

/** Throws for a field no flag or form could show: that is a mistake of whoever wrote the schema. */
export const describe = (name: string, schema: Schema.ConstraintDecoder<unknown>): SchemaField => {
  const encoded = SchemaAST.toEncoded(schema.ast)
  const kind = kindOf(name, encoded)
  const isRequired = !SchemaAST.isOptional(encoded)
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
    isWhole: kind === "number" && (encoded.checks?.some(isWholeBy) ?? false),
    isRequired,
    // Trying costs a parser, and without a way from absent to a value there is nothing to find.
    defaultValue: isRequired || schema.ast.encoding === undefined ? undefined : defaultOf(name, schema)
  }
}
