/** The answer to GET and HEAD of a file, whoever keeps it: conditions, ranges, and what caches and resuming clients go by. */
import { type Part, partOf } from "./ByteRange.ts"
import { plain } from "./HttpDoor.ts"
import * as Preconditions from "./Preconditions.ts"

export interface Sent {
  readonly method: string
  readonly headers: Headers
}

export interface Told {
  readonly etag: string
  /** Milliseconds since 1970 UTC; `undefined` where nobody knows. */
  readonly modifiedAt: number | undefined
  /** `undefined` where what is read decides how long it is. */
  readonly size: number | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The bytes; all of them without a part. */
  readonly open: (part: Part | undefined) => Promise<ReadableStream<Uint8Array>>
}

/** Further than a date goes. */
const latest = 8_640_000_000_000_000

/** As HTTP writes dates; `undefined` for what is none. */
export const httpDate = (millis: number | undefined): string | undefined =>
  millis === undefined || Math.abs(millis) > latest ? undefined : new Date(millis).toUTCString()

export const fileAnswer = async ({ headers, method }: Sent, told: Told): Promise<Response> => {
  const { etag, modifiedAt, open, size } = told
  const date = httpDate(modifiedAt)
  const known = { etag, modifiedSeconds: modifiedAt === undefined ? undefined : Math.floor(modifiedAt / 1000) }
  const common = {
    ETag: etag,
    ...(date !== undefined && { "Last-Modified": date }),
    // No page elsewhere shows it as its own, not even one of another port of this machine.
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    ...told.headers
  }
  const result = Preconditions.check(headers, known, true)
  if (result === "failed") return plain(412, "it is not the version that was asked for")
  if (result === "notModified") return new Response(null, { status: 304, headers: common })
  if (size === undefined) return new Response(method === "HEAD" ? null : await open(undefined), { headers: common })
  const range = method === "GET" ? Preconditions.rangeOf(headers, known) : null
  const part = range === null ? undefined : partOf(range, size)
  if (part === "unsatisfiable")
    return new Response(null, { status: 416, headers: { ...common, "Content-Range": `bytes */${size}` } })
  const { start, end } = part ?? { start: 0, end: size }
  const whole = { ...common, "Accept-Ranges": "bytes", "Content-Length": String(end - start) }
  const body = method === "HEAD" || start === end ? null : await open(part)
  return part === undefined
    ? new Response(body, { headers: whole })
    : new Response(body, { status: 206, headers: { ...whole, "Content-Range": `bytes ${start}-${end - 1}/${size}` } })
}
