/** The way to a host: straight, or through a proxy. */
import buildConnector from "undici/lib/core/connect.js"
import { Connections } from "./Connections.ts"
import type { Authorities } from "./DownloadConnection.ts"
import { type Patience, usualPatience } from "./HttpMessage.ts"
import * as HttpProxy from "./HttpProxy.ts"
import * as Tunnel from "./Tunnel.ts"

/** How the service is reached. */
export interface Way {
  readonly proxy?: HttpProxy.HttpProxy | undefined
  /** Hosts that are asked without the proxy, in the words of `NO_PROXY`. */
  readonly noProxy?: string | undefined
  readonly ca?: Authorities
  readonly patience?: Patience | undefined
}

/** Finds the way to a host. */
export const make = ({ ca, noProxy = "", patience = usualPatience, proxy }: Way) => {
  const timeout = patience.connect
  const direct = new Connections(buildConnector({ allowH2: false, timeout, ...(ca && { ca: [...ca] }) }), patience)
  const tunnelled =
    proxy &&
    new Connections(({ hostname, port, protocol }, onDone) => {
      const target = { hostname, protocol, port: Number(port || (protocol === "https:" ? 443 : 80)) }
      Tunnel.open(proxy, target, { timeout, ca }, (error, socket) =>
        socket === null ? onDone(error ?? new Error("no connection"), null) : onDone(null, socket)
      )
    }, patience)
  const known = new Map<string, Connections>()
  const to = (origin: string): Connections => {
    if (proxy === undefined || tunnelled === undefined) return direct
    const found = known.get(origin) ?? (HttpProxy.applies(proxy, noProxy, origin) ? tunnelled : direct)
    known.set(origin, found)
    return found
  }
  return {
    to,
    isDirect: (origin: string) => to(origin) === direct,
    close: () => Promise.all([direct.destroy(), tunnelled?.destroy()])
  }
}
