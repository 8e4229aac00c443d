/** A large reply over undici, in pieces as `HttpConnection` gives them: for ways that it can not go. */
import * as Pace from "@ourclone/core/machine/Pace"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import type { Dispatcher } from "undici"
import type { Borrower } from "./Connections.ts"
import type { ReplyHandler } from "./HttpConnection.ts"
import { type Headers, unreadable } from "./HttpMessage.ts"

const gone = new Error("the reader is gone")

export class PiecedDownload implements Borrower {
  giveBack = (): void => {}
  readonly #handler: ReplyHandler
  #controller: Dispatcher.DispatchController | undefined
  #isGone = false
  #piece: Buffer | undefined
  #filled = 0
  readonly #pace = new Pace.Pace()
  /** When waiting for the next byte began. */
  #waitingSince = performance.now()

  constructor(handler: ReplyHandler) {
    this.#handler = handler
  }

  resume(): void {
    // The time that the reader was away is not the server's.
    this.#waitingSince = performance.now()
    this.#controller?.resume()
  }

  destroy(): void {
    this.#isGone = true
    this.#controller?.abort(gone)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isGone) controller.abort(gone)
    else this.#handler.onStart(this)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#waitingSince = performance.now()
    if (status >= 200 && !this.#isGone) this.#handler.onHead(status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const now = performance.now()
    if (this.#pace.isTooSlow(chunk.length, now - this.#waitingSince)) {
      controller.abort(Object.assign(new Error(Pace.message), { code: unreadable }))
      return
    }
    this.#waitingSince = now
    for (let at = 0; at < chunk.length && !this.#isGone; ) {
      this.#piece ??= PiecePool.take(PiecePool.pieceSize)
      const part = chunk.subarray(at, at + this.#piece.length - this.#filled)
      this.#piece.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled === this.#piece.length && !this.#give(this.#piece)) controller.pause()
    }
  }

  onResponseEnd(): void {
    if (!this.#isGone && this.#piece !== undefined) this.#give(this.#piece.subarray(0, this.#filled))
    this.#over(() => this.#handler.onEnd())
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#over(() => this.#handler.onError(error))
  }

  /** The next request may be sent by whoever is told: by then the connection is free. */
  #over(tell: () => void): void {
    queueMicrotask(() => {
      this.giveBack()
      if (!this.#isGone) tell()
    })
  }

  #give(piece: Buffer): boolean {
    this.#piece = undefined
    this.#filled = 0
    return this.#handler.onPiece(piece)
  }
}
