/** `bwlimit` of a request as a limiter for one run. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
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
  let own: Bandwidth.Rates = { up: undefined, down: undefined }
  let given: Bandwidth.Rates | undefined
  const set = Effect.suspend(() => bandwidth.setRate(rateOf(given ?? own)))
  yield* Timetable.follow(timetable, (rates) => {
    own = rates
    return set
  })
  yield* limits?.heed((rates) => {
    given = rates
    return set
  }) ?? Effect.void
  return bandwidth
})
