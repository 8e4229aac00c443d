/**
 * A connection for one request after another, whose bodies are there as a whole.
 *
 * A small request is written in one call and its reply read from one buffer: half of the CPU that undici takes. Of a large
 * reply the kernel writes straight into pieces of 1 MiB. undici would make a new buffer for every 64 KiB, copy it into its
 * parser and leave the rest to the garbage collector: four times the CPU of all that is done here.
 *
 * A body of a known length goes that way. One in chunks, or that ends with the connection, as some proxies make it, is
 * copied into the pieces instead.
 */
import * as diagnostics from "node:diagnostics_channel"
import * as net from "node:net"
import * as tls from "node:tls"
import * as Pace from "@ourclone/core/machine/Pace"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import type { Authorities } from "./Authorities.ts"
import { ChunkedBody } from "./ChunkedBody.ts"
import { type Headers, type HttpRequest, type Patience, unreadable, usualPatience } from "./HttpMessage.ts"
import * as ReplyHead from "./ReplyHead.ts"

/** What a reader does with the connection of its reply. */
export interface ReplyConnection {
  /** Goes on after `onPiece` has asked for no more. */
  readonly resume: () => void
  /** The handler hears no more. */
  readonly destroy: () => void
}

export interface ReplyHandler {
  /** In bytes: a piece is no larger; `PiecePool.pieceSize` unless given. */
  readonly pieceSize?: number
  /** Called once, or again when a connection that had been kept turned out to be closed. */
  readonly onStart: (connection: ReplyConnection) => void
  readonly onHead: (status: number, headers: Headers) => void
  /** `false` asks for no more until `resume`. */
  readonly onPiece: (piece: Uint8Array) => boolean
  readonly onEnd: () => void
  readonly onError: (error: Error) => void
}

/**
 * The connection is closed. The handler is handed back when that happened while
 * the connection was kept, before the request came through.
 */
export type OnGone = (connection: HttpConnection, unanswered: ReplyHandler | undefined) => void

/** Told of each answer and each failure, as undici's channels are: `{ request: { method, origin, path }, response | error }`. */
const answered = diagnostics.channel("ourclone:request:headers")
const broken = diagnostics.channel("ourclone:request:error")

type Asked = Pick<HttpRequest, "method" | "origin" | "path">

const largestHead = 32 * 1024
const endOfHead = Buffer.from("\r\n\r\n")

const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

export class HttpConnection {
  readonly #socket: net.Socket
  readonly #onIdle: (connection: HttpConnection) => void
  #onGone: OnGone | undefined
  readonly #head = Buffer.allocUnsafeSlow(largestHead)
  #headLength = 0
  #isInBody = false
  #piece: Buffer = this.#head
  #pieceSize = PiecePool.pieceSize
  #filled = 0
  /** Of a body whose length is known. */
  #remaining = 0
  /** Of all heads of the reply, interim ones too. */
  #headTotal = 0
  #chunks: ChunkedBody | undefined
  #endsWithConnection = false
  #keptMillis = 0
  #goodUntil = 0
  #isPaused = false
  #isReused = false
  #isConnected = false
  #isLate = false
  /** The request may be made again where nobody answered it. */
  #isRepeatable = false
  /** Milliseconds without a byte, before the head of the reply. */
  #untilHead: number
  #handler: ReplyHandler | undefined
  /** Where somebody listens. */
  #asked: Asked | undefined
  #error: Error | undefined
  readonly #patience: Patience
  #pace = new Pace.Pace()
  /** When waiting for the next byte began. */
  #waitingSince = 0

