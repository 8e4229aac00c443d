/** The way to a host: straight, through a tunnel of a proxy, or handed on by the proxy, where all is in the clear. */
import type { Authorities } from "./Authorities.ts"
import type { Patience } from "./HttpMessage.ts"
import * as HttpProxy from "./HttpProxy.ts"

/** How a service is reached. */
export interface Way {
  readonly proxy?: HttpProxy.HttpProxy | undefined
  /** Hosts that are asked without the proxy, in the words of `NO_PROXY`. */
  readonly noProxy?: string | undefined
  readonly ca?: Authorities
  readonly patience?: Patience | undefined
}

export interface Route {
  readonly by: "straight" | "tunnel" | "proxy"
  /** What stands before the path: a proxy that hands a request on is told the whole address. */
  readonly prefix: string
  /** For the proxy: name, value, name, value. */
  readonly headers: ReadonlyArray<string>
}

const direct: Route = { by: "straight", prefix: "", headers: [] }

/** Finds the way to a host. */
export const make = ({ noProxy = "", proxy }: Way): ((origin: string) => Route) => {
  if (proxy === undefined) return () => direct
  const find = (origin: string): Route => {
    if (!HttpProxy.applies(proxy, noProxy, origin)) return direct
    if (origin.startsWith("https:") || HttpProxy.isLoopback(origin)) return { by: "tunnel", prefix: "", headers: [] }
    const headers = proxy.credentials === undefined ? [] : ["proxy-authorization", proxy.credentials]
    return { by: "proxy", prefix: origin, headers }
  }
  const known = new Map<string, Route>()
  return (origin) => {
    const found = known.get(origin) ?? find(origin)
    known.set(origin, found)
    return found
  }
}
