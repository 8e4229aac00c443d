/** Empty directories, which B2 only has as the empty file `dir/.bzEmpty`. */
import { fromBytes } from "@ourclone/core/contract/ByteSource"
import type { Directory } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { NotFound } from "@ourclone/core/contract/StorageError"
import { emptyDirectoryMarker } from "@ourclone/core/layers/MarkedDirectories"
import * as Effect from "effect/Effect"
import { firstRows } from "./B2FirstRows.ts"
import { removeName } from "./B2Removal.ts"
import type { B2Root } from "./B2Root.ts"

const marker = RemotePath.makeUnsafe(emptyDirectoryMarker)

/** Enough to see anything beside the two markers that a directory may have. */
const enough = 3

/** The first names in a directory. */
const peek = (root: B2Root, path: RemotePath.RemotePath) => {
  const prefix = path === "" ? root.prefix : `${root.nameOf(path)}/`
  return Effect.flatMap(root.bucket, ({ id }) =>
    Effect.map(firstRows(root, path, { bucketId: id, prefix }, enough), (files) => ({
      names: files.map((file) => file.fileName),
      markers: files
        .filter((file) => file.contentLength === 0)
        .map((file) => file.fileName)
        .filter((name) => name === prefix || name === prefix + emptyDirectoryMarker)
    }))
  )
}

export const statDirectory =
  (root: B2Root): NonNullable<Provider["statDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      if (path === "") yield* root.bucket
      else if ((yield* peek(root, path)).names.length === 0) {
        return yield* root.fail("statDirectory", path, new NotFound({ message: "there is no such directory" }))
      }
      return { _tag: "Directory", path } satisfies Directory
    })

export const makeDirectory =
  (root: B2Root, put: Provider["put"]): NonNullable<Provider["makeDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      const file = RemotePath.join(path, marker)
      yield* root.bucketForWriting
      if (path === "") return
      const { names } = yield* peek(root, path)
      if (names.length > 0) return
      yield* put(file, fromBytes(new Uint8Array(0)), { modifiedAt: Date.now() })
    })

export const removeDirectory =
  (root: B2Root, hardDelete: boolean): NonNullable<Provider["removeDirectory"]> =>
  (path) =>
    Effect.gen(function* () {
      if (path === "") return
      const { markers, names } = yield* peek(root, path)
      if (names.length > markers.length) return
      yield* Effect.forEach(markers, (name) => removeName(root, hardDelete, path, name), { discard: true })
    }).pipe(Effect.catchReason("StorageError", "NotFound", () => Effect.void))
