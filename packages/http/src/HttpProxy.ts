/** Which requests go through a proxy, and the address it has. */
import * as net from "node:net"

export interface HttpProxy {
  readonly protocol: "http:" | "https:"
  readonly host: string
  readonly port: number
  /** For `Proxy-Authorization`. */
  readonly credentials: string | undefined
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "").toLowerCase()

const urlOf = (address: string): URL | null =>
  URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`)

/** Why `address` is not that of a proxy; `undefined` when it is. Does not repeat the address, which may hold a password. */
export const refusal = (address: string): string | undefined => {
  const url = urlOf(address)
  if (url === null || url.hostname === "")
    return "must be the address of a proxy, such as http://proxy.example.com:3128"
  return /^https?:$/.test(url.protocol)
    ? undefined
    : `must be the address of an http or https proxy, not of ${url.protocol.slice(0, -1)}`
}

/** Of an address that `refusal` has passed. A name and a password may stand in it. */
export const parse = (address: string): HttpProxy => {
  const { hostname, password, port, protocol, username } = urlOf(address) as URL
  const isHttps = protocol === "https:"
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    protocol: isHttps ? "https:" : "http:",
    host: bare(hostname),
    port: Number(port || (isHttps ? 443 : 80)),
    credentials: username === "" ? undefined : `Basic ${Buffer.from(pair).toString("base64")}`
  }
}

/** Whether an entry of a list such as `localhost, .example.com, 10.0.0.0/8, host:8080` is about `host`. */
const covers = (entry: string, host: string, port: number): boolean => {
  if (entry === "*") return true
  const [, network, bits] = /^([0-9a-f.:]+)\/(\d+)$/i.exec(entry) ?? []
  if (network !== undefined) {
    const family = net.isIP(network)
    if (family === 0 || net.isIP(host) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false
    const list = new net.BlockList()
    const kind = family === 4 ? "ipv4" : "ipv6"
    list.addSubnet(network, Number(bits), kind)
    return list.check(host, kind)
  }
  const [, named = entry, itsPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (itsPort !== undefined && Number(itsPort) !== port) return false
  const name = bare(named).replace(/^\*?\./, "")
  return name !== "" && (host === name || host.endsWith(`.${name}`))
}

export const isLoopback = (origin: string): boolean => loopback.test(bare(new URL(origin).hostname))

/**
 * Whether a request to `origin` goes through `proxy`: not where `exceptions` names the host, and never in the clear over
 * the network to this machine itself.
 */
export const applies = (proxy: HttpProxy, exceptions: string, origin: string): boolean => {
  const { hostname, port, protocol } = new URL(origin)
  const host = bare(hostname)
  if (protocol === "http:" && loopback.test(host) && !loopback.test(proxy.host)) return false
  const number = Number(port || (protocol === "https:" ? 443 : 80))
  return !exceptions.split(/[\s,]+/).some((entry) => entry !== "" && covers(entry.toLowerCase(), host, number))
}
