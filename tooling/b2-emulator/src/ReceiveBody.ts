/** Takes the body of an upload: hashes it while it is stored, at the pace the network allows. */
import { createHash, hash } from "node:crypto"
import type { BodyStore, Content } from "./Bodies.ts"
import { type Exchange, slowPause } from "./Exchange.ts"

/** Above this many bytes no MD5 is made, because nothing checks it and it costs as much as the SHA-1. */
const md5LimitBytes = 4 * 1024 * 1024

export interface ReceivedBody {
  /** Not retained yet. */
  readonly content: Content
  /** Of the data, in bytes. */
  readonly length: number
  /** Of the data, in lower-case hex. */
  readonly sha1: string
  readonly md5: string | null
  /** The bytes after the data, as ASCII. */
  readonly trailer: string
}

export interface Digests {
  readonly sha1: string
  readonly md5: string | null
}

/** Digests of data that comes in pieces; `length` is known before. */
export const makeDigest = (length: number) => {
  const sha1 = createHash("sha1")
  const md5 = length <= md5LimitBytes ? createHash("md5") : undefined
  return {
    update: (chunk: Buffer): void => {
      sha1.update(chunk)
      md5?.update(chunk)
    },
    finish: (): Digests => ({ sha1: sha1.digest("hex"), md5: md5?.digest("hex") ?? null })
  }
}

/**
 * `length` is of the data, `trailerLength` of what follows it, both in bytes; together they are the Content-Length.
 * Calls exactly one of `done` and `gone`, the latter when the client or a fault broke the connection.
 */
export const receiveBody = (
  exchange: Exchange,
  bodies: BodyStore,
  length: number,
  trailerLength: number,
  done: (received: ReceivedBody) => void,
  gone: (failure?: unknown) => void
): void => {
  const { request, network, fault } = exchange
  const writer = bodies.create(length)
  const resetAfter = fault === "reset" ? Math.floor((length + trailerLength) / 2) : Number.POSITIVE_INFINITY
  let digest: ReturnType<typeof makeDigest> | undefined
  let oneShot: Digests | undefined
  let received = 0
  let trailer = ""
  let slow = fault === "slow"
  let over = false

  const abandon = (failure?: unknown) => {
    if (over) return
    over = true
    writer.abandon()
    gone(failure)
  }

  let paused = false
  let ended = false
  const pause = (milliseconds: number) => {
    paused = true
    request.pauseBody()
    setTimeout(() => {
      paused = false
      request.resumeBody()
      if (ended) finish()
    }, milliseconds)
  }

  const keep = (data: Buffer) => {
    if (data.length === length) {
      oneShot = { sha1: hash("sha1", data), md5: length <= md5LimitBytes ? hash("md5", data) : null }
    } else {
      digest ??= makeDigest(length)
      digest.update(data)
    }
    writer.write(data)
  }

  const data = (chunk: Buffer) => {
    if (over) return
    const before = received
    received += chunk.length
    exchange.bytesIn += chunk.length
    if (received >= resetAfter) {
      abandon()
      exchange.reset()
      return
    }
    try {
      if (received <= length) keep(chunk)
      else {
        const rest = Math.max(length - before, 0)
        if (rest > 0) keep(chunk.subarray(0, rest))
        trailer += chunk.toString("latin1", rest)
      }
    } catch (failure) {
      abandon(failure)
      return
    }
    const delay = slow ? slowPause : network.up.reserve(chunk.length)
    slow = false
    if (delay >= 1) pause(delay)
  }

  const finish = () => {
    if (over) return
    if (received >= resetAfter) {
      abandon()
      exchange.reset()
      return
    }
    try {
      const digests = oneShot ?? (digest ?? makeDigest(length)).finish()
      const content = writer.finish()
      over = true
      done({ content, length, ...digests, trailer })
    } catch (failure) {
      abandon(failure)
    }
  }

  const end = () => {
    ended = true
    if (!paused) finish()
  }
  request.consume({ data, end, gone: () => abandon() })
}
