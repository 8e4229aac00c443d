/** Taking files away: hidden, so that a lifecycle rule ends them, or deleted with every version of theirs. */
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import type { StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { B2Root, FoundBucket } from "./B2Root.ts"
import { versionsOfName } from "./B2Versions.ts"

/**
 * Every version of exactly `fileName`; an unfinished large file is not one. The
 * oldest goes first, so that none comes to light when this is cut off.
 */
const deleteVersions = (root: B2Root, at: string, bucket: FoundBucket, fileName: string) =>
  versionsOfName(root, at, bucket.id, fileName).pipe(
    Stream.filter((row) => row.action !== "start"),
    Stream.runCollect,
    Effect.flatMap((rows) =>
      Effect.forEach(rows.reverse(), (row) => root.client.deleteFileVersion(at, fileName, row.fileId), {
        discard: true
      })
    )
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
    Effect.flatMap(root.fileName("remove", path), (fileName) => removeName(root, hardDelete, path, fileName))
