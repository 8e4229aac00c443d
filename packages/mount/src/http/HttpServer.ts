/** A door that listens. On this machine alone unless it is told otherwise, and then only over TLS and with a password. */
import { readFileSync } from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { getRequestListener } from "@hono/node-server"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { BadMountPoint, fail, type MountError, NotAllowed } from "../contract/MountError.ts"
import { remedy } from "../contract/MountRemedies.ts"
import type { AccessOptions } from "./Access.ts"

export interface Listening {
  /** An address or name to listen on; `::` for all addresses of the machine. */
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** Paths of PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  /** Something in front of it speaks TLS with the clients: passwords do not cross the network as they are. */
  readonly isBehindTls?: boolean | undefined
  /** `undefined`: whoever reaches the server is let in. */
  readonly access: AccessOptions | undefined
}

type Listener = Parameters<typeof getRequestListener>[0]

/** A client that neither sends nor takes anything for so long, though it is its turn, is not waited for. */
const idleMillis = 120_000
const headersMillis = 30_000
const mostHeaders = 100

type Handler = ReturnType<typeof getRequestListener>

/** `handler` for clients that are waited for: who has sent all, or what was not read yet, waits for this server. */
const patient =
  (handler: Handler): Handler =>
  (incoming, outgoing) => {
    outgoing.on("timeout", (socket: Socket) => {
      const waitsForUs = incoming.complete || incoming.readableLength > 0
      if (waitsForUs && outgoing.writableLength === 0) socket.setTimeout(idleMillis)
      else socket.destroy()
    })
    return handler(incoming, outgoing)
  }

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)

/** What a client of this machine opens: "all addresses" is none. */
const nameOf = ({ access, host }: Listening): string => {
  if (host === "::" || host === "0.0.0.0") return access?.hostNames[0] ?? "localhost"
  return host.includes(":") ? `[${host}]` : host
}

const listen = (server: http.Server, { host, port }: Listening): Effect.Effect<AddressInfo, MountError> =>
  Effect.callback<AddressInfo, MountError>((resume) => {
    const failed = ({ message }: Error) =>
      resume(Effect.fail(fail(new BadMountPoint({ message: `${host}:${port} can not be listened on: ${message}` }))))
    server.once("error", failed)
    // Without a host Node takes all addresses of IPv4 where there is no IPv6.
    server.listen(port, host === "::" ? undefined : host, () => {
      server.off("error", failed)
      // An address of a TCP socket is no string.
      resume(Effect.succeed(server.address() as AddressInfo))
    })
  })

const refusal = ({ access, host, isBehindTls, tls }: Listening): BadMountPoint | undefined => {
  if (isLoopback(host)) return undefined
  if (tls === undefined && isBehindTls !== true) {
    const message = `on ${host} passwords and files would cross the network unencrypted`
    return new BadMountPoint({ message, remedy: remedy("encryptServer") })
  }
  if (access !== undefined) return undefined
  const message = `on ${host} everybody would be let in, as no password is asked for`
  return new BadMountPoint({ message, remedy: remedy("askForPassword") })
}

/** Listens until the scope ends; then nobody new is let in and what is under way is cut off. Gives a URL that can be opened. */
export const listenOn = (answer: Listener, options: Listening): Effect.Effect<string, MountError, Scope.Scope> =>
  Effect.gen(function* () {
    const { tls } = options
    const refused = refusal(options)
    if (refused !== undefined) return yield* Effect.fail(fail(refused))
    const listener = patient(getRequestListener(answer))
    const server = yield* Effect.acquireRelease(
      Effect.try({
        try: () =>
          tls === undefined
            ? http.createServer(listener)
            : https.createServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, listener),
        catch: (error) => fail(new NotAllowed({ message: `no TLS: ${error instanceof Error ? error.message : error}` }))
      }),
      (opened) =>
        Effect.callback<void>((resume) => {
          opened.close(() => resume(Effect.void))
          opened.closeAllConnections()
        })
    )
    server.headersTimeout = headersMillis
    // An upload may take hours; that nothing at all comes may not.
    server.requestTimeout = 0
    server.timeout = idleMillis
    server.maxHeadersCount = mostHeaders
    const { port } = yield* listen(server, options)
    return `${tls === undefined ? "http" : "https"}://${nameOf(options)}:${port}/`
  })
