/** What requests and replies are made of, and how long they may take. */

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT"
  /** `https://host` */
  readonly origin: string
  /** Percent-coded, with the query. */
  readonly path: string
  /** Name, value, name, value. */
  readonly headers: ReadonlyArray<string>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined
  /** Milliseconds to wait for an answer once the body is sent, where that is more than `Patience.idle`. */
  readonly timeout?: number | undefined
  /** The most bytes that the body of a good answer may have; `mostOfAnswer` unless given. */
  readonly most?: number | undefined
}

/** In bytes: an answer of the API that is not a listing. */
export const mostOfAnswer = 1024 * 1024
/** In bytes: of a refusal, so much is read and the rest left. */
export const mostOfRefusal = 64 * 1024
/** `code` of the error of an answer that is longer than it may be. */
export const tooLong = "ERR_ANSWER_TOO_LONG"
/** `code` of the error of an answer that is not HTTP as it may be; its message says why. */
export const unreadable = "ERR_ANSWER_UNREADABLE"
/** `code` of the error of a request that holds what can not be sent; its message says what. */
export const unsendable = "ERR_REQUEST_UNSENDABLE"
/** `code` of the error of a proxy that makes no connection; its message is what the proxy said. */
export const proxyRefused = "ERR_PROXY_REFUSED"

export type Headers = { readonly [name: string]: string | Array<string> | undefined }

export interface HttpReply {
  /** Whom the request was sent to. */
  readonly origin: string
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** No answer, or half of one. `error` is what the connection, or the body that was being sent, failed with. */
export class ConnectionFailure {
  readonly _tag = "ConnectionFailure"
  readonly origin: string
  readonly error: Error
  /** An answer had begun. */
  readonly hasBegun: boolean

  constructor(origin: string, error: Error, hasBegun = false) {
    this.origin = origin
    this.error = error
    this.hasBegun = hasBegun
  }
}

export const header = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === "object" ? value[0] : value
}

/** Milliseconds. */
export interface Patience {
  readonly connect: number
  /** Without a byte, while one is due. */
  readonly idle: number
  /** That a connection without a request is kept. */
  readonly keepAlive: number
}

export const usualPatience: Patience = { connect: 30_000, idle: 60_000, keepAlive: 60_000 }
