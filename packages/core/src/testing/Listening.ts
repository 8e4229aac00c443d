/** Ports of this machine, for servers of other people that tests start. */
import * as net from "node:net"

/** One that nobody listens at now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

const answers = (port: number, by: "connect" | "data"): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    socket.once(by, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })

/** Until a server takes connections there, or has greeted one: `ended` rejects when it never will. */
export const untilListening = async (
  port: number,
  ended: Promise<never>,
  by: "connect" | "data" = "connect"
): Promise<void> => {
  let isOver = false
  ended.catch(() => {
    isOver = true
  })
  const isUp = async () => {
    while (!isOver && !(await answers(port, by))) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await Promise.race([isUp(), ended])
}
