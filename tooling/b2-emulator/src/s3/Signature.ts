/** Signature version 4, in the header or in the query: whose request it is, and what its body has to be. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import type { HttpHeaders } from "../HttpRequest.ts"
import { accessDenied, invalidRequest, S3Error } from "./S3Error.ts"

export const sha256Hex = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex")
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** As AWS encodes: everything but letters, digits and `-_.~`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

export type Pairs = ReadonlyArray<readonly [name: string, value: string]>

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidRequest("The URL is not UTF-8 in percent-coding")
  }
}

/** A query in order, decoded; a plus is a plus. */
export const pairsOf = (query: string): Pairs =>
  query === ""
    ? []
    : query.split("&").map((part) => {
        const at = part.indexOf("=")
        return at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]
      })

export const decodePath = (path: string): string => decode(path)

/** Signs what belongs to the same day, region and service: chunks and trailers. */
export type Sign = (kind: string, ...lines: readonly string[]) => string

export interface Signed {
  readonly keyId: string
  readonly region: string
  /** A hash of the body in hex, or one of the words that stand for one. */
  readonly payload: string
  readonly signature: string
  readonly sign: Sign
}

interface Given {
  readonly credential: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  readonly date: string
  readonly expires: number | undefined
  readonly payload: string
}

const malformed = (what: string, details: Readonly<Record<string, string>> = {}) =>
  new S3Error(400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${what}`, details)

const givenIn = (headers: HttpHeaders, pairs: Pairs): Given | undefined => {
  const header = headers.get("authorization")
  const param = (name: string) => pairs.find(([key]) => key === name)?.[1]
  if (header === undefined) {
    if (param("AWSAccessKeyId") !== undefined && param("Signature") !== undefined) {
      throw invalidRequest("This is a URL of signature version 2; make one of version 4")
    }
    if (param("X-Amz-Algorithm") === undefined) return undefined
    const expires = Number(param("X-Amz-Expires"))
    if (!(expires >= 1 && expires <= 604_800)) throw invalidRequest("X-Amz-Expires must be from 1 to 604800 seconds")
    return {
      credential: param("X-Amz-Credential") ?? "",
      signedHeaders: (param("X-Amz-SignedHeaders") ?? "").split(";"),
      signature: param("X-Amz-Signature") ?? "",
      date: param("X-Amz-Date") ?? "",
      expires,
      payload: headers.get("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD"
    }
  }
  if (!header.startsWith("AWS4-HMAC-SHA256")) throw invalidRequest("Please use AWS4-HMAC-SHA256.")
  const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? ""
  const payload = headers.get("x-amz-content-sha256")
  if (payload === undefined) throw invalidRequest("Missing required header for this request: x-amz-content-sha256")
  return {
    credential: field("Credential"),
    signedHeaders: field("SignedHeaders").split(";"),
    signature: field("Signature"),
    date: headers.get("x-amz-date") ?? "",
    expires: undefined,
    payload
  }
}

const timeOf = (date: string): number => {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  if (second === undefined) throw malformed("it has no date")
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

const mostSkew = 15 * 60_000

const checkTime = ({ date, expires }: Given, now: number): void => {
  const time = timeOf(date)
  if (expires !== undefined) {
    if (now > time + expires * 1000) throw accessDenied("Request has expired")
  } else if (Math.abs(now - time) > mostSkew) {
    throw new S3Error(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large."
    )
  }
}

export interface ToAuthenticate {
  readonly method: string
  /** As it was sent. */
  readonly path: string
  readonly pairs: Pairs
  readonly headers: HttpHeaders
  readonly secretOf: (keyId: string) => string | undefined
  /** The only region that is taken; any when absent. */
  readonly region: string | undefined
  readonly now: number
}

/** Undefined when the request is not signed at all. Fails with an S3Error when it is, and wrongly. */
export const authenticate = (request: ToAuthenticate): Signed | undefined => {
  const { headers, method, pairs, path } = request
  const given = givenIn(headers, pairs)
  if (given === undefined) return undefined
  const { credential, date, payload, signature, signedHeaders } = given
  const scope = credential.split("/").slice(-4)
  const [day = "", region = "", service = ""] = scope
  const keyId = credential.split("/").slice(0, -4).join("/")
  if (keyId === "" || signature === "" || service !== "s3") throw malformed("the credential is incomplete")
  if (!signedHeaders.includes("host")) throw malformed("host must be signed")
  if (request.region !== undefined && region !== request.region) {
    throw malformed(`the region '${region}' is wrong; expecting '${request.region}'`, { Region: request.region })
  }
  checkTime(given, request.now)
  const secret = request.secretOf(keyId)
  if (secret === undefined) {
    throw new S3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
  }
  const query = pairs
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&")
  const headerText = (name: string) => (headers.get(name) ?? "").trim().replace(/ +/g, " ")
  const canonical = [
    method,
    path
      .split("/")
      .map((part) => encode(decode(part)))
      .join("/"),
    query,
    ...signedHeaders.map((name) => `${name}:${headerText(name)}`),
    "",
    signedHeaders.join(";"),
    payload
  ].join("\n")
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${secret}`)
  const sign: Sign = (kind, ...lines) => hmac(key, [kind, date, scope.join("/"), ...lines].join("\n")).toString("hex")
  const expected = Buffer.from(sign("AWS4-HMAC-SHA256", sha256Hex(Buffer.from(canonical, "latin1"))))
  const actual = Buffer.from(signature)
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
    const message = "The request signature we calculated does not match the signature you provided."
    throw new S3Error(403, "SignatureDoesNotMatch", message, { CanonicalRequest: canonical })
  }
  return { keyId, region, payload, signature, sign }
}
