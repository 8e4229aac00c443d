/** The head of an HTTP/1.1 reply, and how its body ends. */
import type { Headers } from "./HttpMessage.ts"

/** A body of so many bytes, one in chunks, or one that ends with the connection. */
export type Framing = number | "chunks" | "close"

export interface ReplyHead {
  readonly status: number
  readonly headers: Headers
  readonly framing: Framing
  /** Milliseconds for which the connection may take another request; 0 where it may not, `Infinity` where nothing is said. */
  readonly keptMillis: number
}

/** A request that is on its way when the server closes is lost: of what the server promises so much is left out, in milliseconds. */
const closingMillis = 2_000

const keptOf = (keepAlive = ""): number => {
  const [, seconds] = /\btimeout=(\d+)/i.exec(keepAlive) ?? []
  return seconds === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(seconds) * 1000 - closingMillis)
}

/** The framing of a reply to a GET; `undefined` for one that is not HTTP or that was not asked for. */
const framingOf = (status: number, headers: Readonly<Record<string, string>>): Framing | undefined => {
  if (status === 204 || status === 304) return 0
  const coding = headers["transfer-encoding"]?.toLowerCase()
  if (coding !== undefined) return coding === "chunked" ? "chunks" : coding === "identity" ? "close" : undefined
  const text = headers["content-length"]
  if (text === undefined) return "close"
  const length = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(length) ? length : undefined
}

/** Of the text before the empty line; `undefined` when it is not the head of a reply. */
export const parse = (text: string): ReplyHead | undefined => {
  const [first = "", ...lines] = text.split("\r\n")
  const [, minor, digits] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? []
  if (digits === undefined) return undefined
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(":")
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const status = Number(digits)
  const framing = status < 200 ? 0 : framingOf(status, headers)
  if (framing === undefined) return undefined
  // A reply that names a length and chunks too means different things to different readers.
  const isAmbiguous = framing === "chunks" && headers["content-length"] !== undefined
  const isKept = minor === "1" && headers.connection?.toLowerCase() !== "close" && framing !== "close" && !isAmbiguous
  return { status, headers, framing, keptMillis: isKept ? keptOf(headers["keep-alive"]) : 0 }
}
