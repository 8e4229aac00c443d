/** Amazon's signature, version 4: what a request says is bound to a key, a region and a time. */
import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto"

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** Who signs, for where and when. */
export interface Signing extends Keys {
  readonly region: string
  /** `s3`, but for some kinds of buckets. */
  readonly service: string
  /** Milliseconds since 1970 UTC. */
  readonly now: number
}

/** What stands for the digest of a body that is not known before it is sent. */
export const unsignedPayload = "UNSIGNED-PAYLOAD"

export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

/** The name of an object as the end of a path: `/`, `.` and `..` stay what they are. */
export const encodedKey = (key: string): string => encoded(key).replaceAll("%2F", "/")

/** In the order of the signature, which is that of the bytes of their names. */
export const queryOf = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join("&")

const hmac = (key: KeyObject | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** Where and when signatures of a key hold. */
export interface Scope {
  /** `20130524T000000Z` */
  readonly time: string
  /** `20130524/us-east-1/s3/aws4_request` */
  readonly text: string
  /** As an object of its own, since Node takes 12 µs to find out that a buffer is none. */
  readonly key: KeyObject
}

export const scopeOf = ({ now, region, secretAccessKey, service }: Signing): Scope => {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "")
  const parts = [time.slice(0, 8), region, service, "aws4_request"]
  const key = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`))
  return { time, text: parts.join("/"), key: createSecretKey(key) }
}

/** `scopeOf`, which is the same for all that is signed in one second. */
export const scopes = (): ((signing: Signing) => Scope) => {
  let last: (Signing & { readonly scope: Scope }) | undefined
  return (signing) => {
    const now = signing.now - (signing.now % 1000)
    if (
      last?.now !== now ||
      last.region !== signing.region ||
      last.service !== signing.service ||
      last.secretAccessKey !== signing.secretAccessKey
    ) {
      last = { ...signing, now, scope: scopeOf(signing) }
    }
    return last.scope
  }
}

/** Of a canonical request, in hex. */
export const signatureOf = ({ key, text, time }: Scope, canonical: string): string =>
  hmac(key, `AWS4-HMAC-SHA256\n${time}\n${text}\n${hash("sha256", canonical)}`).toString("hex")

export interface Signable {
  readonly method: string
  /** As the header `Host` says it. */
  readonly host: string
  /** Percent-coded, as it is sent. */
  readonly path: string
  /** Of `queryOf`. */
  readonly query: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body in hex, `unsignedPayload`, or `framedPayload`. */
  readonly payload: string
}

/** The headers, and those that sign them. */
export const signed = (
  { headers: given, host, method, path, payload, query }: Signable,
  { accessKeyId, sessionToken }: Keys,
  scope: Scope
): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = { ...given, "x-amz-content-sha256": payload, "x-amz-date": scope.time }
  if (sessionToken !== undefined) headers["x-amz-security-token"] = sessionToken
  const all: Readonly<Record<string, string>> = { ...headers, host }
  const names = Object.keys(all).sort()
  const lines = names.map((name) => `${name}:${all[name]?.trim().replace(/ +/g, " ")}\n`).join("")
  const list = names.join(";")
  const signature = signatureOf(scope, `${method}\n${path}\n${query}\n${lines}\n${list}\n${payload}`)
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.text}, SignedHeaders=${list}, Signature=${signature}`
  return headers
}

export const payloadOf = (body: Uint8Array | undefined): string => hash("sha256", body ?? "")
