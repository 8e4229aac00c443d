/** A proxy before the emulator that changes what the service was asked, or what it answered. */
import * as http from "node:http"
import { Effect } from "effect"
import type { At } from "./emulated.ts"

export interface Distortion {
  /** Changes the headers of a request in place; `path` is that of the address. */
  readonly asked?: (path: string, headers: http.IncomingHttpHeaders) => void
  /** Changes an answer in place. */
  readonly answered?: (path: string, answer: Answer) => void
}

export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const bytesOf = async (message: AsyncIterable<Buffer>): Promise<Buffer> => {
  const pieces: Array<Buffer> = []
  for await (const piece of message) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The account of `emulator`, through a proxy for as long as the scope is open. Addresses in answers lead through it too. */
export const distort = <A extends At>(emulator: A, { answered, asked }: Distortion) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const server = http.createServer(async (request, response) => {
          const path = request.url ?? ""
          const { host: _, ...headers } = request.headers
          asked?.(path, headers)
          const options = { method: request.method ?? "GET", headers }
          const body = await bytesOf(request)
          const reply = await new Promise<http.IncomingMessage>((resolve, reject) => {
            http
              .request(emulator.endpoint + path, options, resolve)
              .on("error", reject)
              .end(body)
          })
          const given = Object.entries(reply.headers).map(([name, value]) => [name, String(value)])
          const own = `http://127.0.0.1:${(server.address() as { port: number }).port}`
          const isJson = reply.headers["content-type"]?.includes("json") ?? false
          const read = await bytesOf(reply)
          const answer: Answer = {
            status: reply.statusCode ?? 500,
            headers: Object.fromEntries(given.filter(([name]) => name !== "content-length" && name !== "connection")),
            body: isJson ? Buffer.from(read.toString().replaceAll(emulator.endpoint, own)) : read
          }
          answered?.(path, answer)
          response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length })
          response.end(answer.body)
        })
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
        return server
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    ),
    (server): A => ({ ...emulator, endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}` })
  )
