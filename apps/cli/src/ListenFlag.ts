/** The one way to say where a server listens. */
import * as Flag from "effect/cli/Flag"
import * as Result from "effect/Result"
import * as ListenAddress from "./ListenAddress.ts"

/** Fields of a request that are said by what stands without a flag, and by `--addr`. */
export const saidOtherwise = ["path", "address", "port"] as const

const addrFlag = (description: string, port: number) =>
  Flag.String("addr").pipe(
    Flag.withMetavar("address:port"),
    Flag.withDescription(description),
    Flag.filterMap(
      (typed) => Result.getSuccess(ListenAddress.parse(typed, port)),
      (typed) => Result.getOrElse(Result.flip(ListenAddress.parse(typed, port)), () => "")
    )
  )

/** Of a server of a place. */
export const addr = addrFlag(
  "Where to listen; :8080 for all addresses, 127.0.0.1:8080 when absent",
  ListenAddress.standard.port
).pipe(Flag.withDefault(ListenAddress.standard))

/** Of the service, which may listen at several. */
export const addrs = addrFlag(
  "Where to listen; :7727 for all addresses; when absent 127.0.0.1:7727 and [::1]:7727, or 0.0.0.0:7727 in a container with a certificate or --allow-http; may be repeated, with one port",
  ListenAddress.servicePort
).pipe(Flag.atLeast(0))
