/** Sends a download, at the network's pace and with the faults that bodies can have. */
import type { Account } from "./Account.ts"
import { type Content, ContentReader } from "./Bodies.ts"
import { type Exchange, slowPause } from "./Exchange.ts"
import type { Faults } from "./Faults.ts"

const pieceBytes = 512 * 1024
/** Small enough that a limited rate flows instead of jumping. */
const pacedPieceBytes = 32 * 1024

/** Replies with `content`, which has `length` bytes, at least one. */
export const sendBody = (
  exchange: Exchange,
  account: Account,
  headers: readonly string[],
  content: Content,
  length: number,
  faults: Faults
): void => {
  const { network, fault } = exchange
  const reader = new ContentReader(account.bodies, content)
  try {
    const paced = network.down.bytesPerSecond > 0
    if (fault === undefined && !paced && length <= pieceBytes && content.length === 1) {
      exchange.bytesOut += length
      exchange.request.reply(exchange.status, headers, reader.next(length)!)
      reader.close()
      return
    }
  } catch (failure) {
    reader.close()
    exchange.sendFailure(failure)
    return
  }
  exchange.request.startReply(exchange.status, headers)
  pump(exchange, reader, length, faults)
}

const pump = (exchange: Exchange, reader: ContentReader, length: number, faults: Faults): void => {
  const { request, network, fault } = exchange
  const most = network.down.bytesPerSecond > 0 ? pacedPieceBytes : pieceBytes
  const breaks = fault === "reset" || fault === "truncate"
  const stopAt = breaks ? faults.pick(length) : length
  const flipAt = fault === "flip" ? faults.pick(length) : -1
  let sent = 0
  let slow = fault === "slow"
  let over = false

  request.onceOver(() => {
    over = true
    reader.close()
  })

  const breakOff = () => {
    if (fault === "reset") exchange.reset()
    else request.hangUp()
  }

  /** The next piece, damaged or cut short as the fault demands. */
  const nextPiece = (): Buffer => {
    const limit = slow ? Math.ceil(length / 2) : most
    const piece = reader.next(Math.min(most, limit, stopAt - sent))
    if (piece === undefined) throw new Error("The content is shorter than its length")
    if (flipAt < sent || flipAt >= sent + piece.length) return piece
    const flipped = Buffer.from(piece)
    flipped[flipAt - sent]! ^= 0x01
    return flipped
  }

  const step = () => {
    try {
      while (!over && sent < length) {
        if (breaks && sent >= stopAt) {
          setTimeout(breakOff, 1)
          return
        }
        const piece = nextPiece()
        sent += piece.length
        exchange.bytesOut += piece.length
        const flows = request.write(piece)
        const delay = slow ? slowPause : network.down.reserve(piece.length)
        slow = false
        if (delay >= 1) {
          setTimeout(step, delay)
          return
        }
        if (!flows) {
          request.onceDrained(step)
          return
        }
      }
      if (!over) request.endReply()
    } catch (failure) {
      reader.close()
      exchange.sendFailure(failure)
    }
  }
  step()
}
