/**
 * What a provider package exports, to be listed by hand in an app.
 *
 * One schema of options makes the flags and prompts of `remote add`, the checks
 * and the types that `connect` sees.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Scope from "effect/Scope"
import type { Account, OpenAt } from "./Account.ts"
import * as OptionField from "./OptionField.ts"
import * as PlaceIdentity from "./PlaceIdentity.ts"
import type { Provider } from "./Provider.ts"
import { type Specification, specification, refusal as specificationRefusal } from "./Specification.ts"
import { InvalidRequest, StorageError } from "./StorageError.ts"

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
  readonly specification: Specification
  /** `b2`: the `type` in the configuration, and the scheme of `b2://…`. Lower-case letters and digits, at least two. */
  readonly type: string
  /** One line for people, for the list of types. */
  readonly description: string
  readonly options: ReadonlyArray<OptionField.OptionField>
  /** Names of options that concern one place rather than the account: with the others the same, an account is shared. */
  readonly placeOptions: ReadonlyArray<string>
  /** The earlier of two sets that give the same option wins. */
  readonly environment: ReadonlyArray<EnvironmentSet>
  /** What is wrong with `values`, or nothing. Opens nothing. */
  readonly check: (values: OptionField.OptionValues) => ReadonlyArray<OptionIssue>
  /** `location` below the folder `dir`: inside the bucket, where there are buckets. */
  readonly inDirectory: (location: string, dir: string) => string
  /** Why `location` can be no place of this type, where that is known without asking the service. */
  readonly refusesLocation: (location: string) => string | undefined
  /**
   * Signs in, until the scope closes. `name` is for messages. Fails with `InvalidRequest` when `check` has something to say.
   */
  readonly connect: (
    values: OptionField.OptionValues,
    name: string
  ) => Effect.Effect<Account, StorageError, Scope.Scope>
  /** Present where a place is that of another remote, seen through something: then nothing is connected to. */
  readonly over?: Over | undefined
}

export type Outermost = Effect.Effect<Provider, StorageError, Scope.Scope>

/** How a place is made of another one. */
export interface Over {
  /** What is beneath `location`, as a text that names a place. */
  readonly beneath: (values: OptionField.OptionValues, location: string) => Effect.Effect<string, StorageError>
  /** The place, given what is beneath it, with every layer around that; `outermost` opens what is beneath the whole remote. */
  readonly around: (
    beneath: Provider,
    values: OptionField.OptionValues,
    at: OpenAt,
    outermost: Outermost
  ) => Effect.Effect<Provider, StorageError>
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const issuesOf = (error: Schema.SchemaError): ReadonlyArray<OptionIssue> =>
  formatIssue(error.issue).issues.map(({ message, path }) => ({
    option: path === undefined || path.length === 0 ? undefined : String(path[0]),
    message: message.startsWith("Missing key") ? "is missing" : message.replace(/^Expected /, "must be ")
  }))

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, "")

const inFolder = (location: string, dir: string): string =>
  location === "" ? dir : `${dir.replace(/\/+$/, "")}/${location}`

const inBucket = (location: string, dir: string): string => {
  const [bucket = "", ...rest] = location.replace(/^\/+/, "").split("/")
  return bucket === "" ? location : [bucket, trimmed(dir), ...rest].join("/")
}

/** How a folder of a remote becomes a part of its places. */
export const inDirectory = (hasBuckets: boolean): ProviderFactory["inDirectory"] => (hasBuckets ? inBucket : inFolder)

const invalid = (provider: string, message: string): StorageError =>
  new StorageError({ provider, operation: "open", reason: new InvalidRequest({ message }) })

const decodingOf = <Options extends OptionField.OptionsSchema>(options: Options) => {
  const decodeResult = Schema.decodeUnknownResult(options, { errors: "all" })
  const secrets = OptionField.fromSchema(options).flatMap(({ kind, name }) => (kind === "secret" ? [name] : []))
  /** What comes as a text, to a plugin, is closed before anything is said of it. */
  const closed = (values: OptionField.OptionValues): OptionField.OptionValues => {
    const result: Record<string, OptionField.OptionValue> = { ...values }
    for (const name of secrets) {
      const value = result[name]
      if (typeof value === "string") result[name] = Redacted.make(value)
    }
    return result
  }
  return {
    check: (values: OptionField.OptionValues): ReadonlyArray<OptionIssue> => {
      const decoded = decodeResult(values)
      return Result.isFailure(decoded) ? issuesOf(decoded.failure) : []
    },
    decode: (values: OptionField.OptionValues, name: string): Effect.Effect<Options["Type"], StorageError> => {
      const decoded = decodeResult(closed(values))
      if (Result.isSuccess(decoded)) return Effect.succeed(decoded.success)
      const message = issuesOf(decoded.failure)
        .map((issue) => `${issue.option === undefined ? "the options" : `option "${issue.option}"`} ${issue.message}`)
        .join("; ")
      return Effect.fail(invalid(name, message))
    }
  }
}

