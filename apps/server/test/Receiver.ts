/** Takes whatever it is sent, at an address of this machine. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

export const startReceiver = async () => {
  const heard: Array<{ readonly headers: http.IncomingHttpHeaders; readonly body: string }> = []
  const server = http.createServer(async (request, response) => {
    heard.push({ headers: request.headers, body: await text(request) })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { heard, host, close }
}
