/** Empty directories, which S3 only has as empty objects. */
import type { Directory } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import type * as RemotePath from "@ourclone/core/contract/RemotePath"
import { NotFound, type StorageError } from "@ourclone/core/contract/StorageError"
import { emptyDirectoryMarker } from "@ourclone/core/layers/MarkedDirectories"
import * as Effect from "effect/Effect"
import { headersOf } from "./api/RequestHeaders.ts"
import { removeKey } from "./S3Removal.ts"
import type { S3Root } from "./S3Root.ts"
import { fetchPage } from "./S3Rows.ts"
import { metadataOf } from "./S3Stored.ts"

/** Enough to see anything beside the two markers that a directory may have. */
const enough = 3

const prefixOf = (root: S3Root, path: RemotePath.RemotePath) => (path === "" ? root.prefix : `${root.nameOf(path)}/`)

/** The first names in a directory. */
const peek = (root: S3Root, path: RemotePath.RemotePath) => {
  const prefix = prefixOf(root, path)
  return Effect.map(fetchPage(root, path, { prefix, limit: enough }), ({ rows }) => ({
    names: rows.map(({ fileName }) => fileName),
    markers: rows
      .filter(({ contentLength }) => contentLength === 0)
      .map(({ fileName }) => fileName)
      .filter((name) => name === prefix || name === prefix + emptyDirectoryMarker)
  }))
}

export const statDirectory =
  (root: S3Root): NonNullable<Provider["statDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      const { names } = yield* peek(root, path)
      if (path !== "" && names.length === 0) {
        return yield* root.calls.fail("statDirectory", path, new NotFound({ message: "there is no such directory" }))
      }
      return { _tag: "Directory", path } satisfies Directory
    })

const putMarker = (root: S3Root, path: string, key: string): Effect.Effect<void, StorageError> =>
  Effect.asVoid(
    root.calls.exchange(
      { operation: "PutObject", bucket: root.bucketName, path },
      {
        method: "PUT",
        bucket: root.bucketName,
        key,
        headers: headersOf({
          ContentType: "application/octet-stream",
          Metadata: metadataOf({ modifiedAt: Date.now() }, root.quirks),
          ...root.stored.always,
          ...root.stored.key,
          ...root.stored.made
        }),
        body: new Uint8Array(0)
      }
    )
  )

/** A server that keeps objects as files may refuse a name that ends with `/`. */
export const makeDirectory =
  (root: S3Root): NonNullable<Provider["makeDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      yield* root.forWriting
      if (path === "" || (yield* peek(root, path)).names.length > 0) return
      const prefix = prefixOf(root, path)
      const asFile = putMarker(root, path, prefix + emptyDirectoryMarker)
      if (root.quirks.directoryMarkers === "file") return yield* asFile
      yield* Effect.catchReason(putMarker(root, path, prefix), "StorageError", "InvalidRequest", () => asFile)
    })

export const removeDirectory =
  (root: S3Root, hardDelete: boolean): NonNullable<Provider["removeDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      if (path === "") return
      const { markers, names } = yield* peek(root, path)
      if (names.length > markers.length) return
      yield* Effect.forEach(markers, (key) => removeKey(root, hardDelete, path, key), { discard: true })
    }).pipe(Effect.catchReason("StorageError", "NotFound", () => Effect.void))
