/** A body too large for one buffer: read from its source while it is sent, with its SHA-1 behind the last byte. */
import { createHash } from "node:crypto"
import type { ByteSource } from "@ourclone/core/contract/ByteSource"
import { SourceChanged, type StorageError } from "@ourclone/core/contract/StorageError"
import * as PiecePool from "@ourclone/core/machine/PiecePool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { B2Root } from "./B2Root.ts"

export interface UploadBody {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Names the length, so that the body is not sent in chunks, which B2 refuses. */
  readonly headers: ReadonlyArray<string>
  /** For `X-Bz-Content-Sha1`. */
  readonly sha1Header: string
  /** Of the bytes; to be asked for once they are sent. */
  readonly sha1: () => string
}

/** The SHA-1 as hex digits, which B2 takes from the end of the body. */
const trailerSize = 40

/**
 * Runs `send` with the bytes of `source` as a body, and stops reading when it
 * is over. Where `sha1` is known already nothing is hashed here: B2 does.
 */
export const streamedBody = <A>(
  root: B2Root,
  path: string,
  source: ByteSource,
  sha1: string | undefined,
  send: (body: UploadBody) => Effect.Effect<A, StorageError>
): Effect.Effect<A, StorageError> =>
  Effect.flatMap(Stream.toAsyncIterableEffect(source.read()), (reading) => {
    const pieces = reading[Symbol.asyncIterator]()
    const hash = sha1 === undefined ? createHash("sha1") : undefined
    let digest = sha1 ?? ""

    const bytes = async function* () {
      let sent = 0
      for (;;) {
        const { done, value } = await pieces.next()
        if (done === true) break
        sent += value.length
        if (sent > source.size) break
        hash?.update(value)
        yield value
        // Only when the socket has taken all of a piece does undici ask for the next.
        PiecePool.give(value)
      }
      if (sent !== source.size) {
        const message = `the file changed while it was read: it no longer has ${source.size} bytes`
        throw root.fail("put", path, new SourceChanged({ message }))
      }
      if (hash === undefined) return
      digest = hash.digest("hex")
      yield Buffer.from(digest, "latin1")
    }

    return Effect.ensuring(
      send({
        bytes: bytes(),
        headers: ["content-length", `${source.size + (hash === undefined ? 0 : trailerSize)}`],
        sha1Header: sha1 ?? "hex_digits_at_end",
        sha1: () => digest
      }),
      Effect.promise(async () => pieces.return?.())
    )
  })
