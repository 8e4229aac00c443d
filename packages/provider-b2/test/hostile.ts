/** A service that is not B2, or is out to harm: it answers what a test likes. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"
import { openAt } from "./emulated.ts"

export type Answer = (
  asked: Record<string, unknown>,
  response: http.ServerResponse,
  request: http.IncomingMessage
) => void

/** A good answer with this JSON. */
export const json =
  (make: (asked: Record<string, unknown>) => unknown, status = 200): Answer =>
  (asked, response) => {
    response.writeHead(status, { "content-type": "application/json" })
    response.end(JSON.stringify(make(asked)))
  }

/** Sends `begin`, and then `more` for as long as anybody reads; counts the bytes in `sent`. */
export const endless =
  (begin: string, more: string, status = 200, sent = { bytes: 0 }): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" })
    response.write(begin)
    const piece = Buffer.alloc(64 * 1024, more)
    const goOn = (): void => {
      while (!response.destroyed) {
        sent.bytes += piece.length
        if (!response.write(piece)) {
          response.once("drain", goOn)
          return
        }
      }
    }
    goOn()
  }

export const bucketId = "b".repeat(24)
const everything = [
  "listBuckets writeBuckets deleteBuckets listFiles readFiles writeFiles deleteFiles".split(" ")
].flat()

const usual = (endpoint: string): { readonly [call: string]: Answer } => ({
  b2_authorize_account: json(() => ({
    accountId: "a1b2c3d4e5f6",
    authorizationToken: "token",
    apiInfo: {
      storageApi: {
        apiUrl: endpoint,
        downloadUrl: endpoint,
        recommendedPartSize: 100_000_000,
        absoluteMinimumPartSize: 5_000_000,
        allowed: { capabilities: everything, buckets: null, namePrefix: null }
      }
    }
  })),
  b2_list_buckets: json(() => ({ buckets: [{ bucketId, bucketName: "photo-archive", bucketType: "allPrivate" }] })),
  b2_get_upload_url: json(() => ({ uploadUrl: `${endpoint}/upload`, authorizationToken: "upload" })),
  b2_get_upload_part_url: json(() => ({ uploadUrl: `${endpoint}/part`, authorizationToken: "part" }))
})

/** The service at an address of its own. Answers are found by the last segment of the path; `*` answers all others. */
export const serve = (answers: { readonly [call: string]: Answer }) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const server = http.createServer((request, response) => {
          const pieces: Array<Buffer> = []
          request.on("data", (piece: Buffer) => pieces.push(piece))
          request.on("end", () => {
            const { port } = server.address() as AddressInfo
            const call = new URL(request.url ?? "", "http://x").pathname.split("/").at(-1) ?? ""
            const answer = answers[call] ?? usual(`http://127.0.0.1:${port}`)[call] ?? answers["*"]
            const text = Buffer.concat(pieces).toString()
            if (answer === undefined) response.writeHead(500).end()
            else answer(text.startsWith("{") ? JSON.parse(text) : {}, response, request)
          })
        })
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
        return server
      }),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

/** A place in the account of such a service. */
export const openHostile = (
  answers: { readonly [call: string]: Answer },
  options: Parameters<typeof openAt>[2] = {},
  location = "photo-archive"
) =>
  Effect.flatMap(serve(answers), (endpoint) =>
    openAt({ endpoint, keyId: "key-id", key: "key" }, location, { name: "photos:", ...options })
  )

/** A row of a listing. */
export const row = (fileName: string, fields: object = {}) => ({
  action: "upload",
  fileId: `4_z${fileName}`,
  fileName,
  contentLength: 4,
  contentSha1: "81fe8bfe87576c3ecb22426f8e57847382917acf",
  contentType: "text/plain",
  fileInfo: {},
  uploadTimestamp: 1_640_884_512_000,
  ...fields
})
