/** The network between one machine and a server: it can be cut, so that nothing arrives and nothing is refused. */
import * as net from "node:net"

export interface CutProxy {
  readonly port: number
  readonly cut: () => void
  /** What was swallowed meanwhile does not come back: its connections end. */
  readonly mend: () => void
  readonly close: () => void
}

export const startProxy = (port: number): Promise<CutProxy> =>
  new Promise((resolve, reject) => {
    let isCut = false
    const sockets = new Set<net.Socket>()
    const keep = (socket: net.Socket): net.Socket => {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => sockets.delete(socket))
      return socket
    }
    const end = () => {
      for (const socket of sockets) socket.destroy()
    }
    const server = net.createServer((near) => {
      keep(near)
      if (isCut) return
      const far = keep(net.connect({ port, host: "127.0.0.1" }))
      for (const [from, to] of [
        [near, far],
        [far, near]
      ] as const) {
        from.on("data", (bytes) => {
          if (!isCut) to.write(bytes)
        })
        from.on("close", () => {
          if (!isCut) to.destroy()
        })
      }
    })
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: (server.address() as net.AddressInfo).port,
        cut: () => {
          isCut = true
        },
        mend: () => {
          isCut = false
          end()
        },
        close: () => {
          end()
          server.close()
        }
      })
    )
  })
