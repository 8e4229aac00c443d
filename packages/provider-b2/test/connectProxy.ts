/** A proxy that makes connections by `CONNECT`, and notes where to. */
import * as http from "node:http"
import * as https from "node:https"
import * as net from "node:net"
import { Effect } from "effect"

export interface ProxyOptions {
  /** `user:password`, to be asked for. */
  readonly password?: string
  /** Instead of a connection. */
  readonly answer?: string
  readonly tls?: { readonly key: string; readonly certificate: string }
}

export const startProxy = ({ answer, password, tls }: ProxyOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const targets: Array<string> = []
      const sockets = new Set<net.Socket>()
      const server =
        tls === undefined ? http.createServer() : https.createServer({ key: tls.key, cert: tls.certificate })
      server.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
        sockets.add(client)
        client.on("error", () => {})
        targets.push(request.url ?? "")
        const expected = password === undefined ? undefined : `Basic ${Buffer.from(password).toString("base64")}`
        if (expected !== request.headers["proxy-authorization"]) {
          client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
          return
        }
        if (answer !== undefined) {
          client.write(answer)
          return
        }
        const { hostname, port } = new URL(`http://${request.url}`)
        const there = net.connect(Number(port), hostname, () => {
          client.write("HTTP/1.1 200 Connection established\r\n\r\n")
          there.pipe(client)
          client.pipe(there)
        })
        sockets.add(there)
        there.on("error", () => client.destroy())
        client.on("close", () => there.destroy())
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as net.AddressInfo
      /** The ports that connections are made from. */
      const outgoing = () => [...sockets].map((socket) => socket.localPort)
      return { server, sockets, targets, outgoing, address: `http${tls === undefined ? "" : "s"}://127.0.0.1:${port}` }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )
