/** The way to a host: straight, or through a proxy. */
import type { buildConnector } from "undici"
import Agent from "undici/lib/dispatcher/agent.js"
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

const agentOf = ({ connect, idle, keepAlive }: Patience, connector: Agent.Options["connect"]) =>
  new Agent({
    pipelining: 1,
    allowH2: false,
    connectTimeout: connect,
    headersTimeout: idle,
    bodyTimeout: idle,
    keepAliveTimeout: keepAlive,
    ...(connector === undefined ? {} : { connect: connector })
  })

/** Finds the way to a host. */
export const make = ({ ca, noProxy = "", patience = usualPatience, proxy }: Way) => {
  const direct = agentOf(patience, ca === undefined ? undefined : { ca: [...ca], timeout: patience.connect })
  const tunnelled =
    proxy &&
    agentOf(patience, ({ hostname, port, protocol }: buildConnector.Options, onDone: buildConnector.Callback) => {
      const target = { hostname, protocol, port: Number(port || (protocol === "https:" ? 443 : 80)) }
      Tunnel.open(proxy, target, { timeout: patience.connect, ca }, (error, socket) =>
        socket === null ? onDone(error ?? new Error("no connection"), null) : onDone(null, socket)
      )
    })
  const known = new Map<string, Agent>()
  const agentFor = (origin: string): Agent => {
    if (proxy === undefined || tunnelled === undefined) return direct
    const found = known.get(origin) ?? (HttpProxy.applies(proxy, noProxy, origin) ? tunnelled : direct)
    known.set(origin, found)
    return found
  }
  return {
    agentFor,
    isDirect: (origin: string) => agentFor(origin) === direct,
    close: () => Promise.all([direct.destroy(), tunnelled?.destroy()])
  }
}
