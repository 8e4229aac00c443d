/** Copies of files that are too large for one call of their service. */
import * as Effect from "effect/Effect"
import type { ContentHeaders } from "../contract/ContentHeaders.ts"
import type { DatedFile } from "../contract/Entry.ts"
import type { LargeFile } from "../contract/LargeFile.ts"
import type { RemotePath } from "../contract/RemotePath.ts"
import type { StorageError } from "../contract/StorageError.ts"
import { retrying } from "./Retry.ts"

/** How many parts of one copy the service is asked for at once. */
const concurrency = 8

/**
 * Makes `to` of parts of `from`, each of `partSize` bytes. Each part is made again by itself where that fails: to begin
 * anew would copy terabytes again. Where the copy fails nothing of it stays. For a provider with `largeFile.copyPart`;
 * `contentHeaders` where `from` does not have them among its metadata.
 */
export const copyInParts = Effect.fnUntraced(function* (
  largeFile: LargeFile,
  from: DatedFile,
  to: RemotePath,
  partSize: number,
  contentHeaders?: ContentHeaders
): Effect.fn.Return<DatedFile, StorageError> {
  const { checksums, contentType, hasNotedChecksums, metadata, modifiedAt, size } = from
  const told = {
    contentType,
    contentHeaders,
    metadata,
    modifiedAt,
    sha1: checksums.sha1,
    isSha1Noted: hasNotedChecksums
  }
  const file = yield* largeFile.start(to, { ...told, size, partSize })
  const copyPart = (number: number) => {
    const offset = (number - 1) * partSize
    return retrying(largeFile.copyPart!(file, number, from, { offset, length: Math.min(partSize, size - offset) }))
  }
  const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1)
  return yield* Effect.forEach(numbers, copyPart, { concurrency }).pipe(
    Effect.flatMap((parts) => retrying(largeFile.finish(file, parts))),
    Effect.onError(() => Effect.ignore(largeFile.cancel(file)))
  )
})
