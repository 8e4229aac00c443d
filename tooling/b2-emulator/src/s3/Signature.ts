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
  /** What is said of a credential that is none. */
  readonly fail: (what: string, details?: Readonly<Record<string, string>>) => S3Error
}

const malformed = (what: string, details: Readonly<Record<string, string>> = {}) =>
  new S3Error(400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${what}`, details)

const wrongQuery = (message: string, details: Readonly<Record<string, string>> = {}) =>
  new S3Error(400, "AuthorizationQueryParametersError", message, details)

const payloads =
  /^(?:UNSIGNED-PAYLOAD|STREAMING-(?:UNSIGNED-PAYLOAD-TRAILER|AWS4-HMAC-SHA256-PAYLOAD(?:-TRAILER)?)|[0-9a-f]{64})$/

const inHeader = (header: string, headers: HttpHeaders): Given => {
  const space = header.indexOf(" ")
  if (space < 0) {
    throw new S3Error(
      400,
      "InvalidArgument",
      "Authorization header is invalid -- one and only one ' ' (space) required.",
      { ArgumentName: "Authorization", ArgumentValue: header }
    )
  }
  const kind = header.slice(0, space)
  if (kind === "AWS") {
    throw invalidRequest("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
  }
  if (kind !== "AWS4-HMAC-SHA256") {
    const details = { ArgumentName: "Authorization", ArgumentValue: kind }
    throw new S3Error(400, "InvalidArgument", "Unsupported Authorization Type", details)
  }
  const components = header.slice(space).replaceAll(/\s/g, "").split(",")
  if (components.length !== 3) {
    throw malformed("the authorization header requires three components: Credential, SignedHeaders, and Signature.")
  }
  const [credential = "", signedHeaders = "", signature = ""] = ["Credential", "SignedHeaders", "Signature"].map(
    (name, index) => {
      const [found, value, ...more] = (components[index] ?? "").split("=")
      if (value === undefined || more.length > 0) {
        throw malformed(`the authorization component "${components[index]}" is malformed.`)
      }
      if (found !== name) throw malformed(`missing ${name}.`)
      return value
    }
  )
  const payload = headers.get("x-amz-content-sha256")
  return {
    credential,
    signedHeaders: signedHeaders.split(";"),
    signature,
    date: headers.get("x-amz-date") ?? headers.get("date") ?? "",
    expires: undefined,
    payload: payload ?? "",
    fail: malformed
  }
}

const expiresIn = (text: string): number => {
  const seconds = Number(text)
  if (!/^-?\d+$/.test(text)) throw wrongQuery("X-Amz-Expires should be a number")
  if (seconds < 0) throw wrongQuery("X-Amz-Expires must be non-negative")
  if (seconds <= 604_800) return seconds
  throw wrongQuery(
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
  )
}

const inQuery = (pairs: Pairs, headers: HttpHeaders): Given => {
  const param = (name: string) => pairs.find(([key]) => key === `X-Amz-${name}`)?.[1] ?? ""
  if (param("Algorithm") !== "" && param("Algorithm") !== "AWS4-HMAC-SHA256") {
    throw wrongQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  }
  if (["Algorithm", "Credential", "Date", "Signature", "SignedHeaders", "Expires"].some((name) => param(name) === "")) {
    throw wrongQuery(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
    )
  }
  return {
    credential: param("Credential"),
    signedHeaders: param("SignedHeaders").split(";"),
    signature: param("Signature"),
    date: param("Date"),
    expires: expiresIn(param("Expires")),
    payload: headers.get("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD",
    fail: (what, details) => wrongQuery(`Error parsing the X-Amz-Credential parameter; ${what}`, details)
  }
}

const givenIn = (headers: HttpHeaders, pairs: Pairs): Given | undefined => {
  const header = headers.get("authorization")
  if (header !== undefined) return inHeader(header, headers)
  const has = (name: string) => pairs.some(([key]) => key === name)
  if (has("AWSAccessKeyId") && has("Signature")) {
    throw invalidRequest("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
  }
  return has("X-Amz-Algorithm") || has("X-Amz-Credential") || has("X-Amz-Expires") ? inQuery(pairs, headers) : undefined
}

interface Scope {
  readonly keyId: string
  readonly day: string
  readonly region: string
}

const scopeOf = ({ credential, fail }: Given): Scope => {
  const [keyId = "", day = "", region = "", service, terminal, ...more] = credential.split("/")
  if (terminal === undefined || more.length > 0) {
    throw fail('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".')
  }
  if (service !== "s3") throw fail(`incorrect service "${service}". This endpoint belongs to "s3".`)
  if (terminal !== "aws4_request") {
    throw fail(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`)
  }
  if (!/^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(day)) {
    throw fail(`incorrect date format "${day}". This date in the credential must be in the format "yyyyMMdd".`)
  }
  return { keyId, day, region }
}

const timeOf = (date: string): number => {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  if (second === undefined) throw accessDenied("AWS authentication requires a valid Date or x-amz-date header.")
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
  const { date, expires, fail, payload, signature, signedHeaders } = given
  const { day, keyId, region } = scopeOf(given)
  if (expires === undefined) checkTime(given, request.now)
  if (request.region !== undefined && region !== request.region) {
    throw fail(`the region '${region}' is wrong; expecting '${request.region}'`, { Region: request.region })
  }
  if (expires !== undefined && !/^\d{8}T\d{6}Z$/.test(date)) {
    throw wrongQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
  }
  if (expires !== undefined && !date.startsWith(day)) {
    throw wrongQuery(
      `Invalid credential date "${day}". This date is not the same as X-Amz-Date: "${date.slice(0, 8)}".`
    )
  }
  if (expires !== undefined) checkTime(given, request.now)
  const secret = request.secretOf(keyId)
  if (secret === undefined) {
    throw new S3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
      AWSAccessKeyId: keyId
    })
  }
  if (payload === "") throw invalidRequest("Missing required header for this request: x-amz-content-sha256")
  if (!payloads.test(payload)) {
    const message =
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value."
    throw new S3Error(400, "InvalidArgument", message, {
      ArgumentName: "x-amz-content-sha256",
      ArgumentValue: payload
    })
  }
  const unsigned = [...headers.keys()].filter(
    (name) => /^(?:host|x-amz-.*)$/.test(name) && !signedHeaders.includes(name)
  )
  // What a browser or a proxy adds is signed by nobody.
  if (expires === undefined && unsigned.length > 0) {
    throw new S3Error(403, "AccessDenied", "There were headers present in the request which were not signed", {
      HeadersNotSigned: unsigned.join(", ")
    })
  }
  if (!signedHeaders.includes("host")) throw fail("host must be signed")
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
  const scope = [day, region, "s3", "aws4_request"]
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${secret}`)
  const sign: Sign = (kind, ...lines) => hmac(key, [kind, date, scope.join("/"), ...lines].join("\n")).toString("hex")
  const expected = Buffer.from(sign("AWS4-HMAC-SHA256", sha256Hex(Buffer.from(canonical, "latin1"))))
  const actual = Buffer.from(signature)
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
    const message =
      "The request signature we calculated does not match the signature you provided. Check your key and signing method."
    throw new S3Error(403, "SignatureDoesNotMatch", message, { CanonicalRequest: canonical })
  }
  return { keyId, region, payload, signature, sign }
}