  constructor(
    origin: string,
    /** The reply is complete and the connection can take another request. */
    onIdle: (connection: HttpConnection) => void,
    patience: Patience = usualPatience,
    ca?: Authorities
  ) {
    this.#onIdle = onIdle
    this.#patience = patience
    this.#untilHead = patience.idle
    const { hostname, port, protocol } = new URL(origin)
    const host = hostname.replace(/^\[|\]$/g, "")
    const onread: net.OnReadOpts = {
      buffer: () => this.#buffer(),
      callback: (count) => this.#onRead(count)
    }
    const onConnect = () => {
      this.#isConnected = true
      this.#wait(this.#untilHead)
    }
    this.#socket =
      protocol === "https:"
        ? tls.connect(
            {
              host,
              port: Number(port || 443),
              ALPNProtocols: ["http/1.1"],
              onread,
              ...(net.isIP(host) ? {} : { servername: host }),
              ...(ca === undefined ? {} : { ca: [...ca] })
            } as tls.ConnectionOptions,
            onConnect
          )
        : net.connect({ host, port: Number(port || 80), onread }, onConnect)
    this.#socket.setNoDelay(true)
    this.#socket.setTimeout(patience.connect)
    this.#socket.on("timeout", () => this.#onTimeout())
    this.#socket.on("error", (error) => {
      this.#error = error
    })
    this.#socket.on("close", () => this.#onClose())
  }

  /** Whether one that is idle may have another request; later the server may close it at any time. */
  isGood(): boolean {
    return performance.now() < this.#goodUntil
  }

  /** One request at a time, whose body is there as a whole; `head` is what `RequestHead` makes of it. */
  send(request: HttpRequest, head: string, handler: ReplyHandler, onGone: OnGone): void {
    const { body, method, origin, path, timeout = 0 } = request
    this.#asked = answered.hasSubscribers || broken.hasSubscribers ? { method, origin, path } : undefined
    this.#handler = handler
    this.#onGone = onGone
    this.#isRepeatable = method === "GET"
    this.#untilHead = Math.max(timeout, this.#patience.idle)
    this.#headLength = 0
    this.#headTotal = 0
    this.#isPaused = false
    this.#pace = new Pace.Pace()
    this.#waitingSince = performance.now()
    handler.onStart(this)
    this.#socket.ref()
    if (this.#isConnected) this.#wait(this.#untilHead)
    if (typeof body !== "string" && !(body instanceof Uint8Array)) {
      this.#socket.write(head, "latin1")
      return
    }
    this.#socket.cork()
    this.#socket.write(head, "latin1")
    this.#socket.write(body)
    this.#socket.uncork()
  }

  /** Without a byte, for so long. Each byte begins it anew. */
  #wait(millis: number): void {
    if (this.#socket.timeout !== millis) this.#socket.setTimeout(millis)
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    // The time that the reader was away is not the server's.
    this.#waitingSince = performance.now()
    this.#socket.setTimeout(this.#patience.idle)
    this.#socket.resume()
  }

  /** Closes the connection. The handler hears no more. */
  destroy(): void {
    if (this.#handler !== undefined) this.#tellBroken(new Error("nobody waits for it any more"))
    this.#handler = undefined
    this.#socket.destroy()
  }

  /** Closes the connection, and fails what is under way. */
  close(): void {
    this.#socket.destroy(failure("ERR_CLOSED", "the connections were closed"))
  }

  #isUncounted(): boolean {
    return this.#chunks !== undefined || this.#endsWithConnection
  }

  #buffer(): Uint8Array {
    return this.#isInBody && !this.#isUncounted()
      ? this.#piece.subarray(this.#filled)
      : this.#head.subarray(this.#headLength)
  }

  #onRead(count: number): boolean {
    if (this.#handler === undefined) {
      this.#socket.destroy()
      return false
    }
    const now = performance.now()
    if (this.#pace.isTooSlow(count, now - this.#waitingSince)) {
      this.#fail(Pace.message)
      return false
    }
    this.#waitingSince = now
    if (this.#isInBody && this.#isUncounted()) this.#copy(this.#head.subarray(0, count))
    else if (this.#isInBody) this.#advance(count)
    else {
      this.#headLength += count
      this.#headTotal += count
      this.#readHead()
    }
    return !this.#isPaused
  }

  #readHead(): void {
    for (;;) {
      const end = this.#head.subarray(0, this.#headLength).indexOf(endOfHead)
      if (end < 0) {
        if (this.#headLength === largestHead || this.#headTotal > 2 * largestHead)
          this.#fail("the head of the reply is too long")
        return
      }
      const head = ReplyHead.parse(this.#head.toString("latin1", 0, end))
      if (head === undefined) {
        this.#fail("the reply is not HTTP/1.1, or not in the form that was asked for")
        return
      }
      const bodyAt = end + endOfHead.length
      if (head.status >= 200) {
        this.#beginBody(head, this.#head.subarray(bodyAt, this.#headLength))
        return
      }
      this.#head.copyWithin(0, bodyAt, this.#headLength)
      this.#headLength -= bodyAt
    }
  }

  #beginBody({ framing, headers, keptMillis, status }: ReplyHead.ReplyHead, first: Buffer): void {
    this.#keptMillis = Math.min(keptMillis, this.#patience.keepAlive)
    this.#headLength = 0
    this.#wait(this.#patience.idle)
    if (this.#asked !== undefined) answered.publish({ request: this.#asked, response: { statusCode: status } })
    this.#handler?.onHead(status, headers)
    this.#pieceSize = this.#handler?.pieceSize ?? PiecePool.pieceSize
    if (typeof framing === "string") {
      this.#chunks = framing === "chunks" ? new ChunkedBody() : undefined
      this.#endsWithConnection = framing === "close"
      this.#isInBody = true
      this.#nextPiece(this.#pieceSize)
      if (first.length > 0) this.#copy(first)
      return
    }
    this.#remaining = framing
    // What follows the reply belongs to no request of ours.
    if (first.length > this.#remaining) this.#keptMillis = 0
    if (this.#remaining === 0) {
      this.#finish()
      return
    }
    this.#isInBody = true
    if (first.length >= this.#remaining && this.#remaining <= this.#pieceSize) {
      // Of a short reply there is all already.
      this.#piece = Buffer.from(first.subarray(0, this.#remaining))
      this.#filled = 0
      this.#advance(this.#remaining)
      return
    }
    this.#nextPiece(this.#remaining)
    const used = Math.min(first.length, this.#piece.length)
    this.#piece.set(first.subarray(0, used))
    if (used > 0) this.#advance(used)
  }

  #nextPiece(most: number): void {
    this.#piece = PiecePool.take(Math.min(this.#pieceSize, most))
    this.#filled = 0
  }

  /** Takes bytes of a body whose length is not known. */
  #copy(bytes: Uint8Array): void {
    if (this.#chunks === undefined) {
      this.#append(bytes)
      return
    }
    try {
      const used = this.#chunks.feed(bytes, (data) => this.#append(data))
      if (used === undefined) return
      if (used < bytes.length) this.#keptMillis = 0
      this.#finishUncounted()
    } catch (error) {
      this.#fail((error as Error).message)
    }
  }

  #append(data: Uint8Array): void {
    for (let at = 0; at < data.length; ) {
      const part = data.subarray(at, at + this.#piece.length - this.#filled)
      this.#piece.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled < this.#piece.length) return
      const piece = this.#piece
      this.#nextPiece(this.#pieceSize)
      if (this.#handler?.onPiece(piece) === false) this.#isPaused = true
    }
  }

  #finishUncounted(): void {
    if (this.#filled > 0) this.#handler?.onPiece(this.#piece.subarray(0, this.#filled))
    this.#finish()
  }

  #advance(count: number): void {
    this.#filled += count
    this.#remaining -= count
    if (this.#filled < this.#piece.length) return
    const piece = this.#piece
    if (this.#remaining > 0) this.#nextPiece(this.#remaining)
    if (this.#handler?.onPiece(piece) === false) this.#isPaused = true
    if (this.#remaining === 0) this.#finish()
  }

  #finish(): void {
    const handler = this.#handler
    this.#handler = undefined
    this.#isInBody = false
    this.#isPaused = false
    this.#chunks = undefined
    this.#endsWithConnection = false
    this.#piece = this.#head
    // Its reader may have left with the last piece. A server that answers before it has the whole request may take what is
    // left of it for the next one.
    if (handler !== undefined && this.#keptMillis > 0 && this.#socket.writableLength === 0) {
      this.#isReused = true
      this.#goodUntil = this.#waitingSince + this.#keptMillis
      this.#wait(this.#patience.keepAlive)
      this.#socket.unref()
      this.#onIdle(this)
    } else this.#socket.destroy()
    handler?.onEnd()
  }

  #tellBroken(error: Error): void {
    if (this.#asked !== undefined) broken.publish({ request: this.#asked, error })
  }

  #fail(message: string): void {
    this.#socket.destroy(failure(unreadable, message))
  }

  #onTimeout(): void {
    if (this.#isPaused) return
    this.#isLate = this.#handler !== undefined
    const code = this.#isConnected ? "ERR_IDLE_TIMEOUT" : "ERR_CONNECT_TIMEOUT"
    this.#socket.destroy(failure(code, "no byte arrived in time"))
  }

  #onClose(): void {
    if (this.#endsWithConnection && this.#error === undefined) {
      this.#keptMillis = 0
      this.#finishUncounted()
    }
    const handler = this.#handler
    this.#handler = undefined
    const error = this.#error ?? failure("ECONNRESET", "the other side closed the connection")
    const isUnanswered =
      this.#isRepeatable && this.#isReused && !this.#isInBody && this.#headLength === 0 && !this.#isLate
    this.#onGone?.(this, isUnanswered ? handler : undefined)
    if (handler !== undefined) this.#tellBroken(error)
    if (!isUnanswered) handler?.onError(error)
  }
}
