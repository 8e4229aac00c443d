/**
 * A body that says where it ends and what it was: in frames (`aws-chunked`), with its CRC-32 behind the last. A server that
 * keeps whatever came of a body that broke off keeps nothing of this one.
 */
import { crc32 } from "node:zlib"

/** In bytes: a server may hold a frame whole in memory. */
const frameSize = 1024 * 1024

const beginOf = (length: number): string => `${length.toString(16)}\r\n`
const endOfFrame = "\r\n"
const endOf = (sum: number): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(sum)
  return `0\r\nx-amz-checksum-crc32:${bytes.toString("base64")}\r\n\r\n`
}

/** What stands for the digest of such a body. */
export const framedPayload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

/** In bytes, of a body of `size` bytes. */
const framedSize = (size: number): number => {
  const [whole, rest] = [Math.floor(size / frameSize), size % frameSize]
  const around = (length: number) => beginOf(length).length + length + endOfFrame.length
  return whole * around(frameSize) + (rest > 0 ? around(rest) : 0) + endOf(0).length
}

/** By which `S3Requests` knows such a body. */
export const framedHeaders = (size: number): Readonly<Record<string, string>> => ({
  "content-length": `${framedSize(size)}`,
  "x-amz-decoded-content-length": `${size}`,
  "x-amz-trailer": "x-amz-checksum-crc32"
})

/** `pieces`, which have `size` bytes in all. What is held of a piece is let go before the next one is asked for. */
export const framed = async function* (pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let [sum, left, inFrame] = [0, size, 0]
  for await (const piece of pieces) {
    sum = crc32(piece, sum)
    for (let at = 0; at < piece.length; ) {
      if (inFrame === 0) {
        inFrame = Math.min(frameSize, left)
        yield Buffer.from(beginOf(inFrame))
      }
      const length = Math.min(inFrame, piece.length - at)
      yield piece.subarray(at, at + length)
      at += length
      left -= length
      inFrame -= length
      if (inFrame === 0) yield Buffer.from(endOfFrame)
    }
  }
  yield Buffer.from(endOf(sum))
}
