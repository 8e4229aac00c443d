/** `tpslimit` of a request: how often a run asks each storage, however many of its places it opens. */
import type { Provider } from "@ourclone/core/contract/Provider"
import { RequestPace } from "@ourclone/core/layers/RequestPace"
import { paced } from "@ourclone/core/layers/RunPace"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** The pace of a run at the storage that calls itself by that account. */
type PaceOf = (account: string) => RequestPace

const Paces = Context.Reference<PaceOf | undefined>("@ourclone/jobs/place/Tpslimit", { defaultValue: () => undefined })

const make = (perSecond: number): PaceOf => {
  const paces = new Map<string, RequestPace>()
  return (account) => {
    const known = paces.get(account)
    if (known !== undefined) return known
    const pace = new RequestPace()
    pace.limit(perSecond)
    paces.set(account, pace)
    return pace
  }
}

/** What `run` opens is asked so often at most, all that it opens of one storage together; 0 is no limit. Within another one, that one holds. */
export const within =
  (perSecond: number | undefined) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    perSecond === undefined || perSecond === 0
      ? run
      : Effect.flatMap(Paces, (outer) => Effect.provideService(run, Paces, outer ?? make(perSecond)))

/** `provider`, at the pace of the run that opens it. */
export const around = (provider: Provider): Effect.Effect<Provider> =>
  Effect.map(Paces, (paceOf) => (paceOf === undefined ? provider : paced(provider, paceOf(provider.place.account))))
