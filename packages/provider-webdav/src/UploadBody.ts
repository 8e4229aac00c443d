/** Bytes of a source on their way, held against what was announced before the last of them leaves. */
import { createHash, hash } from "node:crypto"
import { type ByteSource, smallSize } from "@ourclone/core/contract/ByteSource"
import { ChecksumMismatch, SourceChanged, type StorageError, wronglyNoted } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { WebdavRoot } from "./WebdavRoot.ts"

export interface UploadBody {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  /** Where it is known beforehand. */
  readonly sha1: string | undefined
}

/** A body of one attempt. */
export const bodyOf = (root: WebdavRoot, path: string, source: ByteSource): Effect.Effect<UploadBody, StorageError> => {
  const { isSha1Noted, sha1: announced } = source
  const changed = (size?: number) => {
    const count =
      size === undefined ? `it no longer has ${source.size} bytes` : `${size} bytes instead of ${source.size}`
    return root.fail("put", path, new SourceChanged({ message: `the file changed while it was read: ${count}` }))
  }
  const wrong = (actual: string): StorageError | undefined => {
    if (announced === undefined || announced === actual) return undefined
    const message = "the bytes that were read are not those that were announced"
    const reason =
      isSha1Noted === true
        ? wronglyNoted(announced, actual)
        : new ChecksumMismatch({ message, expected: announced, actual })
    return root.fail("put", path, reason)
  }
  if (source.size <= smallSize) {
    return Effect.flatMap(source.bytes, (bytes) => {
      if (bytes.length !== source.size) return Effect.fail(changed(bytes.length))
      const sha1 = hash("sha1", bytes)
      const failure = wrong(sha1)
      return failure === undefined ? Effect.succeed({ body: bytes, sha1 }) : Effect.fail(failure)
    })
  }
  const pieces = async function* (context: Context.Context<never>) {
    const sha1 = createHash("sha1")
    let count = 0
    let held: Uint8Array | undefined
    for await (const piece of Stream.toAsyncIterableWith(source.read(), context)) {
      if (held !== undefined) {
        yield held
        // Only when the socket has taken all of a piece does undici ask for the next.
        PiecePool.give(held)
      }
      held = piece
      count += piece.length
      if (count > source.size) throw changed()
      if (announced !== undefined) sha1.update(piece)
    }
    if (count !== source.size) throw changed()
    const failure = announced === undefined ? undefined : wrong(sha1.digest("hex"))
    if (failure !== undefined) throw failure
    if (held !== undefined) yield held
  }
  return Effect.map(Effect.context<never>(), (context) => ({ body: pieces(context), sha1: announced }))
}
