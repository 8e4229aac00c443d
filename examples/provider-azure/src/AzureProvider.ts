/** A container of Azure Blob Storage, or a folder of one, as a provider. */
import { least } from "@ourclone/core/contract/Capabilities"
import * as PlaceIdentity from "@ourclone/core/contract/PlaceIdentity"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { specification } from "@ourclone/core/contract/Specification"
import { InvalidRequest, StorageError } from "@ourclone/core/contract/StorageError"
import * as Effect from "effect/Effect"
import type { AzureClient } from "./AzureClient.ts"
import { list } from "./BlobListing.ts"
import * as BlobReading from "./BlobReading.ts"
import * as BlobWriting from "./BlobWriting.ts"
import type { Place } from "./Place.ts"

/** A remote can be named without a container, and nothing be done with it. */
const refusing = (client: AzureClient): AzureClient => ({
  ...client,
  send: (site) => {
    const message = `name a container: ${site.provider}CONTAINER or ${site.provider}CONTAINER/folder`
    return Effect.fail(client.fail(site, new InvalidRequest({ message })))
  }
})

export const open = (client: AzureClient, name: string, at: string): Effect.Effect<Provider, StorageError> => {
  const location = at.replace(/^\/+|\/+$/g, "")
  const [container = "", ...folders] = location.split("/")
  const folder = folders.join("/")
  const refused = RemotePath.refusal(folder)
  if (refused !== undefined) {
    return Effect.fail(
      new StorageError({ provider: name, operation: "open", reason: new InvalidRequest({ message: refused }) })
    )
  }
  const place: Place = { client: container === "" ? refusing(client) : client, name, container, folder }
  return Effect.succeed({
    specification,
    name,
    place: PlaceIdentity.ofPath(client.id, location),
    location,
    capabilities: {
      // Azure does not say by what the order of names goes.
      ...least,
      checksums: ["md5"],
      modifiedAtPrecision: 1,
      isCaseSensitive: true,
      maxPutSize: BlobWriting.largestFile
    },
    list: list(place),
    stat: BlobReading.stat(place),
    read: BlobReading.read(place),
    readAll: BlobReading.readAll(place),
    put: BlobWriting.put(place),
    putIfAbsent: BlobWriting.putIfAbsent(place),
    putIfSame: BlobWriting.putIfSame(place),
    touch: BlobWriting.touch(place),
    remove: BlobWriting.remove(place),
    copy: BlobWriting.copy(place)
  })
}
