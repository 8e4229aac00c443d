/** A whole account as a provider: its buckets can be seen and made, but files need a bucket. */
import type { Buckets } from "@ourclone/core/contract/Buckets"
import type { Directory } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { S3Calls } from "./api/S3Calls.ts"

type Files = "list" | "stat" | "read" | "readAll" | "put" | "remove" | "buckets"

export const make = (calls: S3Calls, buckets: Buckets): Pick<Provider, Files> => {
  const refused = (operation: string, path: string) => {
    const message = "files are in buckets; name one: bucket or bucket/folder"
    return calls.fail(operation, path, new InvalidRequest({ message }))
  }
  const list: Provider["list"] = (directory, options) => {
    // Everything in all buckets is never what was meant.
    if (directory !== "" || options?.depth !== 1) return Stream.fail(refused("list", directory))
    return Stream.unwrap(
      Effect.map(Stream.runCollect(buckets.list), (found) =>
        Stream.fromIterable(
          found
            .map(({ name }): Directory => ({ _tag: "Directory", path: RemotePath.makeUnsafe(name) }))
            .sort((left, right) => RemotePath.compare(`${left.path}/`, `${right.path}/`))
        )
      )
    )
  }
  return {
    list,
    stat: (path) => Effect.fail(refused("stat", path)),
    read: (file) => Stream.fail(refused("read", file.path)),
    readAll: (file) => Effect.fail(refused("readAll", file.path)),
    put: (path) => Effect.fail(refused("put", path)),
    remove: (path) => Effect.fail(refused("remove", path)),
    buckets
  }
}
