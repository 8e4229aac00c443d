/** `bwlimit` of a request, for one run: others of the same account know nothing of it. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
import { throttled } from "@ourclone/core/layers/Throttled"
import * as Timetable from "@ourclone/core/layers/Timetable"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { InvalidJob } from "../kind/JobError.ts"
import type { Limits } from "../kind/Limits.ts"

/** Why the text is none. */
export const refusal = (text: string | undefined): InvalidJob | undefined => {
  if (text === undefined) return undefined
  const rates = Timetable.parse(text)
  return Result.isFailure(rates) ? new InvalidJob({ field: "bwlimit", message: rates.failure }) : undefined
}

const timetableOf = (text: string | undefined): Timetable.Timetable =>
  text === undefined ? Timetable.none : Result.getOrElse(Timetable.parse(text), () => Timetable.none)

/** Calls `set` with the rates of the text, and with those that `limits` gives instead of them, until the scope closes. */
const follow = Effect.fnUntraced(function* (
  timetable: Timetable.Timetable,
  limits: Limits | undefined,
  set: (rates: Bandwidth.Rates) => Effect.Effect<void>
): Effect.fn.Return<void, never, Scope.Scope> {
  let own: Bandwidth.Rates = { up: undefined, down: undefined }
  let given: Bandwidth.Rates | undefined
  const hold = Effect.suspend(() => set(given ?? own))
  yield* Timetable.follow(timetable, (rates) => {
    own = rates
    return hold
  })
  yield* limits?.heed((rates) => {
    given = rates
    return hold
  }) ?? Effect.void
})

/**
 * The rate up where the destination is remote, the rate down where it is this machine, and what `limits` makes of it
 * until the scope closes. None where there is no rate and nobody can give one.
 */
export const limiter = Effect.fnUntraced(function* (
  text: string | undefined,
  destination: Provider,
  limits: Limits | undefined
): Effect.fn.Return<Bandwidth.Bandwidth | undefined, never, Scope.Scope> {
  const rateOf = ({ down, up }: Bandwidth.Rates) => (destination.capabilities.isLocal ? down : up)
  const timetable = timetableOf(text)
  const isLimited = timetable.some(({ rates }) => rateOf(rates) !== undefined)
  if (!isLimited && limits === undefined) return undefined
  const bandwidth = yield* Bandwidth.make()
  yield* follow(timetable, limits, (rates) => bandwidth.setRate(rateOf(rates)))
  return bandwidth
})

/**
 * `provider`, to which and from which the run moves no more than that, until the scope closes. What is on its way when a
 * first limit is given ends without one.
 */
export const around = Effect.fnUntraced(function* (
  provider: Provider,
  text: string | undefined,
  limits: Limits | undefined
): Effect.fn.Return<Provider, never, Scope.Scope> {
  if (text === undefined && limits === undefined) return provider
  const directions = { up: yield* Bandwidth.make(), down: yield* Bandwidth.make() }
  yield* follow(timetableOf(text), limits, ({ down, up }) =>
    Effect.andThen(directions.up.setRate(up), directions.down.setRate(down))
  )
  return throttled(provider, directions)
})
