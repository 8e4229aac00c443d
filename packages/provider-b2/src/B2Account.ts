/** A whole account as a provider: its buckets can be seen and made, but files need a bucket. */
import type { Directory } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { B2Client } from "./api/B2Client.ts"
import * as B2Buckets from "./B2Buckets.ts"

type Files = "list" | "stat" | "read" | "readAll" | "put" | "remove" | "buckets"

export const make = (client: B2Client, provider: string): Pick<Provider, Files> => {
  const buckets = B2Buckets.make(client, provider)
  const refused = (operation: string, path: string) =>
    new StorageError({
      provider,
      operation,
      path,
      reason: new InvalidRequest({ message: "files are in buckets; name one: bucket or bucket/folder" })
    })

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
