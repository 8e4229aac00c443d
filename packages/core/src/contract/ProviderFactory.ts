/**
 * What a provider package exports, to be listed by hand in an app.
 *
 * One schema of options makes the flags and prompts of `remote add`, the checks
 * and the types that `open` sees.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Scope from "effect/Scope"
import * as OptionField from "./OptionField.ts"
import type { Provider } from "./Provider.ts"
import { InvalidRequest, StorageError } from "./StorageError.ts"

export interface OpenAt {
  /** What users typed before the location and see in messages: `photos:`, `b2://`, "" for a local path. */
  readonly name: string
  /** The text after it: `bucket/path`, or a local path as it was typed. */
  readonly location: string
}

/** Why a value, or its absence, is refused. The message never repeats the value. */
export interface OptionIssue {
  /** Absent when no single option is to blame. */
  readonly option: string | undefined
  readonly message: string
}

/**
 * Environment variables that belong together, by option: `{ keyId: "B2_KEY_ID", key: "B2_KEY" }`.
 * A set is taken whole or not at all, so that one account's id never meets another's key.
 */
export type EnvironmentSet = { readonly [option: string]: string }

export interface ProviderFactory {
  /** `b2`: the `type` in the configuration, and the scheme of `b2://…`. Lower-case letters and digits, at least two. */
  readonly type: string
  /** One line for people, for the list of types. */
  readonly description: string
  readonly options: ReadonlyArray<OptionField.OptionField>
  /** The earlier of two sets that give the same option wins. */
  readonly environment: ReadonlyArray<EnvironmentSet>
  /** What is wrong with `values`, or nothing. Opens nothing. */
  readonly check: (values: OptionField.OptionValues) => ReadonlyArray<OptionIssue>
  /** The provider, until the scope closes. Fails with `InvalidRequest` when `check` has something to say. */
  readonly open: (values: OptionField.OptionValues, at: OpenAt) => Effect.Effect<Provider, StorageError, Scope.Scope>
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const issuesOf = (error: Schema.SchemaError): ReadonlyArray<OptionIssue> =>
  formatIssue(error.issue).issues.map(({ message, path }) => ({
    option: path === undefined || path.length === 0 ? undefined : String(path[0]),
    message: message.startsWith("Missing key") ? "is missing" : message.replace(/^Expected /, "must be ")
  }))

/** A factory whose `open` gets the decoded options. */
export const make = <Options extends OptionField.OptionsSchema>(definition: {
  readonly type: string
  readonly description: string
  readonly options: Options
  readonly environment?: ReadonlyArray<{ readonly [option in keyof Options["fields"]]?: string }>
  readonly open: (options: Options["Type"], at: OpenAt) => Effect.Effect<Provider, StorageError, Scope.Scope>
}): ProviderFactory => {
  const decode = Schema.decodeUnknownResult(definition.options, { errors: "all" })
  return {
    type: definition.type,
    description: definition.description,
    options: OptionField.fromSchema(definition.options),
    environment: (definition.environment ?? []) as ReadonlyArray<EnvironmentSet>,
    check: (values) => {
      const decoded = decode(values)
      return Result.isFailure(decoded) ? issuesOf(decoded.failure) : []
    },
    open: (values, at) => {
      const decoded = decode(values)
      if (Result.isSuccess(decoded)) return definition.open(decoded.success, at)
      const message = issuesOf(decoded.failure)
        .map((issue) => `${issue.option === undefined ? "the options" : `option "${issue.option}"`} ${issue.message}`)
        .join("; ")
      return Effect.fail(
        new StorageError({
          provider: `${at.name}${at.location}`,
          operation: "open",
          reason: new InvalidRequest({ message })
        })
      )
    }
  }
}
