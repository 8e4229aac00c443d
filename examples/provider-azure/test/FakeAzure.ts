/** As much of Azure Blob Storage as the provider asks for, in memory, on loopback. It checks signatures and digests. */
import { createHash, createHmac } from "node:crypto"
import * as http from "node:http"
import type { AddressInfo } from "node:net"

export const account = "devstoreaccount1"
export const key = Buffer.from("the key of a test, which opens nothing").toString("base64")

interface Stored {
  readonly bytes: Buffer
  readonly etag: string
  readonly md5: string | undefined
  readonly contentType: string
  readonly metadata: Readonly<Record<string, string>>
  readonly modified: string
}

interface Container {
  readonly blobs: Map<string, Stored>
  readonly blocks: Map<string, Map<string, Buffer>>
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

const md5Of = (bytes: Buffer): string => createHash("md5").update(bytes).digest("base64")

const places = [
  ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
  ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"]
]

const checkSignature = ({ headers, method, url = "" }: http.IncomingMessage): void => {
  const [path = "", query = ""] = url.split("?")
  const lines = [method ?? ""]
  for (const name of places) {
    const value = String(headers[name] ?? "")
    lines.push(name === "content-length" && value === "0" ? "" : value)
  }
  for (const name of Object.keys(headers).sort()) if (name.startsWith("x-ms-")) lines.push(`${name}:${headers[name]}`)
  lines.push(`/${account}${path}`)
  for (const [name, value] of [...new URLSearchParams(query)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`${name}:${value}`)
  }
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(lines.join("\n")).digest("base64")
  if (headers.authorization === `SharedKey ${account}:${signature}`) return
  throw new Refusal(403, "AuthenticationFailed")
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`

const rowOf = (name: string, { bytes, contentType, etag, md5, metadata, modified }: Stored): string => {
  const properties = [
    element("Last-Modified", modified),
    element("Etag", etag),
    element("Content-Length", String(bytes.length)),
    element("Content-Type", escaped(contentType)),
    element("Content-MD5", md5 ?? "")
  ]
  const kept = Object.entries(metadata).map(([key, value]) => element(key, escaped(value)))
  const rows = [
    element("Name", escaped(name)),
    element("Properties", properties.join("")),
    element("Metadata", kept.join(""))
  ]
  return element("Blob", rows.join(""))
}

export const start = async ({ pageSize = 400 } = {}) => {
  const containers = new Map<string, Container>()
  let count = 0

  const store = (container: Container, name: string, stored: Omit<Stored, "etag" | "modified">): Stored => {
    const whole = {
      ...stored,
      etag: `0x${(++count).toString(16).padStart(15, "0")}`,
      modified: new Date().toUTCString()
    }
    container.blobs.set(name, whole)
    return whole
  }

  const listing = ({ blobs }: Container, query: URLSearchParams): string => {
    const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""]
    const rows = new Map<string, string>()
    for (const name of [...blobs.keys()].sort()) {
      if (!name.startsWith(prefix)) continue
      const end = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length)
      const folder = name.slice(0, end + 1)
      if (end < 0) rows.set(name, rowOf(name, blobs.get(name)!))
      else rows.set(folder, element("BlobPrefix", element("Name", escaped(folder))))
    }
    const names = [...rows.keys()].filter((name) => name >= (query.get("marker") ?? ""))
    const page = names.slice(0, pageSize).map((name) => rows.get(name))
    const content = element("Blobs", page.join("")) + element("NextMarker", escaped(names[pageSize] ?? ""))
    return `\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x">${content}</EnumerationResults>`
  }

  const checkConditions = (headers: http.IncomingHttpHeaders, found: Stored | undefined): void => {
    const { "if-match": match, "if-none-match": noneMatch } = headers
    if (noneMatch === "*" && found !== undefined) throw new Refusal(409, "BlobAlreadyExists")
    if (match !== undefined && match !== "*" && match !== `"${found?.etag}"`) throw new Refusal(412, "ConditionNotMet")
  }

