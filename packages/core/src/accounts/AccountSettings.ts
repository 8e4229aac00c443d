/** What every remote can be told, whatever its type: how fast, how many at once, how often again, where below, and a log. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as OptionField from "../contract/OptionField.ts"
import type { OptionIssue, ProviderFactory } from "../contract/ProviderFactory.ts"
import * as Timetable from "../layers/Timetable.ts"

const wholeNumber = (minimum: number, maximum: number) =>
  Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum, maximum })))

const Rate = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((text: string) => {
      const rates = Timetable.parse(text)
      return Result.isFailure(rates) ? rates.failure : undefined
    })
  )
)

const AccountSettings = Schema.Struct({
  rate: Schema.optionalKey(Rate).annotateKey({
    description:
      "Bytes a second at most, such as 10M, or up and down apart as 10M:100k, or by the hour as 08:00,512k 19:00,off; for all that uses the account"
  }),
  workers: Schema.optionalKey(wholeNumber(1, 1000)).annotateKey({
    description: "Most requests to a server of the service at once, downloads included"
  }),
  requests: Schema.optionalKey(Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))).annotateKey({
    description: "Most requests a second, such as 10 or 0.5; for all that uses the account"
  }),
  retries: Schema.optionalKey(wholeNumber(0, 1000)).annotateKey({
    description: "How often a failed call is made again at most; 0 makes failures happen at once"
  }),
  dir: Schema.optionalKey(Schema.String).annotateKey({
    description: "A folder that everything is kept in: below the bucket, where there are buckets"
  }),
  debug: Schema.optionalKey(Schema.Boolean).annotateKey({
    description: "Keep a log of all traffic, without secrets, in the state folder"
  })
})
export type AccountSettings = typeof AccountSettings.Type

const fields = OptionField.fromSchema(AccountSettings)
const names = new Set(fields.map(({ name }) => name))
const decode = Schema.decodeUnknownResult(AccountSettings)

const only = (values: OptionField.OptionValues, isSetting: boolean): OptionField.OptionValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name) === isSetting))

/** The settings in `values`; those that make no sense are left out, as `check` has refused them. */
export const of = (values: OptionField.OptionValues): AccountSettings =>
  Result.getOrElse(decode(only(values, true)), () => ({}))

/** What is left for the provider. */
export const without = (values: OptionField.OptionValues): OptionField.OptionValues => only(values, false)

const issuesOf = (values: OptionField.OptionValues): ReadonlyArray<OptionIssue> =>
  fields.flatMap(({ name }) => {
    const value = values[name]
    if (value === undefined) return []
    const decoded = decode({ [name]: value })
    if (Result.isSuccess(decoded)) return []
    const because = name === "rate" ? Timetable.parse(String(value)) : undefined
    const message =
      because !== undefined && Result.isFailure(because) ? because.failure : "has a value that is not allowed"
    return [{ option: name, message }]
  })

/**
 * `factory` with the settings among its options, unless an option of its own has the name. Twice is once. A remote over
 * another has none: those of that one hold.
 */
export const withSettings = (factory: ProviderFactory): ProviderFactory => {
  if (factory.over !== undefined) return factory
  const own = new Set(factory.options.map(({ name }) => name))
  const added = fields.filter(({ name }) => !own.has(name))
  if (added.length === 0) return factory
  return {
    ...factory,
    options: [...factory.options, ...added],
    check: (values) => [...factory.check(without(values)), ...issuesOf(values)]
  }
}
