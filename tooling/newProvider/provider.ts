/**
 * The provider of the type "archive". Nothing of it is written yet: each method fails and says so, and the checks of the
 * contract fail with it. docs/writing-a-provider.md of OurClone has a whole one.
 */
import { least } from "@ourclone/core/contract/Capabilities"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { failing, InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** What the storage is known for beyond the least; the checks hold it to this. */
const capabilities: Provider["capabilities"] = {
  ...least,
  modifiedAtPrecision: 1,
  listsInOrder: true,
  isCaseSensitive: true,
  maxPutSize: 500_000_000
}

const open = (placed: ProviderFactory.Placed): Provider => {
  const failure = failing(placed.name)
  const unwritten = (operation: string, path: string) =>
    failure(operation, path, new InvalidRequest({ message: `"${operation}" is not written yet` }))
  return {
    ...placed,
    capabilities,
    list: (directory) => Stream.fail(unwritten("list", directory)),
    stat: (path) => Effect.fail(unwritten("stat", path)),
    read: (file) => Stream.fail(unwritten("read", file.path)),
    readAll: (file) => Effect.fail(unwritten("readAll", file.path)),
    put: (path) => Effect.fail(unwritten("put", path)),
    remove: (path) => Effect.fail(unwritten("remove", path))
  }
}

/** The options are asked for by `ourclone remote add`. What `connect` makes is shared by all places of one account. */
export const factory = ProviderFactory.make({
  type: "archive",
  description: "A storage of the type archive",
  options: Schema.Struct({
    file: Schema.String.annotate({ description: "Path of the file that everything is kept in" })
  }),
  connect: ({ file }) => Effect.succeed({ id: `archive:${file}` }),
  open: ({ id }, at) => Effect.succeed(open(ProviderFactory.placed(id, at)))
})
export default factory
