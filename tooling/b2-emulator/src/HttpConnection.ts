/**
 * HTTP/1.1 on one socket: requests one after the other, each answered before the next is looked at.
 *
 * This is not `node:http` because that costs twice the CPU time per small request, and benchmarks share a machine with
 * the emulator.
 */
import type { Socket } from "node:net"
import { ChunkedBody } from "./ChunkedBody.ts"
import { ApiError, badRequest } from "./Errors.ts"
import { parseHead } from "./HttpHead.ts"
import { HttpRequest, type ReplyChannel } from "./HttpRequest.ts"

const mostHeadBytes = 65_536
/** Milliseconds for the rest of a body that nobody reads. */
const mostLinger = 2000
const nothing: Buffer = Buffer.alloc(0)

export class HttpConnection {
  readonly #socket: Socket
  readonly #onRequest: (request: HttpRequest) => void
  readonly #channel: ReplyChannel
  /** Bytes that came but were not looked at. */
  #held = nothing
  #request: HttpRequest | undefined
  #bodyLeft = 0
  #chunked: ChunkedBody | undefined
  #receiving = false

  /** `raw` is the TCP socket below `socket`, or that one itself. */
  constructor(socket: Socket, raw: Socket, onRequest: (request: HttpRequest) => void) {
    this.#socket = socket
    this.#onRequest = onRequest
    this.#channel = {
      write: (bytes, encoding, done) =>
        typeof bytes === "string" ? socket.write(bytes, encoding, done) : socket.write(bytes, done),
      together: (run) => {
        socket.cork()
        run()
        socket.uncork()
      },
      replied: () => this.#next(),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      reset: () => raw.resetAndDestroy(),
      hangUp: () => socket.destroySoon()
    }
    socket.on("data", (chunk: Buffer) => this.#receive(chunk))
    socket.on("drain", () => this.#request?.drained())
    socket.on("error", () => {})
    socket.on("close", () => {
      this.#request?.broken()
      this.#request = undefined
    })
  }

  #receive(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    if (this.#receiving) return
    this.#receiving = true
    try {
      while (this.#held.length > 0 && this.#step()) {
        // Each step takes what it can from the bytes held.
      }
    } catch (failure) {
      if (!(failure instanceof ApiError)) process.stderr.write(`b2-emulator: ${String(failure)}\n`)
      this.#refuse(failure instanceof ApiError ? failure : badRequest("Bad request"))
    } finally {
      this.#receiving = false
    }
  }

  /** False when nothing can be done with the bytes held until more come or the reply is out. */
  #step(): boolean {
    const request = this.#request
    if (request === undefined) return this.#begin()
    if (request.bodyOver) {
      this.#socket.pause()
      return false
    }
    const bytes = this.#held
    if (this.#chunked !== undefined) {
      const rest = this.#chunked.take(bytes, (data) => request.deliver(data))
      this.#held = rest ?? nothing
      if (rest !== undefined) this.#endBody(request)
      return true
    }
    const length = Math.min(this.#bodyLeft, bytes.length)
    this.#held = length === bytes.length ? nothing : bytes.subarray(length)
    this.#bodyLeft -= length
    request.deliver(length === bytes.length ? bytes : bytes.subarray(0, length))
    if (this.#bodyLeft === 0) this.#endBody(request)
    return true
  }

  #begin(): boolean {
    let bytes = this.#held
    while (bytes.length > 1 && bytes[0] === 13 && bytes[1] === 10) bytes = bytes.subarray(2)
    this.#held = bytes
    const end = bytes.indexOf("\r\n\r\n")
    if (end > mostHeadBytes || (end < 0 && bytes.length > mostHeadBytes)) {
      throw new ApiError(431, "bad_request", "The request's headers are too long")
    }
    if (end < 0) return false
    const head = parseHead(bytes.toString("latin1", 0, end))
    this.#held = end + 4 === bytes.length ? nothing : bytes.subarray(end + 4)
    const request = new HttpRequest(head, this.#channel)
    this.#request = request
    this.#chunked = head.contentLength === undefined ? new ChunkedBody() : undefined
    this.#bodyLeft = head.contentLength ?? 0
    if (head.headers.get("expect")?.toLowerCase() === "100-continue") {
      this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1")
    }
    this.#onRequest(request)
    if (head.contentLength === 0) this.#endBody(request)
    return true
  }

  #endBody(request: HttpRequest): void {
    request.deliverEnd()
    this.#next()
  }

  /** Goes on to the next request when both the body and the reply of this one are over. */
  #next(): void {
    const request = this.#request
    if (request === undefined || !request.replyEnded) return
    if (request.closeAfterReply) {
      if (request.bodyOver) this.#socket.destroySoon()
      else this.#linger()
      return
    }
    if (!request.bodyOver) return
    this.#request = undefined
    if (this.#socket.isPaused()) this.#socket.resume()
    if (this.#held.length > 0) this.#receive(nothing)
  }

  /** The reply came before the body. To close now would reset the connection, and the reply would be lost. */
  #linger(): void {
    this.#socket.end()
    this.#socket.resume()
    setTimeout(() => this.#socket.destroy(), mostLinger).unref()
  }

  #refuse(error: ApiError): void {
    if (this.#request?.replyStarted) {
      this.#socket.destroy()
      return
    }
    const body = error.toText()
    this.#socket.end(
      `HTTP/1.1 ${error.status} Bad Request\r\nContent-Type: application/json;charset=utf-8\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
    )
  }
}
