/** Taking files away: hidden, so that a lifecycle rule ends them, or deleted with every version of theirs. */
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, type StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { B2Root, FoundBucket } from "./B2Root.ts"
import { versionsOfName } from "./B2Versions.ts"

/** As many ids as are held, since the oldest is removed first and listed last. */
const mostVersions = 1_000_000

/**
 * Every version of exactly `fileName`; an unfinished large file is not one. The
 * oldest goes first, so that none comes to light when this is cut off.
 */
const deleteVersions = (root: B2Root, at: string, bucket: FoundBucket, fileName: string) =>
  versionsOfName(root, at, bucket.id, fileName).pipe(
    Stream.filter((row) => row.action !== "start"),
    Stream.map((row) => row.fileId),
    Stream.take(mostVersions + 1),
    Stream.runCollect,
    Effect.flatMap((ids) => {
      if (ids.length <= mostVersions) {
        return Effect.forEach(ids.reverse(), (id) => root.client.deleteFileVersion(at, fileName, id), { discard: true })
      }
      const message = `the file has more than ${mostVersions} versions, which are not removed at once; let a lifecycle rule of the bucket end them`
      return Effect.fail(root.fail("remove", at, new InvalidRequest({ message })))
    })
  )

/** Takes the file with the whole name `fileName` away, if it is there. */
export const removeName = (
  root: B2Root,
  hardDelete: boolean,
  at: string,
  fileName: string
): Effect.Effect<void, StorageError> =>
  Effect.flatMap(root.bucket, (bucket) =>
    hardDelete ? deleteVersions(root, at, bucket, fileName) : root.client.hideFile(at, bucket.id, fileName)
  ).pipe(Effect.catchReason("StorageError", "NotFound", () => Effect.void))

export const remove =
  (root: B2Root, hardDelete: boolean): Provider["remove"] =>
  (path: RemotePath) =>
    Effect.flatMap(Effect.fromResult(root.fileName("remove", path)), (fileName) =>
      removeName(root, hardDelete, path, fileName)
    )
