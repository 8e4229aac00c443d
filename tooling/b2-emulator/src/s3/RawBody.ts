/** Takes the body of a request as it comes, at the pace the network allows. */
import { type Exchange, slowPause } from "../Exchange.ts"
import { S3Error } from "./S3Error.ts"

/** In bytes: more than a part of any client here. It is held in memory. */
const mostBytes = 1024 ** 3

/** `done` is not called when the client or a fault broke the connection. */
export const receiveRaw = (exchange: Exchange, done: (raw: Buffer) => void): void => {
  const { fault, network, request } = exchange
  const { contentLength } = request.head
  const chunks: Buffer[] = []
  const resetAfter = fault === "reset" ? Math.max(1, Math.floor((contentLength ?? 2) / 2)) : Number.POSITIVE_INFINITY
  let received = 0
  let paused = false
  let ended = false
  let over = false
  const finish = () => {
    if (over) return
    over = true
    if (received > mostBytes) {
      exchange.sendFailure(new S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"))
      return
    }
    const raw = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    if (fault !== "flip" || raw.length === 0 || exchange.method === "GET") return done(raw)
    const flipped = Buffer.from(raw)
    flipped[0]! ^= 1
    done(flipped)
  }
  let slow = fault === "slow" && exchange.method !== "GET"
  request.consume({
    data: (chunk) => {
      if (over) return
      received += chunk.length
      exchange.bytesIn += chunk.length
      if (received >= resetAfter) {
        over = true
        exchange.reset()
        return
      }
      if (received <= mostBytes) chunks.push(chunk)
      const delay = slow ? slowPause : network.up.reserve(chunk.length)
      slow = false
      if (delay < 1) return
      paused = true
      request.pauseBody()
      setTimeout(() => {
        paused = false
        request.resumeBody()
        if (ended) finish()
      }, delay)
    },
    end: () => {
      ended = true
      if (!paused) finish()
    },
    gone: () => {
      over = true
    }
  })
}