/** A factory of places that are those of another remote, seen through something. */
export const makeOver = <Options extends OptionField.OptionsSchema>(definition: {
  readonly type: string
  readonly description: string
  readonly options: Options
  readonly environment?: ReadonlyArray<{ readonly [option in keyof Options["fields"]]?: string }>
  readonly refusesLocation?: (location: string) => string | undefined
  readonly beneath: (options: Options["Type"], location: string) => Effect.Effect<string, StorageError>
  readonly around: (
    beneath: Provider,
    options: Options["Type"],
    at: OpenAt,
    outermost: Outermost
  ) => Effect.Effect<Provider, StorageError>
}): ProviderFactory => {
  const { check, decode } = decodingOf(definition.options)
  return {
    specification,
    type: definition.type,
    description: definition.description,
    options: OptionField.fromSchema(definition.options),
    placeOptions: [],
    environment: (definition.environment ?? []) as ReadonlyArray<EnvironmentSet>,
    check,
    inDirectory: inFolder,
    refusesLocation: definition.refusesLocation ?? (() => undefined),
    connect: (_, name) => Effect.fail(invalid(name, "what is beneath it has to be opened first")),
    over: {
      beneath: (values, location) =>
        Effect.flatMap(decode(values, location), (options) => definition.beneath(options, location)),
      around: (beneath, values, at, outermost) =>
        Effect.flatMap(decode(values, `${at.name}${at.location}`), (options) =>
          definition.around(beneath, options, at, outermost)
        )
    }
  }
}

/** What says which place a provider is of, where a path in the account is a name of one thing only. */
export type Placed = Pick<Provider, "specification" | "name" | "location" | "place">

/** `account` is the `id` of the connection. */
export const placed = (account: string, { location, name }: OpenAt): Placed => ({
  specification,
  name: `${name}${location}`,
  location,
  place: PlaceIdentity.ofPath(account, location)
})

/** A factory whose `connect` and `open` get the decoded options. `Connection` is whatever the places of one account share. */
export const make = <
  Options extends OptionField.OptionsSchema,
  Connection extends Pick<Account, "id" | "limitConnections" | "limitRequests">
>(definition: {
  readonly type: string
  readonly description: string
  readonly options: Options
  readonly placeOptions?: ReadonlyArray<keyof Options["fields"] & string>
  readonly environment?: ReadonlyArray<{ readonly [option in keyof Options["fields"]]?: string }>
  /** Where the outermost folders are buckets, in which a folder can be. */
  readonly hasBuckets?: boolean
  readonly refusesLocation?: (location: string) => string | undefined
  readonly connect: (options: Options["Type"], name: string) => Effect.Effect<Connection, StorageError, Scope.Scope>
  readonly open: (connection: Connection, at: OpenAt, options: Options["Type"]) => Effect.Effect<Provider, StorageError>
}): ProviderFactory => {
  const { check, decode } = decodingOf(definition.options)
  return {
    specification,
    type: definition.type,
    description: definition.description,
    options: OptionField.fromSchema(definition.options),
    placeOptions: definition.placeOptions ?? [],
    environment: (definition.environment ?? []) as ReadonlyArray<EnvironmentSet>,
    check,
    inDirectory: inDirectory(definition.hasBuckets === true),
    refusesLocation: definition.refusesLocation ?? (() => undefined),
    connect: (values, name) =>
      Effect.map(
        Effect.flatMap(decode(values, name), (options) => definition.connect(options, name)),
        (connection): Account => ({
          id: connection.id,
          limitConnections: connection.limitConnections,
          limitRequests: connection.limitRequests,
          open: (at, values) =>
            Effect.flatMap(decode(values, `${at.name}${at.location}`), (options) =>
              definition.open(connection, at, options)
            )
        })
      )
  }
}

/** A place of `account`. Fails with `InvalidRequest` when its provider keeps another number of the contract. */
export const openPlace = (
  account: Account,
  at: OpenAt,
  values: OptionField.OptionValues
): Effect.Effect<Provider, StorageError> =>
  Effect.flatMap(account.open(at, values), (provider) => {
    const refused = specificationRefusal(`the provider of ${at.name}${at.location}`, provider.specification)
    return refused === undefined ? Effect.succeed(provider) : Effect.fail(invalid(`${at.name}${at.location}`, refused))
  })

/** Connects for one place alone. Fails with `InvalidRequest` when factory or provider keep another number of the contract. */
export const open = (
  factory: ProviderFactory,
  values: OptionField.OptionValues,
  at: OpenAt
): Effect.Effect<Provider, StorageError, Scope.Scope> => {
  const name = `${at.name}${at.location}`
  const refused =
    specificationRefusal(`the provider type "${factory.type}"`, factory.specification) ??
    factory.refusesLocation(at.location)
  if (refused !== undefined) return Effect.fail(invalid(name, refused))
  return Effect.flatMap(factory.connect(values, name), (account) => openPlace(account, at, values))
}
