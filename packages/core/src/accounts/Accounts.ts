/**
 * The accounts of a process: one sign-in, one budget of connections and one bandwidth for all that uses an account,
 * whichever remote or job it came by.
 */
import { hash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as RcMap from "effect/RcMap"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Account, OpenAt } from "../contract/Account.ts"
import type { OptionValues } from "../contract/OptionField.ts"
import type { Provider } from "../contract/Provider.ts"
import { openPlace, type ProviderFactory } from "../contract/ProviderFactory.ts"
import { InvalidRequest, StorageError } from "../contract/StorageError.ts"
import * as Bandwidth from "../layers/Bandwidth.ts"
import { observed, TrafficLog } from "../layers/Observed.ts"
import { retried } from "../layers/Retried.ts"
import { MostRetries, retryingAtFirst } from "../layers/Retry.ts"
import { type Directions, throttled } from "../layers/Throttled.ts"
import * as Timetable from "../layers/Timetable.ts"
import { type UploadJournal, Uploads } from "../layers/UploadJournal.ts"
import * as AccountSettings from "./AccountSettings.ts"

/** An account without users is kept for so long, as the next command of a run wants it again. */
const idleTime = "30 seconds"

interface Wanted {
  readonly key: string
  readonly factory: ProviderFactory
  readonly values: OptionValues
  readonly name: string
  readonly log: ((line: string) => void) | undefined
}

/** What an account may use, as it is configured. */
interface Limits {
  readonly timetable: Timetable.Timetable
  readonly workers: number | undefined
  readonly requests: number | undefined
}

interface Shared {
  readonly account: Account
  readonly bandwidth: Directions
  /** These hold from now on, or the part of them that is this process's. */
  readonly limit: (limits: Limits) => Effect.Effect<void>
}

/** An account of this process that others may use at the same time. */
export interface SharedAccount {
  /** `Account.id`. */
  readonly id: string
  /** How many use it, this process among them: its limits are divided among so many. */
  readonly setUsers: (users: number) => Effect.Effect<void>
}

export interface Accounts {
  /**
   * A place of the account that `values` sign in to, with every layer around it, until the scope closes. `values` may
   * hold `AccountSettings`; those of whoever names some and opens last hold for the account, and so for all who use it: what
   * one run alone is to keep to goes around its provider. Fails once, so that the caller may try again, but where `values` say
   * how often that may be.
   */
  readonly open: (
    factory: ProviderFactory,
    values: OptionValues,
    at: OpenAt
  ) => Effect.Effect<Provider, StorageError, Scope.Scope>
  /** The settings in `values` hold from now on for the account that they sign in to, where one is open. */
  readonly settle: (factory: ProviderFactory, values: OptionValues) => Effect.Effect<void>
}

export interface AccountsOptions {
  /** Opens the log of a remote that asks for one, until the scope closes. It takes out secrets itself. */
  readonly openLog?: ((name: string) => Effect.Effect<(line: string) => void, never, Scope.Scope>) | undefined
  /** Told of each account that has limits, until the scope closes: where other processes count, too. */
  readonly share?: ((account: SharedAccount) => Effect.Effect<void, never, Scope.Scope>) | undefined
  /** Where it is noted what was begun of large files; else that is known to this process alone. */
  readonly uploads?: UploadJournal | undefined
}

