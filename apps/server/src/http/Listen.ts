/** Where the service is asked: addresses with or without TLS, and a socket for this user alone. */
import * as fs from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import { type AddressInfo, BlockList, isIP, type Server } from "node:net"
import * as path from "node:path"
import { getRequestListener } from "@hono/node-server"
import { makeFolder } from "@ourclone/core/machine/MadeFolder"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ServeFailed } from "../ServeFailed.ts"
import type { Bindings } from "./App.ts"
import { type ConnectionShape, unknown } from "./Connection.ts"

export interface ListenOptions {
  /** Host names or addresses. */
  readonly addresses: ReadonlyArray<string>
  /** 0 for any that is free; the same for all addresses. */
  readonly port: number
  /** Absolute; the folder is made, and closed to others. */
  readonly socket: string | undefined
  /** Files in PEM. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined
  /** Addresses of proxies whose `x-forwarded-…` are believed. */
  readonly trustedProxies: ReadonlyArray<string>
}

type Fetch = (request: Request, bindings: Bindings) => Response | Promise<Response>

const stopMillis = 500
/** The longest path that may be asked for, each letter as three bytes of three signs, and the rest. */
const longestHeaders = 64 * 1024

const failed = (what: string, error: unknown): ServeFailed => {
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException
  const causes: { readonly [code: string]: string } = {
    EADDRINUSE: "another program uses it; choose another by --addr",
    EACCES: "this user may not; ports below 1024 need more rights",
    EADDRNOTAVAIL: "this machine has no such address"
  }
  const isAbsent = code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT"
  return new ServeFailed({ message: `the service can not listen at ${what}: ${causes[code] ?? message}`, isAbsent })
}

export const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || /^127\./.test(address) || address === "::ffff:127.0.0.1"

const believing = (proxies: ReadonlyArray<string>) => {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/")
    const family = isIP(address) === 6 ? "ipv6" : "ipv4"
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address: string): boolean => {
    const plain = address.replace(/^::ffff:/, "")
    return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4")
  }
}

const first = (header: string | ReadonlyArray<string> | undefined): string =>
  String(header ?? "")
    .split(",")
    .at(-1)!
    .trim()

export interface Listening {
  /** As a browser would open them. */
  readonly urls: ReadonlyArray<string>
}

const serverOf = (tls: ListenOptions["tls"], listener: http.RequestListener): http.Server | https.Server => {
  const options = { requestTimeout: 0, headersTimeout: 60_000, maxHeaderSize: longestHeaders }
  if (tls === undefined) return http.createServer(options, listener)
  const { certificate, key } = tls
  return https.createServer({ ...options, cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, listener)
}

/** Renews the certificate when its file changes, as tools that renew them write it. */
const reloading = (server: https.Server, { certificate, key }: NonNullable<ListenOptions["tls"]>): (() => void) => {
  const renew = () => {
    try {
      server.setSecureContext({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) })
    } catch {
      // Half of a new pair: the other half makes a change of its own.
    }
  }
  fs.watchFile(certificate, { interval: 60_000, persistent: false }, renew)
  return () => fs.unwatchFile(certificate, renew)
}

const closing = (server: http.Server | https.Server): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), stopMillis).unref()
  })

const listenAt = (
  server: Server,
  where: { readonly port: number; readonly host: string } | { readonly path: string },
  what: string
) =>
  Effect.callback<void, ServeFailed>((resume) => {
    server.once("error", (error) => resume(Effect.fail(failed(what, error))))
    server.listen(where, () => resume(Effect.void))
  })

/** Nobody answers at the socket of a service that was killed. */
const removeStale = (socket: string): void => {
  if (fs.lstatSync(socket, { throwIfNoEntry: false })?.isSocket() === true) fs.rmSync(socket)
}

/** Until the scope closes; then what streams has half a second to end. */
export const listen = Effect.fnUntraced(function* (
  fetch: Fetch,
  { addresses, port, socket, tls, trustedProxies }: ListenOptions
): Effect.fn.Return<Listening, ServeFailed, Scope.Scope> {
  const isBelieved = believing(trustedProxies)
  const connectionOf = ({ headers, socket: { remoteAddress = "" } }: http.IncomingMessage): ConnectionShape => {
    const behind = isBelieved(remoteAddress)
    return {
      ...unknown(),
      address: behind ? first(headers["x-forwarded-for"]) || remoteAddress : remoteAddress,
      isSecure: tls !== undefined || (behind && first(headers["x-forwarded-proto"]) === "https")
    }
  }
  const tcp = getRequestListener((request, { incoming }) =>
    fetch(request, { connection: connectionOf(incoming as http.IncomingMessage) })
  )
  const urls: Array<string> = []
  let taken = port
  for (const address of addresses) {
    const server = yield* Effect.try({ try: () => serverOf(tls, tcp), catch: (error) => failed(address, error) })
    const host = address === "localhost" ? "127.0.0.1" : address
    const listening = Effect.acquireRelease(listenAt(server, { port: taken, host }, `${address}:${taken}`), () =>
      closing(server)
    )
    const answers = yield* Effect.as(listening, true).pipe(
      // A machine without IPv6 has loopback all the same.
      Effect.catchIf(
        ({ isAbsent }) => isAbsent === true && address === "::1" && addresses.includes("127.0.0.1"),
        () => Effect.succeed(false)
      )
    )
    if (!answers) continue
    if (tls !== undefined) {
      const stop = reloading(server as https.Server, tls)
      yield* Effect.addFinalizer(() => Effect.sync(stop))
    }
    taken = (server.address() as AddressInfo).port
    const shown = isIP(address) === 6 ? `[${address}]` : address
    urls.push(`${tls === undefined ? "http" : "https"}://${shown}:${taken}`)
  }
  if (socket !== undefined) {
    const unix = getRequestListener((request) =>
      fetch(request, { connection: { ...unknown(), address: "unix", isUnix: true } })
    )
    const server = http.createServer({ requestTimeout: 0, maxHeaderSize: longestHeaders }, unix)
    yield* Effect.try({
      try: () => {
        makeFolder(path.dirname(socket))
        removeStale(socket)
      },
      catch: (error) => failed(socket, error)
    })
    // From its first moment on: between making and closing it anybody could open it.
    const opened = Effect.suspend(() => {
      const before = process.umask(0o177)
      return Effect.ensuring(
        listenAt(server, { path: socket }, socket),
        Effect.sync(() => process.umask(before))
      )
    })
    yield* Effect.acquireRelease(opened, () => closing(server))
  }
  return { urls }
})
