/** One request and its whole reply, on either kind of connection. */
import * as Pace from "@ourclone/core/machine/Pace"
import type { Dispatcher } from "undici"
import type { Borrower } from "./Connections.ts"
import type { ReplyConnection, ReplyHandler } from "./HttpConnection.ts"
import { type Headers, type HttpRequest, mostOfRefusal, unreadable } from "./HttpMessage.ts"
import { type Outcome, WholeReply } from "./WholeReply.ts"

const interrupted = new Error("interrupted")
/** Interim replies before the one that counts. */
const mostInterim = 16

const endlessInterim = Object.assign(new Error("interim replies without end"), { code: unreadable })
const dripping = Object.assign(new Error(Pace.message), { code: unreadable })

/** On a connection of our own. */
export class DirectExchange implements ReplyHandler {
  readonly pieceSize = mostOfRefusal
  #connection: ReplyConnection | undefined
  readonly #reply: WholeReply

  constructor(request: HttpRequest, outcome: Outcome) {
    this.#reply = new WholeReply(request, outcome)
  }

  interrupt(): void {
    this.#connection?.destroy()
  }

  onStart(connection: ReplyConnection): void {
    this.#connection = connection
  }

  onHead(status: number, headers: Headers): void {
    this.#reply.head(status, headers)
  }

  onPiece(piece: Uint8Array): boolean {
    const error = this.#reply.bytes(piece as Buffer)
    if (error === undefined) return true
    this.#connection?.destroy()
    this.#reply.fail(error)
    return false
  }

  onEnd(): void {
    // It may be the connection of another request by now.
    this.#connection = undefined
    this.#reply.end()
  }

  onError(error: Error): void {
    this.#connection = undefined
    this.#reply.fail(error)
  }
}

/** Over undici: through proxies, and for bodies that are streamed. */
export class Exchange implements Borrower {
  giveBack = (): void => {}
  #controller: Dispatcher.DispatchController | undefined
  #isInterrupted = false
  #interim = 0
  readonly #pace = new Pace.Pace()
  /** When waiting for the next byte of the answer began. */
  #waitingSince = 0
  readonly #reply: WholeReply

  constructor(request: HttpRequest, { onError, onReply }: Outcome) {
    this.#reply = new WholeReply(request, {
      onReply: (reply) => {
        this.giveBack()
        onReply(reply)
      },
      onError: (error, hasBegun) => {
        this.giveBack()
        onError(error, hasBegun)
      }
    })
  }

  interrupt(): void {
    this.#isInterrupted = true
    this.#controller?.abort(interrupted)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isInterrupted) controller.abort(interrupted)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#reply.head(status, headers)
    this.#waitingSince = performance.now()
    if (status < 200 && ++this.#interim > mostInterim) controller.abort(endlessInterim)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#reply.isOver) return
    const now = performance.now()
    if (this.#pace.isTooSlow(chunk.length, now - this.#waitingSince)) {
      controller.abort(dripping)
      return
    }
    this.#waitingSince = now
    const error = this.#reply.bytes(chunk)
    if (error !== undefined) controller.abort(error)
  }

  onResponseEnd(): void {
    this.#reply.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reply.fail(error)
  }
}
