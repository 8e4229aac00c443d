/** The JSON Schema of an envelope, and what may be different in it without another version. */
import * as Schema from "effect/Schema"
import { Envelope } from "../../src/events/Envelope.ts"

export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly additionalProperties?: JsonSchema | boolean
  readonly $ref?: string
}

export interface JsonSchemaDocument {
  readonly schema: JsonSchema
  readonly definitions: Readonly<Record<string, JsonSchema>>
}

export const current = (): JsonSchemaDocument => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Schema.toCodecJson(Envelope))
  return JSON.parse(JSON.stringify({ schema, definitions }))
}

const nameOf = (schema: JsonSchema): string => String(schema.properties?._tag?.enum?.[0] ?? schema.type ?? "")

/** Where a reader of `before` could fail at what a writer of `now` says. */
export const breaks = (before: JsonSchema, now: JsonSchema | undefined, at = "envelope"): ReadonlyArray<string> => {
  if (now === undefined) return [`${at} is gone`]
  if (before.type !== now.type) return [`${at} is ${now.type} rather than ${before.type}`]
  if (before.$ref !== now.$ref) return [`${at} is ${now.$ref} rather than ${before.$ref}`]
  const isChoice = (before.enum ?? []).every((value) => now.enum?.includes(value) ?? false)
  const required = new Set(before.required ?? [])
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, field]) => [
    ...breaks(field, now.properties?.[name], `${at}.${name}`),
    ...(required.has(name) && !now.required?.includes(name) ? [`${at}.${name} may be absent`] : [])
  ])
  const demanded = (now.required ?? []).filter((name) => !required.has(name)).map((name) => `${at}.${name} is demanded`)
  const cases = (before.anyOf ?? []).flatMap((one) =>
    breaks(
      one,
      now.anyOf?.find((other) => nameOf(other) === nameOf(one)),
      `${at}.${nameOf(one)}`
    )
  )
  const items = before.items === undefined ? [] : breaks(before.items, now.items, `${at}[]`)
  return [...(isChoice ? [] : [`${at} has lost a choice`]), ...fields, ...demanded, ...cases, ...items]
}

export const breaksOf = (before: JsonSchemaDocument, now: JsonSchemaDocument): ReadonlyArray<string> => [
  ...breaks(before.schema, now.schema),
  ...Object.entries(before.definitions).flatMap(([name, one]) => breaks(one, now.definitions[name], name))
]
