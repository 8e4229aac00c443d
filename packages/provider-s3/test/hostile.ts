/** A server that answers S3 requests as it is told to, in this process. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { vi } from "@effect/vitest"
import { Effect } from "effect"
import type { At } from "./emulated.ts"

export interface Answer {
  readonly status?: number
  readonly headers?: http.OutgoingHttpHeaders
  /** Nothing is ever answered without it. */
  readonly body?: string
  /** Comes after the body again and again, and almost a minute passes each time. */
  readonly endless?: string
  /** Comes after the body again and again, as fast as it is taken. */
  readonly flood?: string
  /** The connection breaks after the body. */
  readonly isTorn?: boolean
}

export interface Hostile extends At {
  /** Method and path of each request, in order. */
  readonly requests: Array<string>
  /** How many bytes of floods it got rid of. */
  readonly sent: () => number
}

const pour = (response: http.ServerResponse, text: string, onSent: (bytes: number) => void): void => {
  const piece = text.repeat(Math.ceil(65_536 / text.length))
  const more = (): void => {
    while (!response.destroyed && response.write(piece)) onSent(piece.length)
    if (!response.destroyed) response.once("drain", more)
  }
  response.on("error", () => {})
  more()
}

/** `answer` is asked once the request's body has arrived. */
export const hostile = (answer: (request: http.IncomingMessage, count: number) => Answer) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<Hostile & { readonly server: http.Server }>((resolve) => {
          const requests: Array<string> = []
          let sent = 0
          const server = http.createServer((request, response) => {
            requests.push(`${request.method} ${request.url}`)
            request.resume()
            request.on("end", () => {
              const { body, endless, flood, headers = {}, isTorn, status = 200 } = answer(request, requests.length)
              if (body === undefined) return
              response.writeHead(status, { "content-type": "application/xml", ...headers })
              if (isTorn === true) {
                response.write(body, () => response.destroy())
                return
              }
              if (flood !== undefined) {
                response.write(body)
                pour(response, flood, (bytes) => {
                  sent += bytes
                })
                return
              }
              if (endless === undefined) {
                response.end(body)
                return
              }
              response.write(body)
              vi.useFakeTimers({ toFake: ["Date", "performance"] })
              const drops = setInterval(() => {
                if (vi.isFakeTimers()) vi.advanceTimersByTime(50_000)
                response.write(endless)
              }, 5)
              response.once("close", () => clearInterval(drops))
            })
          })
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as AddressInfo
            resolve({
              endpoint: `http://127.0.0.1:${port}`,
              keyId: "key",
              key: "secret",
              requests,
              sent: () => sent,
              server
            })
          })
        })
    ),
    ({ server }) =>
      Effect.promise(async () => {
        vi.useRealTimers()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })
  )

const xml = (name: string, content: string) => `<?xml version="1.0"?><${name}>${content}</${name}>`

export const document = (name: string, content: string): Answer => ({ body: xml(name, content) })
export const listing = (content: string) => ({ body: xml("ListBucketResult", content) })
export const error = (status: number, code: string, more = ""): Answer => ({
  status,
  body: xml("Error", `<Code>${code}</Code><Message>it is so</Message>${more}`)
})
export const isVersioning = (request: http.IncomingMessage) => request.url?.includes("versioning") === true
export const versioning: Answer = { body: xml("VersioningConfiguration", "") }
