/** Taking files away: what it leaves is up to the bucket, or nothing with `hardDelete`. */
import { DeleteObjectCommand } from "@aws-sdk/client-s3"
import type { Provider } from "@ourclone/core/contract/Provider"
import type { RemotePath } from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, type StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { S3Root } from "./S3Root.ts"
import { versionsOfKey } from "./S3Versions.ts"

export const deleteKey = (
  root: S3Root,
  path: string,
  key: string,
  versionId?: string
): Effect.Effect<void, StorageError> =>
  root.calls
    .call({ operation: "DeleteObject", bucket: root.bucketName, path }, (client, options) =>
      client.send(
        new DeleteObjectCommand({
          Bucket: root.bucketName,
          Key: key,
          ...(versionId === undefined ? {} : { VersionId: versionId }),
          ...root.stored.always
        }),
        options
      )
    )
    .pipe(
      Effect.asVoid,
      Effect.catchReason("StorageError", "NotFound", () => Effect.void)
    )

/** As many ids as are held, since the oldest is removed first and listed last. */
const mostVersions = 1_000_000

/** The oldest goes first, so that none comes to light when this is cut off. */
const deleteVersions = (root: S3Root, path: string, key: string) =>
  versionsOfKey(root, path, key).pipe(
    Stream.map(({ versionId }) => versionId),
    Stream.take(mostVersions + 1),
    Stream.runCollect,
    Effect.flatMap((ids) => {
      if (ids.length <= mostVersions) {
        return Effect.forEach(ids.reverse(), (id) => deleteKey(root, path, key, id), { discard: true })
      }
      const message = `the file has more than ${mostVersions} versions, which are not removed at once; let a lifecycle rule of the bucket end them`
      return Effect.fail(root.calls.fail("remove", path, new InvalidRequest({ message })))
    }),
    Effect.catchReason("StorageError", "NotFound", () => Effect.void)
  )

/** Takes the object with the whole key away, if it is there. */
export const removeKey = (root: S3Root, hardDelete: boolean, path: string, key: string) =>
  hardDelete && root.keepsVersions ? deleteVersions(root, path, key) : deleteKey(root, path, key)

export const remove =
  (root: S3Root, hardDelete: boolean): Provider["remove"] =>
  (path: RemotePath) =>
    Effect.flatMap(root.keyOf("remove", path), (key) => removeKey(root, hardDelete, path, key))
