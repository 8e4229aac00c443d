/** A request on a connection, with the reply to it. */

export type HttpHeaders = ReadonlyMap<string, string>

export interface HttpHead {
  readonly method: string
  readonly target: string
  /** By lower-case name; a repeated header is joined with a comma. */
  readonly headers: HttpHeaders
  readonly keepAlive: boolean
  /** In bytes; undefined when the body comes in chunks of its own. */
  readonly contentLength: number | undefined
}

/** Takes a body. Exactly one of `end` and `gone` is called, the latter when the connection broke. */
export interface BodyConsumer {
  readonly data: (chunk: Buffer) => void
  readonly end: () => void
  readonly gone: () => void
}

/** What a reply needs of its connection. */
export interface ReplyChannel {
  readonly write: (bytes: string | Buffer, encoding: "latin1" | "utf8", done?: () => void) => boolean
  /** Makes all writes of `run` one. */
  readonly together: (run: () => void) => void
  readonly replied: () => void
  readonly pause: () => void
  readonly resume: () => void
  readonly reset: () => void
  readonly hangUp: () => void
}

export class HttpRequest {
  readonly head: HttpHead
  readonly #channel: ReplyChannel
  #consumer: BodyConsumer | undefined
  #bodyOver = false
  readonly #whenOver: (() => void)[] = []
  #drained: (() => void) | undefined
  replyStarted = false
  replyEnded = false
  /** Set before the reply starts, it ends the connection after the reply. */
  closeAfterReply = false

  constructor(head: HttpHead, channel: ReplyChannel) {
    this.head = head
    this.#channel = channel
    this.closeAfterReply = !head.keepAlive
  }

  /** Without a consumer the body is thrown away. Calls `end` at once when the body is over already. */
  consume(consumer: BodyConsumer): void {
    if (this.#bodyOver) consumer.end()
    else this.#consumer = consumer
  }

  /** Called once, when the reply was handed over or the connection broke. */
  onceOver(over: () => void): void {
    this.#whenOver.push(over)
  }

  /** Called once, when more can be written. */
  onceDrained(drained: () => void): void {
    this.#drained = drained
  }

  pauseBody(): void {
    this.#channel.pause()
  }

  resumeBody(): void {
    this.#channel.resume()
  }

  /** A whole reply. `headers` is a flat list of names and values. */
  reply(status: number, headers: readonly string[], body: string | Buffer): void {
    const head = this.#headText(status, headers)
    this.replyStarted = true
    if (typeof body === "string") {
      const ascii = Buffer.byteLength(body) === body.length
      this.#channel.write(head + body, ascii ? "latin1" : "utf8")
    } else {
      this.#channel.together(() => {
        this.#channel.write(head, "latin1")
        if (body.length > 0) this.#channel.write(body, "latin1")
      })
    }
    this.endReply()
  }

  startReply(status: number, headers: readonly string[]): void {
    this.replyStarted = true
    this.#channel.write(this.#headText(status, headers), "latin1")
  }

  /** False asks the caller to wait for `onceDrained`. */
  write(bytes: string | Buffer, done?: () => void): boolean {
    return this.#channel.write(bytes, "utf8", done)
  }

  endReply(): void {
    this.replyEnded = true
    this.#over()
    this.#channel.replied()
  }

  /** Breaks the connection off with a TCP reset. */
  reset(): void {
    this.#channel.reset()
  }

  /** Ends the connection after what was written. */
  hangUp(): void {
    this.#channel.hangUp()
  }

  /** The connection's side: a piece of the body came. */
  deliver(chunk: Buffer): void {
    this.#consumer?.data(chunk)
  }

  /** The connection's side: the body is complete. */
  deliverEnd(): void {
    this.#bodyOver = true
    const consumer = this.#consumer
    this.#consumer = undefined
    consumer?.end()
  }

  get bodyOver(): boolean {
    return this.#bodyOver
  }

  /** The connection's side: it can take more. */
  drained(): void {
    const drained = this.#drained
    this.#drained = undefined
    drained?.()
  }

  /** The connection's side: it broke. */
  broken(): void {
    const consumer = this.#consumer
    this.#consumer = undefined
    consumer?.gone()
    this.#over()
  }

  #over(): void {
    for (const over of this.#whenOver.splice(0)) over()
  }

  #headText(status: number, headers: readonly string[]): string {
    let text = `HTTP/1.1 ${status} ${reasons[status] ?? "Unknown"}\r\nDate: ${date()}\r\n`
    for (let index = 0; index < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`
    return this.closeAfterReply ? `${text}Connection: close\r\n\r\n` : `${text}\r\n`
  }
}

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  206: "Partial Content",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  416: "Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable"
}

let dateSecond = 0
let dateText = ""

/** Of the machine's clock, not the virtual one: clients refuse a server whose clock is off. */
const date = (): string => {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = new Date(second * 1000).toUTCString()
  }
  return dateText
}
