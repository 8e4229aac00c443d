/** `bwlimit` of a request as a limiter for one run. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { InvalidJob } from "../kind/JobError.ts"
import type { Limits } from "../kind/Limits.ts"

/** Why the text is none. */
export const refusal = (text: string | undefined): InvalidJob | undefined => {
  if (text === undefined) return undefined
  const rates = Bandwidth.parse(text)
  return Result.isFailure(rates) ? new InvalidJob({ field: "bwlimit", message: rates.failure }) : undefined
}

const ratesOf = (text: string | undefined): Bandwidth.Rates => {
  const none = { up: undefined, down: undefined }
  return text === undefined ? none : Result.getOrElse(Bandwidth.parse(text), () => none)
}

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
  const rate = rateOf(ratesOf(text))
  if (rate === undefined && limits === undefined) return undefined
  const bandwidth = yield* Bandwidth.make(rate)
  yield* limits?.heed((rates) => bandwidth.setRate(rateOf(rates))) ?? Effect.void
  return bandwidth
})