/** What tells accounts apart: type and options, but for those of a place. Holds no secret that could be read back. */
const keyOf = ({ placeOptions, type }: ProviderFactory, values: OptionValues): string => {
  const parts = Object.entries(values)
    .filter(([name]) => !placeOptions.includes(name))
    .map(([name, value]) => [name, Redacted.isRedacted(value) ? Redacted.value(value) : value] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
  return `${type}:${hash("sha256", JSON.stringify(parts))}`
}

const limitsOf = ({ rate, requests, workers }: AccountSettings.AccountSettings): Limits => ({
  timetable: rate === undefined ? Timetable.none : Result.getOrElse(Timetable.parse(rate), () => Timetable.none),
  requests,
  workers
})

const isSet = ({ requests, timetable, workers }: Limits): boolean =>
  timetable.some(({ rates }) => rates.up !== undefined || rates.down !== undefined) ||
  requests !== undefined ||
  workers !== undefined

const inDirectory = (factory: ProviderFactory, location: string, dir: string | undefined): string =>
  dir === undefined || dir === "" ? location : factory.inDirectory(location, dir)

/** Tried again as the remote says; where that says nothing, by whoever opens it. */
const within = <A, R>(retries: number | undefined, work: Effect.Effect<A, StorageError, R>) =>
  retries === undefined ? work : Effect.provideService(retryingAtFirst(work), MostRetries, retries)

/** Accounts live in the scope that this is run in. */
export const make = Effect.fnUntraced(function* ({ openLog, share, uploads }: AccountsOptions = {}) {
  const wanted = new Map<string, Wanted>()
  const live = new Map<string, Shared>()
  const connect = Effect.fnUntraced(function* (key: string): Effect.fn.Return<Shared, StorageError, Scope.Scope> {
    const { factory, log, name, values } = wanted.get(key)!
    const connected = Effect.provideService(factory.connect(values, name), TrafficLog, log)
    const account = yield* uploads === undefined ? connected : Effect.provideService(connected, Uploads, uploads)
    const bandwidth = { up: yield* Bandwidth.make(), down: yield* Bandwidth.make() }
    const scope = yield* Effect.scope
    let limits = limitsOf({})
    let users = 1
    let isShared = false
    let isTimed = false
    const part = (whole: number | undefined): number | undefined => (whole === undefined ? undefined : whole / users)
    const fit = Effect.suspend(() => {
      const { requests, timetable, workers } = limits
      if (workers !== undefined) account.limitConnections?.(Math.max(1, Math.floor(workers / users)))
      account.limitRequests?.(part(requests))
      return Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const rates = Timetable.at(timetable, now)
        return Effect.andThen(bandwidth.up.setRate(part(rates.up)), bandwidth.down.setRate(part(rates.down)))
      })
    })
    /** Once for the account, as soon as there is a timetable; it heeds whichever holds then. */
    const time = Effect.suspend(() => {
      if (isTimed || !Timetable.changes(limits.timetable)) return Effect.void
      isTimed = true
      return Effect.asVoid(Effect.forkIn(Timetable.eachMinute(fit), scope))
    })
    const setUsers = (now: number) =>
      Effect.suspend(() => {
        if (now === users) return Effect.void
        users = Math.max(1, now)
        return fit
      })
    const limit = (now: Limits) =>
      Effect.suspend(() => {
        limits = now
        const isNew = share !== undefined && !isShared && isSet(now)
        const fitted = Effect.andThen(fit, time)
        if (!isNew) return fitted
        isShared = true
        return Effect.andThen(fitted, Effect.provideService(share({ id: account.id, setUsers }), Scope.Scope, scope))
      })
    yield* Effect.addFinalizer(() => Effect.sync(() => live.delete(key)))
    const shared: Shared = { account, bandwidth, limit }
    live.set(key, shared)
    return shared
  })
  const shared = yield* RcMap.make({ lookup: connect, idleTimeToLive: idleTime })

  const scope = yield* Effect.scope
  const logs = new Map<string, (line: string) => void>()
  /** One for each remote, as the account goes on writing to it after the first that opened it. */
  const logOf = Effect.fnUntraced(function* (name: string) {
    const known = logs.get(name)
    if (known !== undefined || openLog === undefined) return known
    const log = yield* Effect.provideService(openLog(name), Scope.Scope, scope)
    logs.set(name, log)
    return log
  })

  const open: Accounts["open"] = Effect.fnUntraced(function* (factory, values, at) {
    const settings = AccountSettings.of(values)
    const { debug, dir, rate, requests, retries, workers } = settings
    const options = AccountSettings.without(values)
    const place = { name: at.name, location: inDirectory(factory, at.location, dir) }
    const name = `${place.name}${place.location}`
    const refused = factory.refusesLocation(place.location)
    if (refused !== undefined) {
      const reason = new InvalidRequest({ message: refused })
      return yield* new StorageError({ provider: name, operation: "open", reason })
    }
    const log = debug === true ? yield* logOf(at.name.replace(/:.*$/, "")) : undefined
    const key = keyOf(factory, options)
    wanted.set(key, { key, factory, values: options, name, log })
    const connected = Effect.onError(RcMap.get(shared, key), () => RcMap.invalidate(shared, key))
    const { account, bandwidth, limit } = yield* within(retries, connected)
    if (workers !== undefined || rate !== undefined || requests !== undefined) yield* limit(limitsOf(settings))
    const provider = throttled(yield* within(retries, openPlace(account, place, options)), bandwidth)
    const seen =
      log === undefined
        ? provider
        : observed(provider, ({ method, millis, outcome, path }) => log(`${method} "${path}" ${outcome} ${millis} ms`))
    return retried(seen, retries)
  })
  const settle: Accounts["settle"] = (factory, values) =>
    Effect.suspend(() => {
      const open = live.get(keyOf(factory, AccountSettings.without(values)))
      return open === undefined ? Effect.void : open.limit(limitsOf(AccountSettings.of(values)))
    })
  const accounts: Accounts = { open, settle }
  return accounts
})
