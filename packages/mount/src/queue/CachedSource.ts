/** A content as the source of an upload. It fails with `SourceChanged` as soon as somebody writes to it. */
import { createHash } from "node:crypto"
import type { ByteRange, ByteSource, Digest } from "@ourclone/core/contract/ByteSource"
import { type Reason, SourceChanged, StorageError, Unavailable } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Content } from "../cache/Content.ts"
import type { Soon } from "../contract/FileSystem.ts"
import { isRefused } from "../contract/Refusal.ts"
import { pause } from "./Run.ts"

/** Whose fault it is where bytes of the cache can not be had. */
export const cacheName = "the cache"

export interface CachedSource extends ByteSource {
  /** Throws where somebody has written to the content since. */
  readonly refuseChanged: () => void
}

/** A content as it is at this moment. `readFrom` gives all bytes that are asked for, within the size. */
export const cachedSource = (
  content: Content,
  path: string,
  readFrom: (offset: number, into: Uint8Array) => Soon<number>
): CachedSource => {
  const { generation, size } = content
  const failed = (reason: Reason) => new StorageError({ provider: cacheName, operation: "read", path, reason })
  const changed = (message = "it was written to while it was sent; it is sent again") =>
    failed(new SourceChanged({ message }))
  const failure = (error: unknown): StorageError => {
    if (error instanceof StorageError) return error
    return changed(error instanceof Error ? error.message : String(error))
  }
  const refuseChanged = () => {
    if (content.generation !== generation) throw changed()
  }
  const read = (offset: number, length: number): Uint8Array | Promise<Uint8Array> => {
    refuseChanged()
    const bytes = PiecePool.take(length)
    const came = readFrom(offset, bytes)
    return typeof came === "number" ? bytes : arrive(came, bytes)
  }
  const arrive = async (coming: Soon<number>, bytes: Uint8Array): Promise<Uint8Array> => {
    const come = await coming
    if (isRefused(come)) throw failed(new Unavailable({ message: come.message ?? come.refusal }))
    refuseChanged()
    return bytes
  }
  const piece = (offset: number, length: number): Effect.Effect<Uint8Array, StorageError> =>
    Effect.suspend(() => {
      try {
        const bytes = read(offset, length)
        if (!(bytes instanceof Promise)) return Effect.succeed(bytes)
        return Effect.tryPromise({ try: () => bytes, catch: failure })
      } catch (error) {
        return Effect.fail(failure(error))
      }
    })
  const pieces = ({ length, offset }: ByteRange) =>
    Stream.mapEffect(
      Stream.fromIterable(
        Array.from(
          { length: Math.ceil(length / PiecePool.pieceSize) },
          (_, index) => offset + index * PiecePool.pieceSize
        )
      ),
      (at) => piece(at, Math.min(PiecePool.pieceSize, offset + length - at))
    )
  const digest = async (partSize: number | undefined, algorithm: Digest["algorithm"]): Promise<Digest> => {
    const whole = createHash(algorithm)
    const parts: Array<string> = []
    let part = createHash(algorithm)
    let left = partSize ?? 0
    const endPart = () => {
      parts.push(part.digest("hex"))
      part = createHash(algorithm)
      left = partSize ?? 0
    }
    for (let at = 0; at < size; at += PiecePool.pieceSize) {
      const bytes = await read(at, Math.min(PiecePool.pieceSize, size - at))
      whole.update(bytes)
      for (let from = 0; partSize !== undefined && from < bytes.length; ) {
        const some = bytes.subarray(from, from + left)
        part.update(some)
        from += some.length
        left -= some.length
        if (left === 0) endPart()
      }
      PiecePool.give(bytes)
      await pause()
    }
    if (partSize !== undefined && left < partSize) endPart()
    return { algorithm, whole: whole.digest("hex"), parts }
  }
  return {
    refuseChanged,
    size,
    bytes: piece(0, size),
    read: (range) => pieces(range ?? { offset: 0, length: size }),
    digest: (partSize, algorithm) => Effect.tryPromise({ try: () => digest(partSize, algorithm), catch: failure })
  }
}
