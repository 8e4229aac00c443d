/** A source whose bytes are encrypted as they are read. */
import { createHash, hash } from "node:crypto"
import { type ByteRange, type ByteSource, type Digest, smallSize } from "@ourclone/core/contract/ByteSource"
import type { ChecksumAlgorithm } from "@ourclone/core/contract/Entry"
import { ChecksumMismatch, SourceChanged, StorageError, wronglyNoted } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Blocks from "./Blocks.ts"
import { rechunk } from "./Rechunk.ts"

/** Where it is stored, for messages. */
interface Site {
  readonly provider: string
  readonly operation: string
  readonly path: string
}

/** Fails where what was read is not what was announced: the encrypted bytes can not tell. */
const check = (source: ByteSource, site: Site, size: number, sha1: string | undefined) => {
  const fail = (reason: StorageError["reason"]) => Effect.fail(new StorageError({ ...site, reason }))
  if (size !== source.size) {
    const message = `the source gave ${size} bytes where it had announced ${source.size}`
    return fail(new SourceChanged({ message }))
  }
  const { sha1: expected } = source
  if (expected === undefined || sha1 === undefined || sha1 === expected) return Effect.void
  if (source.isSha1Noted === true) return fail(wronglyNoted(expected, sha1))
  return fail(new ChecksumMismatch({ message: "other bytes arrived than were sent", expected, actual: sha1 }))
}

/** Of what `pieces` gives, as a whole and in parts of `partSize` bytes. */
const digested = (
  pieces: Stream.Stream<Uint8Array, StorageError>,
  partSize: number | undefined,
  algorithm: ChecksumAlgorithm
): Effect.Effect<Digest, StorageError> =>
  Effect.suspend(() => {
    const whole = createHash(algorithm)
    const parts: Array<string> = []
    const cut = partSize === undefined ? pieces : rechunk(pieces, partSize)
    const hashed = Stream.runForEach(cut, (piece) =>
      Effect.sync(() => {
        whole.update(piece)
        if (partSize !== undefined) parts.push(hash(algorithm, piece))
      })
    )
    return Effect.map(hashed, () => ({ algorithm, whole: whole.digest("hex"), parts }))
  })

/**
 * `source` under `key` and `nonce`, which nothing else was ever sealed with: what is made is the same at each reading. It is
 * held against size and SHA-1 of `source` at the end of a reading of all of it.
 */
export const make = (source: ByteSource, key: Buffer, nonce: Buffer, site: Site): ByteSource => {
  const header = Buffer.concat([Blocks.magic, nonce])
  const size = Blocks.encryptedSize(source.size)
  const sealAll = (bytes: Uint8Array, first: number): ReadonlyArray<Buffer> =>
    Array.from({ length: Math.ceil(bytes.length / Blocks.blockSize) }, (_, index) =>
      Blocks.seal(
        bytes.subarray(index * Blocks.blockSize, (index + 1) * Blocks.blockSize),
        Blocks.nonceOf(nonce, first + index),
        key
      )
    )

  const whole = Stream.suspend(() => {
    if (source.size <= smallSize) return Stream.fromEffect(bytes)
    const hashing = source.sha1 === undefined ? undefined : createHash("sha1")
    let index = 0
    let read = 0
    const counted = Stream.map(source.read(), (piece) => {
      read += piece.length
      hashing?.update(piece)
      return piece
    })
    const sealed = Stream.map(rechunk(counted, Blocks.blockSize * 16), (piece) => {
      const blocks = sealAll(piece, index)
      index += blocks.length
      return Buffer.concat(blocks)
    })
    // Held back until the rest is known to be right: whoever counts bytes would take the file for whole.
    let last: Buffer | undefined
    const behind = Stream.flatMap(sealed, (piece) => {
      const before = last
      last = piece
      return before === undefined ? Stream.empty : Stream.succeed(before)
    })
    const end = Stream.unwrap(
      Effect.map(
        Effect.suspend(() => check(source, site, read, hashing?.digest("hex"))),
        () => (last === undefined ? Stream.empty : Stream.succeed(last))
      )
    )
    return Stream.concat(Stream.succeed(header), Stream.concat(behind, end))
  })

  const bytes: Effect.Effect<Uint8Array, StorageError> = Effect.suspend(() =>
    source.size <= smallSize
      ? Effect.flatMap(source.bytes, (plain) =>
          Effect.map(
            check(source, site, plain.length, source.sha1 === undefined ? undefined : hash("sha1", plain)),
            () => Buffer.concat([header, ...sealAll(plain, 0)])
          )
        )
      : Effect.map(Stream.runCollect(whole), (pieces) => Buffer.concat(pieces))
  )

  const part = ({ length, offset }: ByteRange): Stream.Stream<Uint8Array, StorageError> => {
    const end = offset + length
    const fromHeader = Stream.succeed(header.subarray(offset, Math.min(end, Blocks.headerSize)))
    if (end <= Blocks.headerSize) return fromHeader
    const start = Math.max(0, offset - Blocks.headerSize)
    const first = Math.floor(start / Blocks.sealedSize)
    const behind = Math.ceil((end - Blocks.headerSize) / Blocks.sealedSize)
    const from = first * Blocks.blockSize
    const range = { offset: from, length: Math.min(source.size, behind * Blocks.blockSize) - from }
    let index = first
    let skip = start - first * Blocks.sealedSize
    let left = end - Blocks.headerSize - start
    const sealed = Stream.map(rechunk(source.read(range), Blocks.blockSize * 16), (piece) => {
      const blocks = sealAll(piece, index)
      index += blocks.length
      const cut = Buffer.concat(blocks).subarray(skip).subarray(0, left)
      skip = 0
      left -= cut.length
      return cut
    })
    return offset < Blocks.headerSize ? Stream.concat(fromHeader, sealed) : sealed
  }

  return {
    size,
    bytes,
    ...(source.digest && { digest: (partSize, algorithm) => digested(whole, partSize, algorithm) }),
    read: (range) =>
      range === undefined || (range.offset === 0 && range.length === size) ? whole : Stream.suspend(() => part(range))
  }
}