  const answer = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): void => {
    checkSignature(request)
    const { headers, method } = request
    const [path = "", text = ""] = (request.url ?? "").split("?")
    const query = new URLSearchParams(text)
    const [, , containerName = "", ...names] = path.split("/").map(decodeURIComponent)
    const name = names.join("/")
    const container = containers.get(containerName)
    if (container === undefined) throw new Refusal(404, "ContainerNotFound")
    const end = (status: number, more: Record<string, string> = {}, content: Buffer | string = "") =>
      response.writeHead(status, { "x-ms-version": "2021-12-02", ...more }).end(content)
    const header = (key: string) => (headers[key] === undefined ? undefined : String(headers[key]))
    const announced = header("content-md5")
    if (announced !== undefined && announced !== md5Of(body)) throw new Refusal(400, "Md5Mismatch")
    if (query.get("comp") === "list")
      return void end(200, { "content-type": "application/xml" }, listing(container, query))

    const found = container.blobs.get(name)
    const metadata = () =>
      Object.fromEntries(
        Object.entries(headers)
          .filter(([key]) => key.startsWith("x-ms-meta-"))
          .map(([key, value]) => [key.slice("x-ms-meta-".length), String(value)])
      )
    const put = (bytes: Buffer, md5: string | undefined) =>
      store(container, name, { bytes, md5, metadata: metadata(), contentType: header("x-ms-blob-content-type") ?? "" })
    const kept = ({ bytes, contentType, etag, md5, metadata, modified }: Stored) => ({
      "content-length": String(bytes.length),
      "content-type": contentType,
      etag: `"${etag}"`,
      "last-modified": modified,
      ...(md5 === undefined ? {} : { "content-md5": md5 }),
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-ms-meta-${key}`, value]))
    })

    if (method === "PUT" && query.get("comp") === "block") {
      const blocks = container.blocks.get(name) ?? new Map<string, Buffer>()
      container.blocks.set(name, blocks.set(query.get("blockid") ?? "", body))
      return void end(201)
    }
    if (method === "PUT" && query.get("comp") === "blocklist") {
      checkConditions(headers, found)
      const ids = [...body.toString().matchAll(/<Latest>(.*?)<\/Latest>/g)].map(([, id = ""]) => id)
      const blocks = ids.map((id) => container.blocks.get(name)?.get(id.replaceAll("&#61;", "=")))
      if (blocks.includes(undefined)) throw new Refusal(400, "InvalidBlockList")
      container.blocks.delete(name)
      put(Buffer.concat(blocks as Array<Buffer>), header("x-ms-blob-content-md5"))
      return void end(201)
    }
    if (method === "PUT" && query.get("comp") === "metadata") {
      if (found === undefined) throw new Refusal(404, "BlobNotFound")
      checkConditions(headers, found)
      store(container, name, { ...found, metadata: metadata() })
      return void end(200)
    }
    if (method === "PUT" && header("x-ms-copy-source") !== undefined) {
      const [, , from = "", ...below] = new URL(header("x-ms-copy-source")!).pathname.split("/").map(decodeURIComponent)
      const source = containers.get(from)?.blobs.get(below.join("/"))
      if (source === undefined) throw new Refusal(404, "CannotVerifyCopySource")
      const match = header("x-ms-source-if-match")
      if (match !== undefined && match !== `"${source.etag}"`) throw new Refusal(412, "SourceConditionNotMet")
      store(container, name, source)
      return void end(202, { "x-ms-copy-status": "success" })
    }
    if (method === "PUT") {
      checkConditions(headers, found)
      put(body, md5Of(body))
      return void end(201)
    }
    if (found === undefined) throw new Refusal(404, "BlobNotFound")
    checkConditions(headers, found)
    if (method === "DELETE") {
      container.blobs.delete(name)
      return void end(202)
    }
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header("x-ms-range") ?? "") ?? []
    if (first === undefined) return void end(200, kept(found), method === "HEAD" ? "" : found.bytes)
    const piece = found.bytes.subarray(Number(first), Number(last) + 1)
    if (piece.length === 0) throw new Refusal(416, "InvalidRange")
    const range = {
      "content-length": `${piece.length}`,
      "content-range": `bytes ${first}-${last}/${found.bytes.length}`
    }
    const { "content-md5": _, ...others } = kept(found) as Record<string, string>
    end(206, { ...others, ...range }, piece)
  }

  const server = http.createServer((request, response) => {
    const pieces: Array<Buffer> = []
    request.on("data", (piece: Buffer) => pieces.push(piece))
    request.on("end", () => {
      try {
        answer(request, Buffer.concat(pieces), response)
      } catch (error) {
        const { code, status } = error instanceof Refusal ? error : new Refusal(500, "InternalError")
        response.writeHead(status, { "x-ms-error-code": code, "x-ms-version": "2021-12-02" }).end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}/${account}`,
    makeContainer: (name: string): void => void containers.set(name, { blobs: new Map(), blocks: new Map() }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** As a program of its own it prints, in one line of JSON, how it is reached; its containers are those that were named. */
if (import.meta.main) {
  const fake = await start()
  for (const name of process.argv.slice(2)) fake.makeContainer(name)
  console.log(JSON.stringify({ account, key, endpoint: fake.endpoint }))
}
