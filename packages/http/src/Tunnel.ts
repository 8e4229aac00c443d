/** A connection through a proxy, by `CONNECT`: what goes through it is between the service and us. */
import * as net from "node:net"
import * as tls from "node:tls"
import { proxyRefused } from "./HttpMessage.ts"
import type { HttpProxy } from "./HttpProxy.ts"

export interface Target {
  readonly protocol: string
  readonly hostname: string
  readonly port: number
}

export interface TunnelOptions {
  /** Milliseconds until the connection stands. */
  readonly timeout: number
  /** Authorities that are trusted, as PEM; the usual ones unless given. */
  readonly ca: ReadonlyArray<string> | undefined
}

const largestHead = 16 * 1024

const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

/** `onDone` is called once, with an error or a socket. */
export const open = (
  proxy: HttpProxy,
  target: Target,
  { ca, timeout }: TunnelOptions,
  onDone: (error: Error | null, socket: net.Socket | null) => void
): void => {
  const authorities = ca === undefined ? {} : { ca: [...ca] }
  const host = target.hostname.replace(/^\[|\]$/g, "")
  const nameOf = (name: string) => (net.isIP(name) ? {} : { servername: name })
  const to = { host: proxy.host, port: proxy.port }
  const way: net.Socket =
    proxy.protocol === "https:" ? tls.connect({ ...to, ...nameOf(proxy.host), ...authorities }) : net.connect(to)
  let last = way

  const done = (error: Error | null): void => {
    clearTimeout(timer)
    way.off("error", done)
    way.off("data", read)
    way.off("end", ended)
    last.off("error", done)
    if (error !== null) {
      last.on("error", () => {})
      last.destroy()
      way.destroy()
    }
    onDone(error, error === null ? last : null)
  }
  const timer = setTimeout(() => done(failure("ERR_CONNECT_TIMEOUT", "no connection in time")), timeout)
  const ended = () => done(failure("ECONNRESET", "the proxy closed the connection"))

  let head = Buffer.alloc(0)
  const read = (piece: Buffer): void => {
    head = Buffer.concat([head, piece])
    const end = head.indexOf("\r\n\r\n")
    if (end < 0) {
      if (head.length > largestHead) done(failure(proxyRefused, "its answer has no end"))
      return
    }
    const [, status, words = ""] = /^HTTP\/1\.[01] (\d{3}) ?([^\r\n]*)/.exec(head.toString("latin1", 0, end)) ?? []
    if (status === undefined || !status.startsWith("2")) {
      const shown = words.replace(/[^\x20-\x7e]/g, "").slice(0, 80)
      done(failure(proxyRefused, status === undefined ? "it does not speak HTTP" : `${status} ${shown}`.trim()))
      return
    }
    way.off("data", read)
    way.off("end", ended)
    way.pause()
    if (head.length > end + 4) way.unshift(head.subarray(end + 4))
    if (target.protocol !== "https:") {
      done(null)
      return
    }
    last = tls.connect({ socket: way, ALPNProtocols: ["http/1.1"], ...nameOf(host), ...authorities }, () => done(null))
    last.on("error", done)
  }
  way.on("error", done)
  way.on("data", read)
  way.on("end", ended)
  way.setNoDelay(true)
  const authority = `${target.hostname}:${target.port}`
  const credentials = proxy.credentials === undefined ? "" : `Proxy-Authorization: ${proxy.credentials}\r\n`
  way.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`, "latin1")
}
