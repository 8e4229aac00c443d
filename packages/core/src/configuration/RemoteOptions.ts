/** From the options somebody chose to the values a provider opens with, or to the error that says what to change. */
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { remedy } from "../contract/CoreRemedies.ts"
import * as OptionField from "../contract/OptionField.ts"
import type { ProviderFactory } from "../contract/ProviderFactory.ts"
import { type Remedy, remedyField } from "../contract/Remedy.ts"
import type { Environment } from "../machine/StandardPaths.ts"
import { malformed } from "./ConfigurationFile.ts"
import type { ConfiguredRemote, Problem } from "./ConfigurationText.ts"
import * as OptionSources from "./OptionSources.ts"
import { InvalidOption, RemoteError, SecretUnavailable } from "./RemoteError.ts"
import * as Secret from "./Secret.ts"
import { didYouMean } from "./Suggestion.ts"

/** What the messages are about. */
export interface Subject {
  /** `remote "photos"` or `b2://`. */
  readonly name: string
  readonly factory: ProviderFactory
  readonly configured: ConfiguredRemote | undefined
  readonly configurationPath: string
}

export const invalidOption = (message: string, option?: string, advice?: Remedy): RemoteError =>
  new RemoteError({
    reason: new InvalidOption({
      message,
      ...(option === undefined ? {} : { option }),
      ...remedyField(advice)
    })
  })

const writtenAs: Record<OptionField.OptionKind, string> = {
  text: 'a text in quotes, like "text"',
  secret: 'a text in quotes, like "text"',
  number: "a number, without quotes",
  boolean: "true or false, without quotes"
}

const typeOf: Record<OptionField.OptionKind, string> = {
  text: "string",
  secret: "string",
  number: "number",
  boolean: "boolean"
}

const problemOf = (factory: ProviderFactory, remote: ConfiguredRemote): Problem | undefined => {
  for (const [option, value] of Object.entries(remote.options)) {
    const field = factory.options.find(({ name }) => name === option)
    if (field === undefined) {
      const known = factory.options.map(({ name }) => name)
      const message = `remote "${remote.name}": a remote of type "${factory.type}" has no option "${option}"${didYouMean(option, known)} (known: ${known.join(", ")})`
      return { ...remote.placeOf(option), message }
    }
    const isReference = typeof value === "string" && Secret.kindOf(value) !== undefined
    if (!isReference && typeof value !== typeOf[field.kind]) {
      const message = `remote "${remote.name}": option "${option}" must be ${writtenAs[field.kind]}`
      return { ...remote.placeOf(option), message }
    }
  }
  return undefined
}

/** Fails with `MalformedConfiguration` for an option that the type does not have or a value of the wrong kind. */
export const checkConfigured = ({
  configurationPath,
  configured,
  factory
}: Subject): Effect.Effect<void, RemoteError> => {
  const problem = configured === undefined ? undefined : problemOf(factory, configured)
  return problem === undefined ? Effect.void : Effect.fail(malformed(configurationPath, problem))
}

/** An error about the value of `chosen` that names the place to change. */
const refused = (subject: Subject, chosen: OptionSources.ChosenOption, fact: string): RemoteError => {
  const { field, source } = chosen
  switch (source._tag) {
    case "Configuration":
      return malformed(subject.configurationPath, {
        ...source.place,
        message: `${subject.name}: option "${field.name}" ${fact}`
      })
    case "Environment":
      return invalidOption(
        `${subject.name}: option "${field.name}", from the environment variable ${source.variable}, ${fact}`,
        field.name
      )
    case "Flag":
      return invalidOption(
        `${subject.name}: option "${field.name}" ${fact}`,
        field.name,
        remedy("changeOption", { option: field.flag })
      )
    default:
      return invalidOption(`${subject.name}: option "${field.name}" ${fact}`, field.name)
  }
}

const fetchValue = Effect.fnUntraced(function* (
  subject: Subject,
  chosen: OptionSources.ChosenOption,
  surroundings: Secret.Surroundings
) {
  const { field, given, source } = chosen
  if (typeof given !== "string") return given as OptionField.OptionValue
  let text = given
  if (source._tag === "Flag" || source._tag === "Configuration") {
    const directory = source._tag === "Flag" ? surroundings.directory : dirname(subject.configurationPath)
    const secret = yield* Effect.mapError(Secret.resolve(given, { ...surroundings, directory }), (cause) => {
      const message = `${subject.name}: no value for option "${field.name}": ${cause}`
      return new RemoteError({ reason: new SecretUnavailable({ message, option: field.name }) })
    })
    text = Redacted.value(secret)
  }
  const parsed = OptionField.parse(field, text)
  if (Result.isFailure(parsed)) return yield* refused(subject, chosen, parsed.failure)
  return parsed.success
})

