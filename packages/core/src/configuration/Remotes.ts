/** From what a user types, `photos:2024`, to a provider that is ready to use; and the remotes that are configured. */
import { userInfo } from "node:os"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { withSettings } from "../accounts/AccountSettings.ts"
import * as Accounts from "../accounts/Accounts.ts"
import type { OpenAt } from "../contract/Account.ts"
import { remedy } from "../contract/CoreRemedies.ts"
import type { OptionValue } from "../contract/OptionField.ts"
import type { Provider } from "../contract/Provider.ts"
import type { ProviderFactory } from "../contract/ProviderFactory.ts"
import { refusal as specificationRefusal } from "../contract/Specification.ts"
import type { StorageError } from "../contract/StorageError.ts"
import * as UploadFiles from "../layers/UploadFiles.ts"
import * as StandardPaths from "../machine/StandardPaths.ts"
import * as ConfigurationFile from "./ConfigurationFile.ts"
import * as ConfigurationText from "./ConfigurationText.ts"
import * as ConfiguredRates from "./ConfiguredRates.ts"
import * as OptionSources from "./OptionSources.ts"
import {
  AlreadyConfigured,
  InvalidName,
  RemoteError,
  UnknownRemote,
  UnknownType,
  UnsupportedProvider
} from "./RemoteError.ts"
import * as RemoteName from "./RemoteName.ts"
import * as RemoteOptions from "./RemoteOptions.ts"
import * as Secret from "./Secret.ts"
import { didYouMean } from "./Suggestion.ts"

/** Options by name. In a text, `env:`, `file:` and `command:` say where the value is kept. */
export type Given = { readonly [option: string]: OptionValue | undefined }

/** A remote as it is configured. Secrets in place are shown as `xxx`. */
export interface ShownRemote {
  readonly name: string
  readonly type: string
  readonly line: number
  readonly options: { readonly [option: string]: string }
}

/** Which source won. */
export interface ExplainedOption {
  readonly option: string
  readonly source: "flag" | "configuration" | "environment" | "default" | "none"
  /** The flag without dashes, `/home/ann/.config/ourclone/config.toml:3`, `B2_KEY_ID`; "" otherwise. */
  readonly where: string
  /** `xxx` for a secret, the reference for a value kept elsewhere; absent when there is none. */
  readonly value: string | undefined
  readonly isMissing: boolean
}

export interface RemotesOptions {
  /** Listed by hand in each app; importing a package never registers anything. The one of type `local` opens paths. */
  readonly factories: ReadonlyArray<ProviderFactory>
  /** What variables and `env:` are read from. */
  readonly environment: StandardPaths.Environment
  /** Absolute: where relative paths of `file:` in flags begin. */
  readonly directory: string
  /** Instead of the standard place. */
  readonly configurationPath?: string | undefined
  /** Where the traffic of a remote is written that says `debug = true`. */
  readonly openLog?: Accounts.AccountsOptions["openLog"]
  /** Told of accounts with limits, where other processes use them too. */
  readonly share?: Accounts.AccountsOptions["share"]
  /** A folder of what must survive: what was begun of large files is noted there, so that a later run goes on. */
  readonly uploadsDirectory?: string | undefined
  /** Of this machine when absent; by `process.platform`'s names. */
  readonly platform?: string | undefined
}

/** Remotes that are made of remotes. */
const mostLayers = 4

const fail = (reason: RemoteError["reason"]): RemoteError => new RemoteError({ reason })

const listed = (words: ReadonlyArray<string>): string => (words.length === 0 ? "none" : words.join(", "))

const unknownType = (type: string, what: string, factories: ReadonlyArray<ProviderFactory>): RemoteError => {
  const known = factories.map((factory) => factory.type)
  const message = `${what}: this program knows no type "${type}"${didYouMean(type, known)} (known: ${listed(known)})`
  return fail(new UnknownType({ message, known }))
}

/** `path` is what was typed where it may also be a file; "" where it may not. */
const unknownRemote = (name: string, known: ReadonlyArray<string>, path: string): RemoteError => {
  const message = `no remote is called "${name}"${didYouMean(name, known)} (known: ${listed(known)})`
  return fail(new UnknownRemote({ message, known: [...known], remedy: remedy("addRemote", { name, path }) }))
}

