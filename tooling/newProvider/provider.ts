/**
 * The provider of the type "archive". Nothing of it is written yet: each method fails and says so, and the checks of the
 * contract fail with it. docs/writing-a-provider.md of OurClone has a whole one.
 */
import * as PlaceIdentity from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { specification } from "@ourclone/core/contract/Specification"
import * as Errors from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** What the storage is known for; the checks hold it to this. */
const capabilities: Provider["capabilities"] = {
  checksums: [],
  modifiedAtPrecision: 1,
  listsInOrder: true,
  isCaseSensitive: true,
  isLocal: false,
  hasDirectories: false,
  keepsVersions: false,
  keepsMetadata: false,
  keepsNanoseconds: false,
  maxPutSize: 500_000_000
}

const open = (account: string, name: string, location: string): Provider => {
  const unwritten = (operation: string, path: string) =>
    new Errors.StorageError({
      provider: name,
      operation,
      path,
      reason: new Errors.InvalidRequest({ message: `"${operation}" is not written yet` })
    })
  return {
    specification,
    name,
    location,
    capabilities,
    place: PlaceIdentity.ofPath(account, location),
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
  open: ({ id }, { location, name }) => Effect.succeed(open(id, `${name}${location}`, location))
})
export default factory
