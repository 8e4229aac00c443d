/** Addresses that carry their own signature, version 4 of Amazon's: whoever has one may do the request it is of. */
import { createHash, createHmac } from "node:crypto"

/** Where a request goes. `path` is written as it is sent. */
export interface Address {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly path: string
}

export interface Signing {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly region: string
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly seconds: number
  /** More of the query, in lower case. */
  readonly query?: Readonly<Record<string, string>>
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** The address of a GET. */
export const presigned = ({ hostname, path, port, protocol }: Address, signing: Signing): string => {
  const { accessKeyId, now, query = {}, region, secretAccessKey, seconds, sessionToken } = signing
  const host = port === undefined ? hostname : `${hostname}:${port}`
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "")
  const day = time.slice(0, 8)
  const scope = `${day}/${region}/s3/aws4_request`
  // In the order of the signature, which is that of their bytes.
  const text = Object.entries({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(seconds),
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
    "X-Amz-SignedHeaders": "host",
    ...query
  })
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join("&")
  const request = ["GET", path, text, `host:${host}\n`, "host", "UNSIGNED-PAYLOAD"].join("\n")
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const digest = createHash("sha256").update(request).digest("hex")
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, digest].join("\n")).toString("hex")
  return `${protocol}//${host}${path}?${text}&X-Amz-Signature=${signature}`
}
