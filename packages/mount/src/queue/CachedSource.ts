/** A content as the source of an upload. It fails with `SourceChanged` as soon as somebody writes to it. */
import { createHash } from "node:crypto"
import type { ByteRange, ByteSource, Digest } from "@ourclone/core/contract/ByteSource"
import { SourceChanged, StorageError } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Content } from "../cache/Content.ts"
import { pause } from "./Run.ts"

export const cachedSource = (content: Content, path: string): ByteSource => {
  const { generation, size } = content
  const changed = () =>
    new StorageError({
      provider: "the cache",
      operation: "read",
      path,
      reason: new SourceChanged({ message: "it was written to while it was sent; it is sent again" })
    })
  const read = (offset: number, length: number): Uint8Array => {
    if (content.generation !== generation) throw changed()
    const bytes = PiecePool.take(length)
    content.read(offset, bytes)
    return bytes
  }
  const piece = (offset: number, length: number) =>
    Effect.try({
      try: () => read(offset, length),
      catch: (error) =>
        error instanceof StorageError
          ? error
          : new StorageError({
              provider: "the cache",
              operation: "read",
              path,
              reason: new SourceChanged({ message: error instanceof Error ? error.message : String(error) })
            })
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
      const bytes = read(at, Math.min(PiecePool.pieceSize, size - at))
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
    size,
    bytes: piece(0, size),
    read: (range) => pieces(range ?? { offset: 0, length: size }),
    digest: (partSize, algorithm) =>
      Effect.tryPromise({ try: () => digest(partSize, algorithm), catch: () => changed() })
  }
}
