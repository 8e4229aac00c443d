/** `bwlimit` of a request as a limiter for one run. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { InvalidJob } from "../JobError.ts"

/** Why the text is none. */
export const refusal = (text: string | undefined): InvalidJob | undefined => {
  if (text === undefined) return undefined
  const rates = Bandwidth.parse(text)
  return Result.isFailure(rates) ? new InvalidJob({ field: "bwlimit", message: rates.failure }) : undefined
}

/** The rate up where the destination is remote, the rate down where it is this machine. */
export const limiter = (
  text: string | undefined,
  destination: Provider
): Effect.Effect<Bandwidth.Bandwidth | undefined> => {
  if (text === undefined) return Effect.succeed(undefined)
  const { down, up } = Result.getOrElse(Bandwidth.parse(text), () => ({ up: undefined, down: undefined }))
  const rate = destination.capabilities.isLocal ? down : up
  return rate === undefined ? Effect.succeed(undefined) : Bandwidth.make(rate)
}
