/** Old versions of files, where a provider keeps them. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { RemotePath } from "./RemotePath.ts"
import type { StorageError } from "./StorageError.ts"

export const Version = Schema.Struct({
  path: RemotePath,
  versionId: Schema.String,
  /** `Hidden` marks that the name was removed at that time; it has no bytes. */
  kind: Schema.Literals(["Stored", "Hidden"]),
  size: Schema.Int,
  /** Milliseconds since 1970 UTC. */
  storedAt: Schema.Int,
  modifiedAt: Schema.Int
})
export type Version = typeof Version.Type

export interface Versions {
  /** Every version at `path` and below it: names in byte order, the newest version of a name first. */
  readonly list: (path: RemotePath) => Stream.Stream<Version, StorageError>
  /** Deletes one version for good. Succeeds when it is already gone. */
  readonly remove: (version: Version) => Effect.Effect<void, StorageError>
}