const sourceNames = {
  Flag: "flag",
  Configuration: "configuration",
  Environment: "environment",
  Default: "default",
  None: "none"
} as const

const make = (options: RemotesOptions, accounts: Accounts.Accounts) => {
  const { environment } = options
  const factories = options.factories.map(withSettings)
  const home = environment.HOME || userInfo().homedir
  const configurationFile = options.configurationPath ?? StandardPaths.configurationFile(environment, home)
  const surroundings = { environment, home, directory: options.directory }
  const configuration = ConfigurationFile.read(configurationFile)

  const factoryOf = (type: string, what: string) => {
    const factory = factories.find((candidate) => candidate.type === type)
    if (factory === undefined) return Effect.fail(unknownType(type, what, factories))
    const refused = specificationRefusal(`${what}: the provider type "${type}"`, factory.specification)
    return refused === undefined
      ? Effect.succeed(factory)
      : Effect.fail(fail(new UnsupportedProvider({ message: refused })))
  }

  const subjectOf = Effect.fnUntraced(function* (configured: ConfigurationText.ConfiguredRemote) {
    const name = `remote "${configured.name}"`
    const { line } = configured.placeOf("type")
    const factory = yield* factoryOf(configured.type, `${name} (${configurationFile}:${line})`)
    const subject = { name, factory, configured, configurationPath: configurationFile }
    yield* RemoteOptions.checkConfigured(subject)
    return subject
  })

  /** How each configured remote was opened last. */
  const opened = new Map<string, { readonly text: string; readonly flags: Given }>()

  /** Whom `text` means and what comes after it. */
  const find = Effect.fnUntraced(function* (text: string) {
    const remotes = RemoteName.mayBeRemote(text) ? (yield* configuration).remotes : new Map<string, never>()
    const names = [...remotes.keys()]
    const types = factories.map((factory) => factory.type)
    const platform = options.platform ?? process.platform
    const meaning = RemoteName.parse(text, { remotes: names, types, platform })
    const at = (name: string, location: string): OpenAt => ({ name, location })
    const plain = (name: string, factory: ProviderFactory): RemoteOptions.Subject => ({
      name,
      factory,
      configured: undefined,
      configurationPath: configurationFile
    })
    switch (meaning._tag) {
      case "Local":
        return { subject: plain(text, yield* factoryOf("local", text)), at: at("", meaning.path) }
      case "Configured": {
        const subject = yield* subjectOf(remotes.get(meaning.remote)!)
        return { subject, at: at(`${meaning.remote}:`, meaning.location) }
      }
      case "Unconfigured": {
        const subject = plain(text, yield* factoryOf(meaning.type, text))
        return { subject, at: at(meaning.type === "local" ? "" : meaning.prefix, meaning.location) }
      }
      case "UnknownType":
        return yield* unknownType(meaning.type, text, factories)
      case "UnknownRemote":
        return yield* unknownRemote(meaning.remote, names, text)
      case "Invalid":
        return yield* fail(new InvalidName({ message: `this can not be a place: ${meaning.because}` }))
    }
  })

  const named = Effect.fnUntraced(function* (name: string) {
    const { remotes } = yield* configuration
    const remote = remotes.get(name.replace(/:$/, ""))
    if (remote !== undefined) return remote
    return yield* unknownRemote(name, [...remotes.keys()], "")
  })

  const openThrough = Effect.fnUntraced(function* (
    text: string,
    flags: Given,
    layers: number
  ): Effect.fn.Return<Provider, StorageError | RemoteError, Scope.Scope> {
    const { at, subject } = yield* find(text)
    const { factory } = subject
    const chosen = OptionSources.choose(factory, { flags, configured: subject.configured, environment })
    const values = yield* RemoteOptions.valuesOf(subject, chosen, surroundings)
    const { over } = factory
    if (over === undefined) {
      if (subject.configured !== undefined) opened.set(subject.name, { text, flags })
      const provider = yield* accounts.open(factory, values, at)
      const { rates } = provider
      if (rates === undefined) return provider
      return { ...provider, rates: ConfiguredRates.over(rates, yield* ConfiguredRates.read(configurationFile)) }
    }
    const refused = layers === 0 ? "it is made of itself, or of too many others" : factory.refusesLocation(at.location)
    if (refused !== undefined)
      return yield* fail(new InvalidName({ message: `${text} can not be a place: ${refused}` }))
    const beneath = yield* openThrough(yield* over.beneath(values, at.location), flags, layers - 1)
    const outermost =
      at.location === ""
        ? Effect.succeed(beneath)
        : Effect.flatMap(over.beneath(values, ""), (whole) => openThrough(whole, flags, layers - 1)).pipe(
            // What is beneath a folder of it was opened by the same names.
            Effect.catchTag("RemoteError", () => Effect.succeed(beneath))
          )
    return yield* over.around(beneath, values, at, outermost)
  })
  const open = (text: string, flags: Given = {}) => openThrough(text, flags, mostLayers)

  const refresh = Effect.gen(function* () {
    for (const { flags, text } of opened.values()) {
      const { subject } = yield* find(text)
      const chosen = OptionSources.choose(subject.factory, { flags, configured: subject.configured, environment })
      yield* accounts.settle(subject.factory, yield* RemoteOptions.valuesOf(subject, chosen, surroundings))
    }
  })

  const hide = (value: unknown, isSecret: boolean): string => (isSecret ? "xxx" : String(value))

  /** A flag or configured value as it may be shown. */
  const show = (value: unknown, isSecret: boolean): string =>
    typeof value === "string" && Secret.kindOf(value) !== undefined ? Secret.show(value) : hide(value, isSecret)

  const whereOf = (source: OptionSources.Source, flag: string): string => {
    if (source._tag === "Flag") return flag
    if (source._tag === "Configuration") return `${configurationFile}:${source.place.line}`
    return source._tag === "Environment" ? source.variable : ""
  }

  const explain = Effect.fnUntraced(function* (name: string, flags: Given = {}) {
    const isType = !name.includes(":") && !(yield* configuration).remotes.has(name)
    const known = factories.some((factory) => factory.type === name)
    const { subject } = yield* find(isType && known ? `${name}://` : name.includes(":") ? name : `${name}:`)
    const chosen = OptionSources.choose(subject.factory, { flags, configured: subject.configured, environment })
    return chosen.map(({ field, given, source }): ExplainedOption => {
      const isSecret = field.kind === "secret"
      const shown = source._tag === "Environment" ? hide(given, isSecret) : show(given, isSecret)
      return {
        option: field.name,
        source: sourceNames[source._tag],
        where: whereOf(source, field.flag),
        value: given === undefined ? undefined : shown,
        isMissing: source._tag === "None" && field.isRequired
      }
    })
  })

  const shown = Effect.fnUntraced(function* (name: string) {
    const remote = yield* named(name)
    const factory = factories.find((candidate) => candidate.type === remote.type)
    const shownOptions: Record<string, string> = {}
    for (const [option, value] of Object.entries(remote.options)) {
      const field = factory?.options.find((candidate) => candidate.name === option)
      shownOptions[option] = show(value, field === undefined || field.kind === "secret")
    }
    return { name: remote.name, type: remote.type, line: remote.placeOf().line, options: shownOptions }
  })

  const add = Effect.fnUntraced(function* (name: string, type: string, given: Given) {
    if (!RemoteName.isValidName(name)) {
      const rule = "use two or more of A-Z a-z 0-9 _ . and -, not beginning with . or -"
      return yield* fail(new InvalidName({ message: `a remote can not be called "${name}": ${rule}` }))
    }
    const factory = yield* factoryOf(type, `remote "${name}"`)
    const written: Record<string, string | number | boolean> = {}
    for (const [option, value] of Object.entries(given)) {
      if (value !== undefined) written[option] = Redacted.isRedacted(value) ? Redacted.value(value) : value
    }
    yield* RemoteOptions.checkNew(name, factory, written, environment)
    yield* ConfigurationFile.edit(configurationFile, ({ remotes, text }) => {
      if (remotes.has(name)) {
        const message = `a remote "${name}" is configured already`
        return Effect.fail(fail(new AlreadyConfigured({ message, remedy: remedy("removeRemote", { name }) })))
      }
      return Effect.succeed({
        text: ConfigurationText.add(text, name, type, written),
        remotes: [...remotes.values(), { name, type, options: written }]
      })
    })
  })

  const change = Effect.fnUntraced(function* (name: string, changes: Given) {
    const remote = yield* named(name)
    const factory = yield* factoryOf(remote.type, `remote "${remote.name}"`)
    const changed = (options: ConfigurationText.ConfiguredRemote["options"]) => {
      const written = { ...options } as Record<string, string | number | boolean>
      for (const [option, value] of Object.entries(changes)) {
        if (value === undefined) delete written[option]
        else written[option] = Redacted.isRedacted(value) ? Redacted.value(value) : value
      }
      return written
    }
    yield* RemoteOptions.checkNew(remote.name, factory, changed(remote.options), environment)
    yield* ConfigurationFile.edit(configurationFile, ({ remotes, text }) => {
      const now = remotes.get(remote.name)
      if (now === undefined) return Effect.fail(unknownRemote(remote.name, [...remotes.keys()], ""))
      const options = changed(now.options)
      const without = ConfigurationText.remove(text, remote.name)
      return Effect.succeed({
        text: ConfigurationText.add(without, remote.name, now.type, options),
        remotes: [...remotes.values()].map((other) =>
          other.name === remote.name ? { name: other.name, type: other.type, options } : other
        )
      })
    })
  })

  const remove = Effect.fnUntraced(function* (name: string) {
    const remote = yield* named(name)
    yield* ConfigurationFile.edit(configurationFile, ({ remotes, text }) =>
      Effect.succeed({
        text: ConfigurationText.remove(text, remote.name),
        remotes: [...remotes.values()].filter((other) => other.name !== remote.name)
      })
    )
  })

  return Remotes.of({
    configurationFile,
    factories,
    open,
    refresh,
    explain,
    list: Effect.map(configuration, ({ remotes }) => [...remotes.values()].map(({ name, type }) => ({ name, type }))),
    show: shown,
    add,
    change,
    remove,
    warnings: Effect.map(configuration, ({ warnings }) => warnings)
  })
}

