/** The one way to say where a server of a place listens. */
import * as Flag from "effect/cli/Flag"
import * as Result from "effect/Result"
import * as ListenAddress from "./ListenAddress.ts"

/** Fields of a request that are said by what stands without a flag, and by `--addr`. */
export const saidOtherwise = ["path", "address", "port"] as const

export const addr = Flag.String("addr").pipe(
  Flag.withMetavar("address:port"),
  Flag.withDescription("Where to listen; :8080 for all addresses, 127.0.0.1:8080 when absent"),
  Flag.filterMap(
    (typed) => Result.getSuccess(ListenAddress.parse(typed)),
    (typed) => Result.getOrElse(Result.flip(ListenAddress.parse(typed)), () => "")
  ),
  Flag.withDefault(ListenAddress.standard)
)
