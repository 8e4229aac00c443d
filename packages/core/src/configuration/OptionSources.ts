/** Who decides an option: a flag, the configuration, the environment or the default, in this order. */
import * as Redacted from "effect/Redacted"
import type { OptionField, OptionValue } from "../contract/OptionField.ts"
import type { EnvironmentSet, ProviderFactory } from "../contract/ProviderFactory.ts"
import type { Environment } from "../machine/StandardPaths.ts"
import type { ConfiguredRemote, Place } from "./ConfigurationText.ts"

export type Source =
  | { readonly _tag: "Flag" }
  | { readonly _tag: "Configuration"; readonly place: Place }
  | { readonly _tag: "Environment"; readonly variable: string }
  | { readonly _tag: "Default" }
  /** Nobody says anything. */
  | { readonly _tag: "None" }

/** An option and what it was given as. `given` may be a secret, or say where one is kept. */
export interface ChosenOption {
  readonly field: OptionField
  readonly source: Source
  readonly given: unknown
}

export interface Sources {
  /** Flags by option. Those of options that the type does not have are ignored, so that one command line can serve two types. */
  readonly flags: { readonly [option: string]: OptionValue | undefined }
  readonly configured: ConfiguredRemote | undefined
  readonly environment: Environment
}

/** An empty variable counts as not set. */
const read = (environment: Environment, variable: string): string | undefined => environment[variable] || undefined

const fromAbove = (field: OptionField, { configured, flags }: Sources): ChosenOption | undefined => {
  const flag = flags[field.name]
  if (flag !== undefined) {
    return { field, source: { _tag: "Flag" }, given: Redacted.isRedacted(flag) ? Redacted.value(flag) : flag }
  }
  const given = configured?.options[field.name]
  if (configured === undefined || given === undefined) return undefined
  return { field, source: { _tag: "Configuration", place: configured.placeOf(field.name) }, given }
}

/**
 * A set may give what flags and configuration leave open when it is whole with
 * them and contradicts none of them: a configured key id and the key of another
 * account must never meet.
 */
const isUsable = (set: EnvironmentSet, above: ReadonlyMap<string, ChosenOption>, environment: Environment): boolean =>
  Object.entries(set).every(([option, variable]) => {
    const value = read(environment, variable)
    const given = above.get(option)?.given
    if (value === undefined || given === undefined) return value !== undefined || given !== undefined
    const meant = typeof given === "string" && given.startsWith("env:") ? environment[given.slice(4)] : given
    return String(meant) === value
  })

/** Every option of the type, in its order. */
export const choose = (factory: ProviderFactory, sources: Sources): ReadonlyArray<ChosenOption> => {
  const { environment } = sources
  const above = new Map<string, ChosenOption>()
  for (const field of factory.options) {
    const chosen = fromAbove(field, sources)
    if (chosen !== undefined) above.set(field.name, chosen)
  }
  const usable = factory.environment.filter((set) => isUsable(set, above, environment))
  return factory.options.map((field): ChosenOption => {
    const chosen = above.get(field.name)
    if (chosen !== undefined) return chosen
    for (const set of usable) {
      const variable = set[field.name]
      const value = variable === undefined ? undefined : read(environment, variable)
      if (variable !== undefined && value !== undefined) {
        return { field, source: { _tag: "Environment", variable }, given: value }
      }
    }
    return field.defaultValue === undefined
      ? { field, source: { _tag: "None" }, given: undefined }
      : { field, source: { _tag: "Default" }, given: field.defaultValue }
  })
}

/** What to set in the environment so that `option` is given, as a clause; `undefined` when the environment can not give it. */
export const environmentRemedy = (
  factory: ProviderFactory,
  option: string,
  environment: Environment
): string | undefined => {
  const sets = factory.environment.filter((set) => set[option] !== undefined).map((set) => Object.values(set))
  const isSet = (variable: string) => read(environment, variable) !== undefined
  const begun = sets.find((variables) => variables.some(isSet) && !variables.every(isSet))
  const variables = begun ?? sets[0]
  if (variables === undefined) return undefined
  if (begun === undefined) return `set ${variables.join(" and ")}`
  const missing = begun.filter((variable) => !isSet(variable))
  return `set ${missing.join(" and ")} (${begun.filter(isSet).join(" and ")} is set)`
}
