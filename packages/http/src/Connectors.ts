/** How a connection to a host is made for undici: straight, or through a tunnel of a proxy. */
import type { buildConnector as ConnectorOf } from "undici"
import buildConnector from "undici/lib/core/connect.js"
import { usualPatience } from "./HttpMessage.ts"
import * as HttpProxy from "./HttpProxy.ts"
import type { Way } from "./Route.ts"
import * as Tunnel from "./Tunnel.ts"

const portOf = (protocol: string, port: string) => Number(port || (protocol === "https:" ? 443 : 80))

export const straight = ({ ca, patience = usualPatience }: Way): ConnectorOf.connector =>
  buildConnector({ allowH2: false, timeout: patience.connect, ...(ca && { ca: [...ca] }) })

export const through =
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
