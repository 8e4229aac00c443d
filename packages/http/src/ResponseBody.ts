/**
 * A reply that is read piece by piece.
 *
 * While nobody takes the pieces the connection is not read, so a slow reader
 * slows the sender.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type { ReplyConnection, ReplyHandler } from "./HttpConnection.ts"
import { ConnectionFailure, type Headers, type HttpReply, mostOfRefusal } from "./HttpMessage.ts"

/** Pieces that may wait while one more is filled. */
const waitingPieces = 2

export interface Opened {
  readonly status: number
  readonly headers: Headers
}

type Pieces = readonly [Uint8Array, ...Array<Uint8Array>]
type PiecePull = Pull.Pull<Pieces, ConnectionFailure>
type OpenResult<E> = Effect.Effect<Opened, E | ConnectionFailure>

const nothing = Buffer.alloc(0)

export class ResponseBody<E> implements ReplyHandler {
  readonly #origin: string
  readonly #refusalOf: (reply: HttpReply) => E
  #connection: ReplyConnection | undefined
  /** Gives up the turn of a request that will not be answered. */
  #release: (() => void) | undefined
  #opened: Opened | undefined
  #onOpened: ((result: OpenResult<E>) => void) | undefined
  readonly #ready: Array<Uint8Array> = []
  #end: PiecePull | undefined
  #onPieces: ((result: PiecePull) => void) | undefined

  /** `refusalOf` says what an answer of another status than 200 and 206 means; its words may be missing. */
  constructor(origin: string, refusalOf: (reply: HttpReply) => E) {
    this.#origin = origin
    this.#refusalOf = refusalOf
  }

  /** Succeeds once the head is in; fails with what the service refused, or why it was not reached. */
  opened(send: (handler: ResponseBody<E>) => () => void): OpenResult<E> {
    return Effect.callback((resume) => {
      this.#onOpened = resume
      this.#release = send(this)
      return Effect.sync(() => this.close())
    })
  }

  /** The next pieces. One reader at a time. */
  readonly pull: PiecePull = Effect.suspend((): PiecePull => {
    const pieces = this.#take()
    if (pieces !== undefined) return Effect.succeed(pieces)
    if (this.#end !== undefined) return this.#end
    return Effect.callback((resume) => {
      this.#onPieces = resume
      return Effect.sync(() => {
        this.#onPieces = undefined
      })
    })
  })

  /** Ends the connection unless the reply is complete. May be called twice. */
  close(): void {
    if (this.#end !== undefined) return
    this.#end = Cause.done()
    this.#connection?.destroy()
    this.#release?.()
  }

  onStart(connection: ReplyConnection): void {
    this.#connection = connection
  }

  onHead(status: number, headers: Headers): void {
    this.#opened = { status, headers }
    if (status === 200 || status === 206) this.#open(Effect.succeed(this.#opened))
  }

  onPiece(piece: Uint8Array): boolean {
    this.#ready.push(piece)
    if (this.#onOpened !== undefined && this.#opened !== undefined && this.#readyLength() >= mostOfRefusal) {
      this.#refuse(this.#opened)
      this.close()
      return false
    }
    this.#deliver()
    return this.#onOpened !== undefined || this.#ready.length < waitingPieces
  }

  onEnd(): void {
    this.#end = Cause.done()
    if (this.#onOpened === undefined || this.#opened === undefined) this.#deliver()
    else this.#refuse(this.#opened)
  }

  onError(error: Error): void {
    const failure = Effect.fail(new ConnectionFailure(this.#origin, error))
    this.#end = failure
    const { headers, status } = this.#opened ?? { headers: {}, status: 200 }
    // The head said no already; the words for it did not arrive.
    const isRefused = status !== 200 && status !== 206
    const refused = () => this.#refusalOf({ origin: this.#origin, status, headers, body: nothing })
    this.#open(isRefused ? Effect.fail(refused()) : failure)
    this.#deliver()
  }

  #readyLength(): number {
    return this.#ready.reduce((sum, { length }) => sum + length, 0)
  }

  #refuse(opened: Opened): void {
    const body = Buffer.concat(this.#ready).subarray(0, mostOfRefusal)
    this.#open(Effect.fail(this.#refusalOf({ ...opened, origin: this.#origin, body })))
  }

  #open(result: OpenResult<E>): void {
    const resume = this.#onOpened
    this.#onOpened = undefined
    if (resume !== undefined) queueMicrotask(() => resume(result))
  }

  #deliver(): void {
    const resume = this.#onPieces
    if (resume === undefined) return
    this.#onPieces = undefined
    queueMicrotask(() => resume(this.pull))
  }

  #take(): Pieces | undefined {
    const [first, ...rest] = this.#ready
    if (first === undefined) return undefined
    this.#ready.length = 0
    if (this.#end === undefined) this.#connection?.resume()
    return [first, ...rest]
  }
}
