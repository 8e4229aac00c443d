/** `docs/events.md`, made of the schema. */
import { version } from "../../src/events/Envelope.ts"
import { meanings } from "../../src/events/EventMeaning.ts"
import type { JsonSchema, JsonSchemaDocument } from "./JsonSchema.ts"

const typeOf = (schema: JsonSchema): string => {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? ""
    return `[${name}](#${name.toLowerCase()})`
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ")
  if (schema.items !== undefined) return `array of ${typeOf(schema.items)}`
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ")
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined) {
    return `object of ${typeOf(schema.additionalProperties)}`
  }
  return schema.type ?? "any JSON"
}

const table = ({ properties = {}, required = [] }: JsonSchema): string => {
  const rows = Object.entries(properties)
    .filter(([name]) => name !== "_tag")
    .map(([name, field]) => {
      const presence = required.includes(name) ? "" : " (may be absent)"
      return `| \`${name}\` | ${typeOf(field)} | ${field.description ?? ""}${presence} |`
    })
  return ["| field | type | meaning |", "| --- | --- | --- |", ...rows].join("\n")
}

const section = (title: string, meaning: string, schema: JsonSchema): string => {
  const body = schema.properties === undefined ? typeOf(schema) : table(schema)
  return [`### ${title}`, `${meaning}\n`, body].join("\n\n").replace("\n\n\n", "\n\n")
}

const definition = (name: string, schema: JsonSchema): string =>
  section(name, `${schema.description ?? ""}${schema.description === undefined ? "" : "."}`, schema)

export const eventsText = ({ definitions, schema }: JsonSchemaDocument): string => {
  const { event, ...place } = schema.properties ?? {}
  const events = event?.anyOf ?? []
  return `${[
    "# What a run tells",
    "<!-- Made by `npm run events` of packages/core/src/events. -->",
    `Every run of every kind of job tells what happens in one form; \`--json\` of copy, move, sync, check and rm prints it, one
object a line. A line is an envelope:`,
    table({ properties: place, required: schema.required ?? [] }),
    `and \`event\`, one of those below, by its \`_tag\`. Facts are counted and never lost; each item that a run takes up ends as
exactly one \`Done\`, \`Skipped\` or \`Failed\`. \`Progress\` is a gauge: it only restates, and may be left out.

\`v\` is ${version}. New facts, choices and optional fields may come without another number, so pass over what you do not know;
anything else raises it.`,
    "## Events",
    ...events.map((one) => {
      const name = String(one.properties?._tag?.enum?.[0])
      return section(name, meanings[name as keyof typeof meanings], one)
    }),
    "## Parts",
    ...Object.entries(definitions)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, one]) => definition(name, one))
  ].join("\n\n")}\n`
}
