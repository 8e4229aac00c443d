/** What is refused before anybody asks who calls: wrong hosts, other sites, large bodies. */
import { isIP } from "node:net"
import type { ConnectionShape } from "./Connection.ts"

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly headers?: { readonly [name: string]: string }
}

export const problem = ({ code, detail, headers = {}, status, title }: Refusal): Response =>
  new Response(JSON.stringify({ type: "about:blank", status, title, code, detail }), {
    status,
    headers: { "content-type": "application/problem+json", ...headers }
  })

const loopback = ["localhost", "127.0.0.1", "[::1]"]

/** The name without its port, in lower case; an address of IPv6 in brackets, as browsers write it. */
const nameOf = (host: string): string =>
  isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "")

/**
 * Under which names this service is asked. A page elsewhere can have its own name lead here (DNS rebinding), and its
 * requests then look like those of the service's own page, but for this header.
 */
export const hostCheck = (allowed: ReadonlyArray<string>) => {
  const names = new Set([...loopback, ...allowed.map(nameOf)])
  return ({ headers }: Request, { isUnix }: ConnectionShape): Refusal | undefined => {
    const host = headers.get("host") ?? ""
    if (isUnix || names.has(nameOf(host))) return undefined
    return {
      status: 421,
      code: "WrongHost",
      title: "Not this service's name",
      detail: `this service does not go by "${host.slice(0, 100)}"; start it with --allowed-host ${nameOf(host).slice(0, 100)} if it should`
    }
  }
}

const safe = new Set(["GET", "HEAD", "OPTIONS"])

/** Requests that another site's page makes in the name of who is signed in. */
export const crossSite = (request: Request, { isUnix }: ConnectionShape): Refusal | undefined => {
  if (isUnix || safe.has(request.method)) return undefined
  const { headers } = request
  const site = headers.get("sec-fetch-site")
  const origin = headers.get("origin")
  const isOther =
    site === null
      ? origin !== null && nameAndPort(origin) !== headers.get("host")?.toLowerCase()
      : site !== "same-origin" && site !== "none"
  if (!isOther) return undefined
  return { status: 403, code: "CrossSite", title: "Not allowed", detail: "this was asked by the page of another site" }
}

const nameAndPort = (origin: string): string | undefined => {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}

/** In bytes: of everything but uploads. */
const longestBody = 1024 * 1024

const tooLong = (): Refusal => ({
  status: 413,
  code: "TooLong",
  title: "Too long",
  detail: `a request holds at most ${longestBody} bytes; files go to /api/v1/files`,
  headers: { connection: "close" }
})

const tooSlow = (): Refusal => ({
  status: 408,
  code: "TooSlow",
  title: "Too slow",
  detail: "the request did not come in time",
  headers: { connection: "close" }
})

export interface Bounded {
  readonly request: Request
  /** Why its body was broken off, where it was. */
  readonly broken: () => Refusal | undefined
}

/**
 * The request with a body that ends in an error where it is too long, or has not come whole after `patience` milliseconds; or
 * that it says so itself.
 */
export const bounded = (request: Request, patience: number): Bounded | Refusal => {
  if (Number(request.headers.get("content-length") ?? 0) > longestBody) return tooLong()
  // Nobody reads one of these, and to look for a body makes one.
  const isBare = request.method === "GET" || request.method === "HEAD"
  if (isBare || request.body === null) return { request, broken: () => undefined }
  let size = 0
  let refusal: Refusal | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => {
      timer = setTimeout(() => {
        refusal = tooSlow()
        controller.error(new Error(refusal.detail))
      }, patience)
      timer.unref()
    },
    transform: (piece, controller) => {
      size += piece.length
      if (size <= longestBody) return controller.enqueue(piece)
      refusal = tooLong()
      controller.error(new Error(refusal.detail))
    },
    flush: () => clearTimeout(timer)
  })
  const { headers, method, signal, url } = request
  const body = request.body.pipeThrough(counting)
  const counted = new Request(url, { method, headers, signal, body, duplex: "half" } as RequestInit)
  return { request: counted, broken: () => refusal }
}

const policy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'"
].join("; ")

/** On every answer; an answer's own policy stays. */
export const secured = (response: Response, isSecure: boolean): Response => {
  const headers = new Headers(response.headers)
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", policy)
  headers.set("referrer-policy", "no-referrer")
  headers.set("x-content-type-options", "nosniff")
  headers.set("cross-origin-opener-policy", "same-origin")
  headers.set("cross-origin-resource-policy", "same-origin")
  if (isSecure) headers.set("strict-transport-security", "max-age=31536000")
  return new Response(response.body, { status: response.status, headers })
}
