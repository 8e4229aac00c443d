/** The sockets that the emulator listens on. */
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from "node:net"
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls"
import { type Addresses, type Role, roles } from "./Addresses.ts"
import { type Certificate, makeCertificate } from "./Certificate.ts"
import { HttpConnection } from "./HttpConnection.ts"
import type { HttpRequest } from "./HttpRequest.ts"

export interface ListenOptions {
  /** 0 takes any free one. With ports of their own, the others take any free one. */
  readonly port: number
  readonly separatePorts: boolean
  readonly https: boolean
  /** A port for the S3-compatible side, 0 for any free one. */
  readonly s3Port: number | undefined
}

/** `role` is undefined when all calls of the native side come to one port. */
export type OnRequest = (request: HttpRequest, role: Role | "s3" | undefined) => void

export interface Listeners {
  readonly addresses: Addresses
  /** Of the first address, that of `b2_authorize_account`. */
  readonly port: number
  /** Undefined over http. */
  readonly certificate: Certificate | undefined
  /** Drops all connections. */
  readonly close: () => Promise<void>
}

const accept = (
  socket: Socket,
  secureContext: SecureContext | undefined,
  onRequest: (request: HttpRequest) => void
) => {
  if (secureContext === undefined) {
    new HttpConnection(socket, socket, onRequest)
    return
  }
  socket.on("error", () => {})
  const secured = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] })
  new HttpConnection(secured, socket, onRequest)
}

/** Rejects when the port is taken, or when no certificate can be made. */
export const listen = async (options: ListenOptions, onRequest: OnRequest): Promise<Listeners> => {
  const certificate = options.https ? makeCertificate() : undefined
  const secureContext =
    certificate === undefined ? undefined : createSecureContext({ key: certificate.key, cert: certificate.certificate })
  const sockets = new Set<Socket>()
  const servers: NetServer[] = []

  const open = (port: number, role: Role | "s3" | undefined): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket)
        socket.once("close", () => sockets.delete(socket))
        accept(socket, secureContext, (request) => onRequest(request, role))
      })
      server.once("error", reject)
      server.listen(port, "127.0.0.1", () => {
        servers.push(server)
        resolve((server.address() as AddressInfo).port)
      })
    })
  const close = async () => {
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
  }

  const scheme = options.https ? "https" : "http"
  const s3Port = options.s3Port === undefined ? undefined : await open(options.s3Port, "s3")
  if (!options.separatePorts) {
    const port = await open(options.port, undefined)
    return { addresses: { scheme, ports: undefined, s3Port }, port, certificate, close }
  }
  const ports = { authorize: 0, api: 0, upload: 0, download: 0 }
  for (const role of roles) ports[role] = await open(role === "authorize" ? options.port : 0, role)
  return { addresses: { scheme, ports, s3Port }, port: ports.authorize, certificate, close }
}
