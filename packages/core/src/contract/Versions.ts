/** Old versions of files, where a provider keeps them. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { Checksums, type DatedFile, Metadata } from "./Entry.ts"
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
  modifiedAt: Schema.Int,
  checksums: Schema.optionalKey(Checksums),
  contentType: Schema.optionalKey(Schema.String),
  metadata: Schema.optionalKey(Metadata)
})
export type Version = typeof Version.Type

export interface VersionListOptions {
  /** Only those of the file at the path itself, and so many of the newest. */
  readonly newest?: number | undefined
}

export interface Versions {
  /** Every version at `path` and below it: names in byte order, the newest version of a name first. */
  readonly list: (path: RemotePath, options?: VersionListOptions) => Stream.Stream<Version, StorageError>
  /**
   * Deletes one version for good. Succeeds when it is already gone. What is below it comes to light where it was the
   * newest: a file whose hide marker goes is back. Fails with `PermissionDenied` where it is locked.
   */
  readonly remove: (version: Version) => Effect.Effect<void, StorageError>
  /** Takes the name away and keeps every version, whatever `Provider.remove` does here. Succeeds when nothing has the name. */
  readonly hide?: (path: RemotePath) => Effect.Effect<void, StorageError>
  /** The empty directory that a version stands for. Present where the storage keeps directories as files. */
  readonly directoryOf?: (version: Version) => RemotePath | undefined
}

/** A stored version as the file that it was: `read`, `copy` and their kin take it. */
export const fileOf = ({ checksums = {}, contentType, metadata, ...version }: Version): DatedFile => ({
  _tag: "File",
  path: version.path,
  size: version.size,
  modifiedAt: version.modifiedAt,
  versionId: version.versionId,
  checksums,
  ...(contentType === undefined ? {} : { contentType }),
  ...(metadata === undefined ? {} : { metadata })
})
