/** Bytes of a source on their way: held against what was announced before the last of them leaves. */
import { createHash, hash } from "node:crypto"
import { type ByteSource, smallSize } from "@ourclone/core/contract/ByteSource"
import type { ChecksumAlgorithm, Checksums } from "@ourclone/core/contract/Entry"
import { ChecksumMismatch, SourceChanged, type StorageError, wronglyNoted } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { framed, framedHeaders } from "./api/FramedBody.ts"
import type { Quirks } from "./api/Quirks.ts"
import type { S3Calls } from "./api/S3Calls.ts"
import type { S3Request } from "./api/S3Requests.ts"

/** What a request is given of a body. */
export interface Body {
  readonly body: NonNullable<S3Request["body"]>
  readonly headers: Readonly<Record<string, string>>
}

export interface Sent<A> {
  readonly answer: A
  /** Of the bytes, in hex. */
  readonly md5: string
}

interface Sending {
  readonly calls: S3Calls
  readonly operation: string
  readonly path: string
  readonly source: ByteSource
  readonly announced: Checksums
  /** Up to how many bytes are read before they are sent, so that the service is told their MD5. */
  readonly wholeSize: number
  readonly quirks: Pick<Quirks, "framesBodies">
}

const algorithms: ReadonlyArray<ChecksumAlgorithm> = ["sha1", "md5", "sha256"]

const mismatch = (isNoted: boolean | undefined, expected: string, actual: string) =>
  isNoted === true
    ? wronglyNoted(expected, actual)
    : new ChecksumMismatch({ message: "the bytes that were read are not those that were announced", expected, actual })

const changed = ({ calls, operation, path, source }: Sending, size: number | undefined) => {
  const count = size === undefined ? `it no longer has ${source.size} bytes` : `${size} bytes instead of ${source.size}`
  return calls.fail(operation, path, new SourceChanged({ message: `the file changed while it was read: ${count}` }))
}

const wrongDigest = (
  sending: Sending,
  digestOf: (algorithm: ChecksumAlgorithm) => string
): StorageError | undefined => {
  const { announced, calls, operation, path, source } = sending
  for (const algorithm of algorithms) {
    const expected = announced[algorithm]
    if (expected === undefined) continue
    const actual = digestOf(algorithm)
    if (actual !== expected) return calls.fail(operation, path, mismatch(source.isSha1Noted, expected, actual))
  }
  return undefined
}

/** What sends `source`: whole and with its MD5 where it is small enough, else while it is read. */
export const sendBytes = <A>(
  sending: Sending,
  send: (body: Body) => Effect.Effect<A, StorageError>
): Effect.Effect<Sent<A>, StorageError> => {
  const { source, wholeSize } = sending
  return source.size <= Math.max(wholeSize, smallSize) ? sendWhole(sending, send) : sendStreamed(sending, send)
}

const wholeOf = ({ source }: Sending): Effect.Effect<Uint8Array, StorageError> =>
  source.size <= smallSize
    ? source.bytes
    : Effect.map(Stream.runCollect(source.read()), (pieces) => Buffer.concat(pieces))

const sendWhole = <A>(
  sending: Sending,
  send: (body: Body) => Effect.Effect<A, StorageError>
): Effect.Effect<Sent<A>, StorageError> =>
  Effect.flatMap(wholeOf(sending), (bytes) => {
    if (bytes.length !== sending.source.size) return Effect.fail(changed(sending, bytes.length))
    const wrong = wrongDigest(sending, (algorithm) => hash(algorithm, bytes))
    if (wrong !== undefined) return Effect.fail(wrong)
    const md5 = hash("md5", bytes)
    const headers = { "content-md5": Buffer.from(md5, "hex").toString("base64") }
    return Effect.map(send({ body: bytes, headers }), (answer) => ({ answer, md5 }))
  })

const sendStreamed = <A>(
  sending: Sending,
  send: (body: Body) => Effect.Effect<A, StorageError>
): Effect.Effect<Sent<A>, StorageError> =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const { announced, quirks, source } = sending
    const wanted = algorithms.filter((algorithm) => algorithm === "md5" || announced[algorithm] !== undefined)
    let md5 = ""
    const readings: Array<AsyncIterator<Uint8Array>> = []
    const body = async function* () {
      const reading = Stream.toAsyncIterableWith(source.read(), context)[Symbol.asyncIterator]()
      readings.push(reading)
      const hashes = new Map(wanted.map((algorithm) => [algorithm, createHash(algorithm)]))
      let count = 0
      let held: Uint8Array | undefined
      for (;;) {
        const { done, value: piece } = await reading.next()
        if (done === true) break
        if (held !== undefined) {
          yield held
          // Only when the socket has taken all of a piece does undici ask for the next.
          PiecePool.give(held)
        }
        held = piece
        count += piece.length
        if (count > source.size) throw changed(sending, undefined)
        for (const each of hashes.values()) each.update(piece)
      }
      if (count !== source.size) throw changed(sending, undefined)
      const digests = new Map([...hashes].map(([algorithm, each]) => [algorithm, each.digest("hex")]))
      const wrong = wrongDigest(sending, (algorithm) => digests.get(algorithm) ?? "")
      if (wrong !== undefined) throw wrong
      md5 = digests.get("md5") ?? ""
      if (held !== undefined) yield held
    }
    const { size } = source
    const sent = quirks.framesBodies
      ? send({ body: () => framed(body(), size), headers: framedHeaders(size) })
      : send({ body, headers: { "content-length": `${size}` } })
    // Whoever waits for a piece that never comes is told, too.
    const ended = Effect.promise(() => Promise.all(readings.map((reading) => reading.return?.())))
    return Effect.map(Effect.ensuring(sent, ended), (answer) => ({ answer, md5 }))
  })
