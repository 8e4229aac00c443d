/** A whole account as a provider: its buckets can be seen and made, but files need a bucket. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Buckets } from "../contract/Buckets.ts"
import type { Directory } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"
import * as RemotePath from "../contract/RemotePath.ts"
import { InvalidRequest, type Reason, type StorageError } from "../contract/StorageError.ts"

type Files = "list" | "stat" | "read" | "readAll" | "put" | "remove" | "buckets"

export const make = (
  buckets: Buckets,
  fail: (operation: string, path: string, reason: Reason) => StorageError
): Pick<Provider, Files> => {
  const refused = (operation: string, path: string) =>
    fail(operation, path, new InvalidRequest({ message: "files are in buckets; name one: bucket or bucket/folder" }))
  const list: Provider["list"] = (directory, options) => {
    // Everything in all buckets is never what was meant.
    if (directory !== "" || options?.depth !== 1) return Stream.fail(refused("list", directory))
    return Stream.unwrap(
      Effect.map(Stream.runCollect(buckets.list), (found) =>
        Stream.fromIterable(
          found
            .filter(({ name }) => name !== "" && !name.includes("/") && RemotePath.refusal(name) === undefined)
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
