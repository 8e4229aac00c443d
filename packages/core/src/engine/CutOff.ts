/** An upload of segments that was cut off: what of it need not be stored again. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ByteSource } from "../contract/ByteSource.ts"
import type * as LargeFile from "../contract/LargeFile.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "../layers/Retry.ts"
import type { Segment } from "./Segment.ts"

/** Kept by whoever uploads, where the next upload of the very same path, segments and options is to go on. */
export interface CutOff {
  /** The large file that was noted last by an upload of the very same; its bytes may have changed since. */
  readonly earlier: LargeFile.Unfinished | undefined
  /** Told of a large file before it gets its parts, and of `undefined` once it is finished or cancelled. */
  readonly note: (file: LargeFile.Unfinished | undefined) => void
}

/**
 * The parts that are right. A copied one is, as its segment is the same; of a sent one its checksum must say so, and where
 * the service has none it is sent again. Whoever may not list parts knows of none.
 */
export const rightParts = Effect.fnUntraced(function* (
  { limits: { partChecksum }, parts }: LargeFile.LargeFile,
  file: LargeFile.Unfinished,
  source: ByteSource,
  segments: ReadonlyArray<Segment>
): Effect.fn.Return<ReadonlyArray<LargeFile.Part>, StorageError> {
  const right: Array<LargeFile.Part> = []
  const there = Effect.catchReason(retrying(Stream.runCollect(parts(file))), "StorageError", "PermissionDenied", () =>
    Effect.succeed([])
  )
  for (const part of yield* there) {
    const segment = segments[part.number - 1]
    if (segment === undefined || segment.length !== part.size) continue
    const { copyOf, length, offset } = segment
    if (copyOf === undefined) {
      if (partChecksum === undefined) continue
      const hash = createHash(partChecksum)
      yield* Stream.runForEach(source.read({ offset, length }), (piece) => Effect.sync(() => hash.update(piece)))
      if (hash.digest("hex") !== part.checksum) continue
    }
    right.push(part)
  }
  return right
})
