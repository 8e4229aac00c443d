/** A plugin as a provider type: known by what was learned of it, loaded when a place of it is opened, and guarded from then on. */
import { pathToFileURL } from "node:url"
import type { Account } from "@ourclone/core/contract/Account"
import type * as OptionFields from "@ourclone/core/contract/OptionField"
import type { Provider } from "@ourclone/core/contract/Provider"
import { inDirectory, type ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { specification } from "@ourclone/core/contract/Specification"
import {
  InvalidRequest,
  isStorageError,
  Reason,
  StorageError,
  UnexpectedResponse
} from "@ourclone/core/contract/StorageError"
import { type Call, wrap } from "@ourclone/core/layers/ProviderCalls"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { optionsOf, type Plugin, read } from "./InstalledPlugins.ts"
import * as PluginEnding from "./PluginEnding.ts"
import * as PluginPrinting from "./PluginPrinting.ts"

/** In milliseconds. */
export interface Patience {
  readonly load: number
  /** For signing in, and for opening a place. */
  readonly open: number
}

const usual: Patience = { load: 10_000, open: 120_000 }

const failure = (plugin: Plugin, operation: string, message: string) =>
  new StorageError({
    provider: plugin.facts.type,
    operation,
    reason: new InvalidRequest({ message: `the plugin "${plugin.name}" ${plugin.version} ${message}` })
  })

const load = (plugin: Plugin, patience: number): Effect.Effect<ProviderFactory, StorageError> =>
  Effect.tryPromise({
    try: async () => {
      PluginEnding.watch(plugin)
      PluginPrinting.toErrors()
      const { default: factory } = (await import(pathToFileURL(plugin.entry).href)) as {
        readonly default: ProviderFactory
      }
      return factory
    },
    catch: (error) =>
      failure(
        plugin,
        "load",
        `could not be loaded: ${error instanceof Error ? error.message : error}. The other remotes work`
      )
  }).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(failure(plugin, "load", `did not finish loading within ${patience / 1000} s`))
    }),
    Effect.flatMap((factory) =>
      factory?.type === plugin.facts.type && factory.specification === specification
        ? Effect.succeed(factory)
        : Effect.fail(failure(plugin, "load", "is another than was added; add it again"))
    )
  )

const isReason = Schema.is(Reason)

/** An error of the contract, whichever copy of it made it; all else is a mistake of the plugin. */
const asStorageError = (plugin: Plugin, call: Call, thrown: unknown): StorageError => {
  if (thrown instanceof StorageError) return thrown
  if (isStorageError(thrown)) {
    const { operation, path, provider, reason } = thrown
    const { _tag, ...fields } = reason as unknown as { readonly _tag: string } & Record<string, unknown>
    const known = Schema.decodeUnknownOption(Reason)({ _tag, ...fields })
    const own = isReason(reason) ? reason : Option.getOrUndefined(known)
    const unknown = new UnexpectedResponse({
      message: String((reason as { readonly message?: unknown }).message ?? _tag)
    })
    return new StorageError({ provider, operation, ...(path === undefined ? {} : { path }), reason: own ?? unknown })
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const reason = new UnexpectedResponse({
    message: `the plugin "${plugin.name}" ${plugin.version} failed by itself: ${text}`
  })
  return new StorageError({ provider: plugin.facts.type, operation: call.method, path: call.path, reason })
}

const ofCause = (plugin: Plugin, call: Call, cause: Cause.Cause<unknown>): Effect.Effect<never, StorageError> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  return Effect.fail(asStorageError(plugin, call, Cause.squash(cause)))
}

const guarded = (plugin: Plugin, provider: Provider): Provider =>
  wrap(provider, {
    effect: (work, call) => Effect.catchCause(work, (cause) => ofCause(plugin, call, cause)),
    stream: (work, call) => Stream.catchCause(work, (cause) => Stream.fromEffect(ofCause(plugin, call, cause)))
  })

/** Whatever `work` does, it fails as the contract says, and within the time. */
const within = <A, R>(
  plugin: Plugin,
  method: string,
  millis: number,
  work: Effect.Effect<A, StorageError, R>
): Effect.Effect<A, StorageError, R> =>
  Effect.catchCause(work, (cause) => ofCause(plugin, { method, path: "" }, cause)).pipe(
    Effect.timeoutOrElse({
      duration: millis,
      orElse: () => Effect.fail(failure(plugin, method, `did not answer within ${millis / 1000} s`))
    })
  )

/** As texts: the plugin brings its own copy of what closes secrets, which does not open those of another. */
const opened = (values: OptionFields.OptionValues): OptionFields.OptionValues =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Redacted.isRedacted(value) ? Redacted.value(value) : value])
  )

const guardedAccount = (plugin: Plugin, factory: ProviderFactory, account: Account, patience: number): Account => ({
  ...account,
  open: (at, values) => {
    const place = Effect.suspend(() => {
      const message = factory.refusesLocation?.(at.location)
      return message === undefined
        ? account.open(at, opened(values))
        : Effect.fail(
            new StorageError({
              provider: `${at.name}${at.location}`,
              operation: "open",
              reason: new InvalidRequest({ message })
            })
          )
    })
    return Effect.map(within(plugin, "open", patience, place), (provider) => guarded(plugin, provider))
  }
})

export const factoryOf = (plugin: Plugin, patience = usual): ProviderFactory => {
  const { description, environment, placeOptions, type } = plugin.facts
  const options = optionsOf(plugin)
  return {
    specification,
    type,
    description,
    options,
    placeOptions,
    environment,
    // The plugin looks again when it is loaded.
    check: (values: OptionFields.OptionValues) =>
      options.flatMap(({ isRequired, name }) =>
        isRequired && values[name] === undefined ? [{ option: name, message: "is missing" }] : []
      ),
    inDirectory: inDirectory(plugin.facts.hasBuckets === true),
    refusesLocation: () => undefined,
    connect: (values, name) =>
      Effect.flatMap(load(plugin, patience.load), (factory) =>
        Effect.map(
          within(
            plugin,
            "connect",
            patience.open,
            Effect.suspend(() => factory.connect(opened(values), name))
          ),
          (account) => guardedAccount(plugin, factory, account, patience.open)
        )
      )
  }
}

export const factoriesIn = (folder: string): ReadonlyArray<ProviderFactory> =>
  read(folder).map((plugin) => factoryOf(plugin))
