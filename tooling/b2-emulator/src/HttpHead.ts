/** Reads the head of an HTTP/1.1 request. */
import { badRequest } from "./Errors.ts"
import type { HttpHead } from "./HttpRequest.ts"

const tab = 9
const space = 32

const contentLengthOf = (headers: ReadonlyMap<string, string>): number | undefined => {
  if (headers.get("transfer-encoding")?.toLowerCase().endsWith("chunked")) return undefined
  const text = headers.get("content-length")
  if (text === undefined) return 0
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`Bad Content-Length: ${text}`)
  return Number(text)
}

/** `text` is the head as Latin-1, without the empty line. Fails with 400 `bad_request`. */
export const parseHead = (text: string): HttpHead => {
  let lineEnd = text.indexOf("\r\n")
  if (lineEnd < 0) lineEnd = text.length
  const first = text.indexOf(" ")
  const last = text.lastIndexOf(" ", lineEnd - 1)
  const protocol = text.slice(last + 1, lineEnd)
  if (first <= 0 || last <= first || !protocol.startsWith("HTTP/1.")) throw badRequest("The request is not HTTP/1.1")
  const headers = new Map<string, string>()
  for (let start = lineEnd + 2; start < text.length; start = lineEnd + 2) {
    lineEnd = text.indexOf("\r\n", start)
    if (lineEnd < 0) lineEnd = text.length
    const colon = text.indexOf(":", start)
    if (colon <= start || colon > lineEnd) throw badRequest("Bad header line")
    let from = colon + 1
    let to = lineEnd
    while (from < to && isBlank(text.charCodeAt(from))) from++
    while (from < to && isBlank(text.charCodeAt(to - 1))) to--
    const name = text.slice(start, colon).toLowerCase()
    const value = text.slice(from, to)
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  const connection = headers.get("connection")?.toLowerCase()
  return {
    method: text.slice(0, first),
    target: text.slice(first + 1, last),
    headers,
    keepAlive: connection === undefined ? protocol !== "HTTP/1.0" : connection !== "close",
    contentLength: contentLengthOf(headers)
  }
}

const isBlank = (code: number): boolean => code === space || code === tab
