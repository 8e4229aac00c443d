/** Where a provider is rooted. */
import type { Reason, StorageError } from "@ourclone/core/contract/StorageError"
import type { AzureClient, Site } from "./AzureClient.ts"

export interface Place {
  readonly client: AzureClient
  /** `Provider.name`. */
  readonly name: string
  readonly container: string
  /** In the container, without `/` at either end; "" for all of it. */
  readonly folder: string
}

export const siteOf = ({ name }: Place, operation: string, path: string): Site => ({ provider: name, operation, path })

export const failIn = (place: Place, operation: string, path: string, reason: Reason): StorageError =>
  place.client.fail(siteOf(place, operation, path), reason)

/** Container and name of the file at `path`. */
export const blobAt = ({ container, folder }: Place, path: string): string =>
  [container, folder, path].filter((part) => part !== "").join("/")
