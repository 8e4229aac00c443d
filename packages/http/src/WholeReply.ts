/** A reply that is taken whole, as long as it is no longer than it may be. */
import { type Headers, type HttpReply, type HttpRequest, mostOfAnswer, mostOfRefusal, tooLong } from "./HttpMessage.ts"

const overrun = (most: number) => Object.assign(new Error(`an answer of more than ${most} bytes`), { code: tooLong })

const empty = Buffer.alloc(0)

/**
 * What becomes of it; one of both is called, once, and in a microtask: who reads the connection is on the stack still, and
 * whoever hears of it may send the next request there.
 */
export interface Outcome {
  readonly onReply: (reply: HttpReply) => void
  /** `hasBegun` where the head of an answer had come. */
  readonly onError: (error: Error, hasBegun: boolean) => void
}

export class WholeReply {
  readonly #request: Pick<HttpRequest, "origin" | "most">
  readonly #outcome: Outcome
  #status = 0
  #headers: Headers = {}
  #first: Buffer = empty
  #rest: Array<Buffer> | undefined
  #length = 0
  #isOver = false

  constructor(request: Pick<HttpRequest, "origin" | "most">, outcome: Outcome) {
    this.#request = request
    this.#outcome = outcome
  }

  get isOver(): boolean {
    return this.#isOver
  }

  head(status: number, headers: Headers): void {
    this.#status = status
    this.#headers = headers
  }

  /** Bytes more of the body, which nobody else uses. Why no more of them are wanted, where that is so. */
  bytes(chunk: Buffer): Error | undefined {
    this.#length += chunk.length
    const isRefusal = this.#status >= 300
    const most = isRefusal ? mostOfRefusal : (this.#request.most ?? mostOfAnswer)
    if (this.#length > most) {
      if (isRefusal) this.end()
      return overrun(most)
    }
    if (this.#first === empty) this.#first = chunk
    else if (this.#rest === undefined) this.#rest = [this.#first, chunk]
    else this.#rest.push(chunk)
    return undefined
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const body = this.#rest === undefined ? this.#first : Buffer.concat(this.#rest)
    const { origin } = this.#request
    const reply: HttpReply = { origin, status: this.#status, headers: this.#headers, body }
    queueMicrotask(() => this.#outcome.onReply(reply))
  }

  fail(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    queueMicrotask(() => this.#outcome.onError(error, this.#status >= 200))
  }
}
