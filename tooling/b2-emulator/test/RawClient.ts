/** The API as plain HTTP, for tests: no retries, no interpretation. */
import { createHash } from "node:crypto"
import { afterAll, beforeAll } from "vitest"
import { type Emulator, type EmulatorOptions, startEmulator } from "../src/Emulator.ts"

/** A reply's JSON; the tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: the tests read replies of thirty shapes
export type Json = any

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  readonly json: Json
}

export type Data = string | Buffer<ArrayBuffer>

export const sha1 = (data: string | Buffer): string => createHash("sha1").update(data).digest("hex")

export const request = async (url: string, init: RequestInit = {}): Promise<Reply> => {
  const response = await fetch(url, init)
  const body = Buffer.from(await response.arrayBuffer())
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true
  return {
    status: response.status,
    headers: response.headers,
    body,
    json: isJson && body.length > 0 ? JSON.parse(body.toString()) : undefined
  }
}

const basic = (keyId: string, key: string) => `Basic ${Buffer.from(`${keyId}:${key}`).toString("base64")}`

export class RawClient {
  /** Where the API is. */
  readonly endpoint: string
  readonly downloadUrl: string
  readonly version: number
  readonly token: string
  readonly accountId: string

  constructor(endpoint: string, version: number, token: string, accountId: string, downloadUrl = endpoint) {
    this.endpoint = endpoint
    this.downloadUrl = downloadUrl
    this.version = version
    this.token = token
    this.accountId = accountId
  }

  static async authorize(endpoint: string, keyId: string, key: string, version = 4): Promise<RawClient> {
    const reply = await RawClient.tryAuthorize(endpoint, keyId, key, version)
    if (reply.status !== 200) throw new Error(reply.body.toString())
    const { accountId, authorizationToken } = reply.json
    const { apiUrl, downloadUrl } = reply.json.apiInfo?.storageApi ?? reply.json
    return new RawClient(apiUrl, version, authorizationToken, accountId, downloadUrl)
  }

  static tryAuthorize(
    endpoint: string,
    keyId: string,
    key: string,
    version = 4,
    headers: Record<string, string> = {}
  ): Promise<Reply> {
    const url = `${endpoint}/b2api/v${version}/b2_authorize_account`
    return request(url, { headers: { authorization: basic(keyId, key), ...headers } })
  }

  /** The reply whatever its status. */
  call(operation: string, fields: Json, headers: Record<string, string> = {}): Promise<Reply> {
    return request(`${this.endpoint}/b2api/v${this.version}/${operation}`, {
      method: "POST",
      headers: { authorization: this.token, ...headers },
      body: typeof fields === "string" ? fields : JSON.stringify(fields)
    })
  }

  /** The JSON of a reply that must be 200. */
  async ok(operation: string, fields: Json, headers: Record<string, string> = {}): Promise<Json> {
    const reply = await this.call(operation, fields, headers)
    if (reply.status !== 200) throw new Error(`${operation}: ${reply.status} ${reply.body.toString()}`)
    return reply.json
  }

  async bucket(bucketName: string, fields: Json = {}): Promise<string> {
    const { accountId } = this
    const bucket = await this.ok("b2_create_bucket", { accountId, bucketName, bucketType: "allPrivate", ...fields })
    return bucket.bucketId
  }

  /** Uploads by a URL of its own; the reply whatever its status. */
  async tryUpload(bucketId: string, name: string, data: Data, headers: Record<string, string> = {}): Promise<Reply> {
    const url = await this.ok("b2_get_upload_url", { bucketId })
    return uploadTo(url, name, data, headers)
  }

  async upload(bucketId: string, name: string, data: Data, headers: Record<string, string> = {}): Promise<Json> {
    const reply = await this.tryUpload(bucketId, name, data, headers)
    if (reply.status !== 200) throw new Error(`upload of ${name}: ${reply.status} ${reply.body.toString()}`)
    return reply.json
  }

  /** Uploads one part by a URL of its own; the reply whatever its status. */
  async tryUploadPart(fileId: string, number: number, data: Data, digest = sha1(data)): Promise<Reply> {
    const url = await this.ok("b2_get_upload_part_url", { fileId })
    return request(url.uploadUrl, {
      method: "POST",
      headers: {
        authorization: url.authorizationToken,
        "x-bz-part-number": String(number),
        "x-bz-content-sha1": digest
      },
      body: data
    })
  }

  byName(bucketName: string, name: string, init: RequestInit = {}): Promise<Reply> {
    return request(`${this.downloadUrl}/file/${bucketName}/${name.split("/").map(encodeURIComponent).join("/")}`, {
      ...init,
      headers: { authorization: this.token, ...init.headers }
    })
  }

  byId(fileId: string, init: RequestInit = {}): Promise<Reply> {
    return request(`${this.downloadUrl}/b2api/v${this.version}/b2_download_file_by_id?fileId=${fileId}`, {
      ...init,
      headers: { authorization: this.token, ...init.headers }
    })
  }
}

/** Uploads to a URL from `b2_get_upload_url`. */
export const uploadTo = (
  url: { readonly uploadUrl: string; readonly authorizationToken: string },
  name: string,
  data: Data,
  headers: Record<string, string> = {}
): Promise<Reply> =>
  request(url.uploadUrl, {
    method: "POST",
    headers: {
      authorization: url.authorizationToken,
      "content-type": "b2/x-auto",
      "x-bz-file-name": encodeURIComponent(name).replaceAll("%2F", "/"),
      "x-bz-content-sha1": sha1(data),
      ...headers
    },
    body: data
  })

/** One emulator for the tests of a file, and a client with the master key; both are there once tests run. */
export const withEmulator = (options: EmulatorOptions = {}) => {
  const held: { emulator: Emulator; client: RawClient } = {} as { emulator: Emulator; client: RawClient }
  beforeAll(async () => {
    held.emulator = await startEmulator(options)
    held.client = await RawClient.authorize(held.emulator.endpoint, held.emulator.keyId, held.emulator.key)
  })
  afterAll(() => held.emulator.close())
  return held
}