/** What is missing and every way to give it. */
const missing = (
  subject: Subject,
  fields: ReadonlyArray<OptionField.OptionField>,
  surroundings: Secret.Surroundings
): RemoteError => {
  const { configurationPath, configured, factory, name } = subject
  const names = fields.map((field) => `"${field.name}"`).join(" and ")
  const remedies = new Set<string>()
  if (configured !== undefined) {
    const { line } = configured.placeOf()
    remedies.add(`write ${fields.length > 1 ? "them" : "it"} into ${configurationPath}, below line ${line}`)
  }
  for (const field of fields) {
    const remedy = OptionSources.environmentRemedy(factory, field.name, surroundings.environment)
    if (remedy !== undefined) remedies.add(remedy)
  }
  const ways = remedies.size === 0 ? "" : `: ${[...remedies].join(", or ")}`
  const advice = configured === undefined ? remedy("addRemoteOfType", { type: factory.type }) : undefined
  return invalidOption(`${name} needs ${names}${ways}`, fields[0]?.name, advice)
}

/** The values of all chosen options, secrets fetched, checked against the schema. */
export const valuesOf = Effect.fnUntraced(function* (
  subject: Subject,
  chosen: ReadonlyArray<OptionSources.ChosenOption>,
  surroundings: Secret.Surroundings
) {
  const absent = chosen.filter(({ field, source }) => source._tag === "None" && field.isRequired)
  if (absent.length > 0) {
    return yield* missing(
      subject,
      absent.map(({ field }) => field),
      surroundings
    )
  }
  const values: Record<string, OptionField.OptionValue> = {}
  for (const option of chosen) {
    if (option.source._tag === "None") continue
    values[option.field.name] = yield* fetchValue(subject, option, surroundings)
  }
  const [issue] = subject.factory.check(values)
  if (issue !== undefined) {
    const blamed = chosen.find(({ field }) => field.name === issue.option)
    return yield* blamed === undefined
      ? invalidOption(`${subject.name}: ${issue.message}`)
      : refused(subject, blamed, issue.message)
  }
  return values
})

/**
 * Fails with `InvalidOption` unless a remote could be opened with `written`.
 * A value kept elsewhere is not fetched, so only its option is checked.
 */
export const checkNew = Effect.fnUntraced(function* (
  name: string,
  factory: ProviderFactory,
  written: { readonly [option: string]: string | number | boolean },
  environment: Environment
) {
  const known = factory.options.map((field) => field.name)
  const values: Record<string, OptionField.OptionValue> = {}
  for (const [option, value] of Object.entries(written)) {
    const field = factory.options.find((candidate) => candidate.name === option)
    if (field === undefined) {
      const fact = `a remote of type "${factory.type}" has no option "${option}"${didYouMean(option, known)}`
      return yield* invalidOption(`${fact} (known: ${known.join(", ")})`, option)
    }
    if (typeof value === "string" && Secret.kindOf(value) !== undefined) continue
    if (typeof value !== typeOf[field.kind]) {
      return yield* invalidOption(`remote "${name}": option "${option}" must be ${writtenAs[field.kind]}`, option)
    }
    values[option] = field.kind === "secret" ? Redacted.make(String(value)) : value
  }
  const flags = written
  const chosen = OptionSources.choose(factory, { flags, configured: undefined, environment })
  for (const issue of factory.check(values)) {
    const option = chosen.find(({ field }) => field.name === issue.option)
    const isGivenElsewhere = option !== undefined && option.source._tag !== "None" && !(issue.option! in values)
    if (isGivenElsewhere) continue
    if (option === undefined) return yield* invalidOption(`remote "${name}": ${issue.message}`, issue.option)
    const message = `remote "${name}": option "${option.field.name}" ${issue.message}`
    const code = option.source._tag === "None" ? "giveOption" : "changeOption"
    return yield* invalidOption(message, issue.option, remedy(code, { option: option.field.flag }))
  }
})
