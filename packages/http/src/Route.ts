/** The way to a host: straight, through a tunnel of a proxy, or handed on by the proxy, where all is in the clear. */
import type { buildConnector as ConnectorOf } from "undici"
import buildConnector from "undici/lib/core/connect.js"
import type { Authorities } from "./Authorities.ts"
import { Connections } from "./Connections.ts"
import { type Patience, usualPatience } from "./HttpMessage.ts"
import * as HttpProxy from "./HttpProxy.ts"
import * as Tunnel from "./Tunnel.ts"

/** How a service is reached. */
export interface Way {
  readonly proxy?: HttpProxy.HttpProxy | undefined
  /** Hosts that are asked without the proxy, in the words of `NO_PROXY`. */
  readonly noProxy?: string | undefined
  readonly ca?: Authorities
  readonly patience?: Patience | undefined
}

export interface Route {
  readonly connections: Connections
  readonly isDirect: boolean
  /** What stands before the path: a proxy that hands a request on is told the whole address. */
  readonly prefix: string
  /** For the proxy: name, value, name, value. */
  readonly headers: ReadonlyArray<string>
}

const portOf = (protocol: string, port: string) => Number(port || (protocol === "https:" ? 443 : 80))

const straight = ({ ca, patience = usualPatience }: Way): ConnectorOf.connector =>
  buildConnector({ allowH2: false, timeout: patience.connect, ...(ca && { ca: [...ca] }) })

const through =
  (proxy: HttpProxy.HttpProxy, { ca, patience = usualPatience }: Way): ConnectorOf.connector =>
  ({ hostname, port, protocol }, onDone) => {
    const target = { hostname, protocol, port: portOf(protocol, port) }
    Tunnel.open(proxy, target, { timeout: patience.connect, ca }, (error, socket) =>
      socket === null ? onDone(error ?? new Error("no connection"), null) : onDone(null, socket)
    )
  }

/** Makes connections to `origin` for a dispatcher of another kind: straight, or through a tunnel where there is a proxy for it. */
export const connectorTo = (way: Way, origin: string): ConnectorOf.connector =>
  way.proxy !== undefined && HttpProxy.applies(way.proxy, way.noProxy ?? "", origin)
    ? through(way.proxy, way)
    : straight(way)

/** Finds the way to a host. */
export const make = (way: Way) => {
  const { noProxy = "", patience = usualPatience, proxy } = way
  const connect = straight(way)
  const direct: Route = { connections: new Connections(connect, patience), isDirect: true, prefix: "", headers: [] }
  const tunnelled = proxy && new Connections(through(proxy, way), patience)
  const handedOn =
    proxy &&
    new Connections(
      (_, onDone) =>
        connect({ protocol: proxy.protocol, hostname: proxy.host, host: proxy.host, port: `${proxy.port}` }, onDone),
      patience
    )
  const known = new Map<string, Route>()
  const find = (origin: string): Route => {
    if (proxy === undefined || tunnelled === undefined || handedOn === undefined) return direct
    if (!HttpProxy.applies(proxy, noProxy, origin)) return direct
    if (origin.startsWith("https:") || HttpProxy.isLoopback(origin))
      return { connections: tunnelled, isDirect: false, prefix: "", headers: [] }
    const headers = proxy.credentials === undefined ? [] : ["proxy-authorization", proxy.credentials]
    return { connections: handedOn, isDirect: false, prefix: origin, headers }
  }
  return {
    to: (origin: string): Route => {
      if (proxy === undefined) return direct
      const found = known.get(origin) ?? find(origin)
      known.set(origin, found)
      return found
    },
    close: () => Promise.all([direct.connections.destroy(), tunnelled?.destroy(), handedOn?.destroy()])
  }
}