export class Remotes extends Context.Service<
  Remotes,
  {
    /** Its path, whether the file exists or not. */
    readonly configurationFile: string
    readonly factories: ReadonlyArray<ProviderFactory>
    /** Opens what `text` means until the scope closes, with every layer around it. Flags that the type does not have are ignored. */
    readonly open: (text: string, flags?: Given) => Effect.Effect<Provider, StorageError | RemoteError, Scope.Scope>
    /** What the configuration says now of the limits of accounts that are open holds from now on. */
    readonly refresh: Effect.Effect<void, RemoteError>
    /** Every option of a remote (`photos`), a type (`b2`) or a place (`b2://bucket`), and who decides it. Fetches no secret. */
    readonly explain: (name: string, flags?: Given) => Effect.Effect<ReadonlyArray<ExplainedOption>, RemoteError>
    readonly list: Effect.Effect<ReadonlyArray<{ readonly name: string; readonly type: string }>, RemoteError>
    /** Fails with `UnknownRemote`. */
    readonly show: (name: string) => Effect.Effect<ShownRemote, RemoteError>
    /** Writes a remote into the configuration. Fails with `AlreadyConfigured`, `InvalidName`, `UnknownType` or `InvalidOption`. */
    readonly add: (name: string, type: string, options: Given) => Effect.Effect<void, RemoteError>
    /**
     * Writes options of a remote anew; one that is given as `undefined` is taken away, one that is not named stays.
     * Fails with `UnknownRemote` or `InvalidOption`.
     */
    readonly change: (name: string, options: Given) => Effect.Effect<void, RemoteError>
    /** Fails with `UnknownRemote`. */
    readonly remove: (name: string) => Effect.Effect<void, RemoteError>
    /** What the user should know about the configuration file, in sentences. */
    readonly warnings: Effect.Effect<ReadonlyArray<string>, RemoteError>
  }
>()("@ourclone/core/Remotes") {
  /** Reads nothing until it is asked: a broken configuration does not stop a program that needs none. */
  static readonly layer = (options: RemotesOptions): Layer.Layer<Remotes> =>
    Layer.effect(
      Remotes,
      Effect.map(
        Accounts.make({
          openLog: options.openLog,
          share: options.share,
          uploads: options.uploadsDirectory === undefined ? undefined : UploadFiles.make(options.uploadsDirectory)
        }),
        (accounts) => make(options, accounts)
      )
    )
}
