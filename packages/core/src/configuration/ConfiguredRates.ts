/**
 * What storages charge this user, where that is known better than by the figures that a provider brings along.
 *
 * ```toml
 * [rates]
 * asOf = "2026-12-01"
 * storedGBMonth = 0.005
 * fetchedGB = 0
 * ```
 */
import * as Effect from "effect/Effect"
import * as Toml from "effect/encoding/Toml"
import * as Result from "effect/Result"
import type { Rates } from "../contract/Rates.ts"
import * as ConfigurationFile from "./ConfigurationFile.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import type { RemoteError } from "./RemoteError.ts"
import { didYouMean } from "./Suggestion.ts"
import * as TomlStatements from "./TomlStatements.ts"

/** In the currency of the provider's own; what is not said is charged as that says. */
export type OwnRates = Pick<Rates, "asOf" | "storedGBMonth" | "fetchedGB"> &
  Partial<Pick<Rates, "thousandReads" | "thousandListings">>

type Table = { readonly [key: string]: unknown }

const table = "rates"
const needed = ["storedGBMonth", "fetchedGB"]
const amounts = [...needed, "thousandReads", "thousandListings"]
const fields = ["asOf", ...amounts]

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** The field that is wrong, where one is, and what is. */
const wrongOf = (rates: Table): readonly [field: string | undefined, message: string] | undefined => {
  for (const [field, value] of Object.entries(rates)) {
    if (!fields.includes(field)) return [field, `has no option "${field}"${didYouMean(field, fields)}`]
    const isRight =
      field === "asOf" ? typeof value === "string" && value !== "" : typeof value === "number" && value >= 0
    if (!isRight) return [field, `needs ${field === "asOf" ? "a day in quotes" : "a number from 0 on"} for ${field}`]
  }
  if (rates.asOf === undefined)
    return [undefined, 'has no asOf; add the day of the figures, such as asOf = "2026-12-01"']
  const missing = needed.find((field) => rates[field] === undefined)
  return missing === undefined
    ? undefined
    : [undefined, `has no ${missing}; add what a GB costs, such as ${missing} = 0.01`]
}

/** Those in the file at `path`, where there are some. Fails with `ConfigurationUnavailable` or `MalformedConfiguration`. */
export const read = Effect.fnUntraced(function* (path: string): Effect.fn.Return<OwnRates | undefined, RemoteError> {
  const { text } = yield* ConfigurationFile.read(path)
  const rates = Result.getOrElse(Toml.parse(text), (): Table => ({}))[table]
  if (rates === undefined) return undefined
  const [field, message] = isTable(rates) ? (wrongOf(rates) ?? []) : [undefined, "must be a table, written as [rates]"]
  if (message === undefined) return rates as unknown as OwnRates
  const begins = field === undefined ? [table] : [table, field]
  const found = TomlStatements.scan(text).find((statement) => TomlStatements.startsWith(statement.path, begins))
  const place = { line: found?.line ?? 1, column: found?.column ?? 1 }
  return yield* ConfigurationFile.malformed(path, { ...place, message: `"${table}" ${message}` })
})

const written = (text: string, rates: OwnRates): string => {
  const separator = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n"
  const lines = Object.entries(rates).map(([field, value]) => `${field} = ${TomlStatements.writeValue(value)}`)
  return `${text}${separator}[${table}]\n${lines.join("\n")}\n`
}

/** Writes them in the place of those that are there; without any those are taken out. */
export const write = (path: string, rates: OwnRates | undefined): Effect.Effect<void, RemoteError> =>
  ConfigurationFile.edit(path, ({ remotes, text }) => {
    const without = ConfigurationText.removeTable(text, [table])
    return Effect.succeed({
      text: rates === undefined ? without : written(without, rates),
      remotes: remotes.values()
    })
  })

/** What a provider brings along, with one's own figures in the place of its. */
export const over = (rates: Rates, own: OwnRates | undefined): Rates => ({ ...rates, ...own })
