/** The bytes of a request: out of aws-chunked framing, and held against everything the client said of them. */
import { hash } from "node:crypto"
import { crc32 } from "node:zlib"
import type { HttpHeaders } from "../HttpRequest.ts"
import { notImplemented, S3Error } from "./S3Error.ts"
import { type Signed, sha256Hex } from "./Signature.ts"

export interface Payload {
  readonly bytes: Buffer
  /** Digests in lower-case hex. */
  readonly md5: string
  readonly sha1: string
}

const cutOff = () =>
  new S3Error(400, "IncompleteBody", "You did not provide the number of bytes specified by the headers")
const badSignature = (what: string) =>
  new S3Error(403, "SignatureDoesNotMatch", `The signature of ${what} does not match`)

interface Unframed {
  readonly bytes: Buffer
  readonly trailers: ReadonlyMap<string, string>
}

const none: ReadonlyMap<string, string> = new Map()

const unframe = (raw: Buffer, { payload, sign, signature }: Signed): Unframed => {
  const isSigned = payload.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
  const pieces: Buffer[] = []
  let position = 0
  let previous = signature
  const line = (): string => {
    const end = raw.indexOf("\r\n", position)
    if (end < 0) throw cutOff()
    const text = raw.toString("latin1", position, end)
    position = end + 2
    return text
  }
  for (;;) {
    const [size = "", extension = ""] = line().split(";")
    const length = Number.parseInt(size, 16)
    const piece = raw.subarray(position, position + length)
    if (Number.isNaN(length) || piece.length !== length) throw cutOff()
    if (isSigned) {
      const expected = sign("AWS4-HMAC-SHA256-PAYLOAD", previous, sha256Hex(""), sha256Hex(piece))
      if (extension !== `chunk-signature=${expected}`) throw badSignature("a chunk")
      previous = expected
    }
    position += length
    if (length === 0) break
    pieces.push(piece)
    position += 2
  }
  const trailers = new Map<string, string>()
  let seen = ""
  while (position < raw.length) {
    const text = line()
    const colon = text.indexOf(":")
    if (colon < 0) continue
    const [name, value] = [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()]
    if (name !== "x-amz-trailer-signature") {
      trailers.set(name, value)
      seen += `${name}:${value}\n`
    } else if (isSigned && value !== sign("AWS4-HMAC-SHA256-TRAILER", previous, sha256Hex(seen))) {
      throw badSignature("the trailer")
    }
  }
  return { bytes: Buffer.concat(pieces), trailers }
}

const unframed = (raw: Buffer, signed: Signed | undefined): Unframed => {
  const { payload = "UNSIGNED-PAYLOAD" } = signed ?? {}
  if (signed !== undefined && payload.startsWith("STREAMING-")) return unframe(raw, signed)
  if (payload !== "UNSIGNED-PAYLOAD" && payload !== sha256Hex(raw)) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    throw new S3Error(400, "XAmzContentSHA256Mismatch", message)
  }
  return { bytes: raw, trailers: none }
}

const crcBase64 = (bytes: Buffer): string => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(crc32(bytes))
  return four.toString("base64")
}

/** What a checksum header must say, by its name; those that cost too much to compute are believed. */
const checksums: Readonly<Record<string, (bytes: Buffer) => string>> = {
  "x-amz-checksum-crc32": crcBase64,
  "x-amz-checksum-sha1": (bytes) => hash("sha1", bytes, "base64"),
  "x-amz-checksum-sha256": (bytes) => hash("sha256", bytes, "base64")
}

/** `refusesChecksums`: headers that a service of an older kind does not know. */
export const payloadOf = (
  raw: Buffer,
  headers: HttpHeaders,
  signed: Signed | undefined,
  refusesChecksums: boolean
): Payload => {
  if (refusesChecksums) {
    if (signed?.payload.endsWith("-TRAILER")) throw notImplemented(signed.payload)
    for (const name of headers.keys()) {
      if (name.startsWith("x-amz-checksum-") || name === "x-amz-sdk-checksum-algorithm") {
        throw new S3Error(400, "InvalidArgument", `Unsupported header '${name}' received for this API call.`)
      }
    }
  }
  const { bytes, trailers } = unframed(raw, signed)
  const length = headers.get("x-amz-decoded-content-length")
  if (length !== undefined && Number(length) !== bytes.length) throw cutOff()
  const md5 = hash("md5", bytes)
  const announced = headers.get("content-md5")
  if (announced !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(announced)) {
    throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified is not valid.", { "Content-MD5": announced })
  }
  if (announced !== undefined && Buffer.from(announced, "base64").toString("hex") !== md5) {
    throw new S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
  }
  for (const [name, digest] of Object.entries(checksums)) {
    const expected = trailers.get(name) ?? headers.get(name)
    if (expected !== undefined && expected !== digest(bytes)) {
      throw new S3Error(400, "BadDigest", `The ${name} you specified did not match what we received.`)
    }
  }
  return { bytes, md5, sha1: hash("sha1", bytes) }
}
