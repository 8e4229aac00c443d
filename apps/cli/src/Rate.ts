/** `--bwlimit` as a limiter for one transfer. */

import type { Provider } from "@ourclone/core/contract/Provider"
import * as Bandwidth from "@ourclone/core/layers/Bandwidth"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { usage } from "./ExitCode.ts"

/** The rate up where the destination is remote, the rate down where it is this machine. */
export const rateOf = Effect.fnUntraced(function* (
  text: string | undefined,
  { destination }: { readonly destination: Provider }
) {
  if (text === undefined) return undefined
  const rates = Bandwidth.parse(text)
  if (Result.isFailure(rates)) return yield* usage(`--bwlimit: ${rates.failure}`)
  const { down, up } = rates.success
  const rate = destination.capabilities.isLocal ? down : up
  return rate === undefined ? undefined : yield* Bandwidth.make(rate)
})
