/** How a backup is to be made. */
import type { StorageError } from "@ourclone/core/contract/StorageError"
import type { Tell } from "@ourclone/core/events/Tell"
import type * as Stream from "effect/Stream"
import type { ExcludeRules } from "../choose/ExcludeDecisions.ts"
import type { Compression } from "../format/Zstd.ts"
import type { RepositoryError } from "../repository/RepositoryError.ts"
import type { Grouping } from "../repository/SnapshotGroups.ts"

export interface StandardInput {
  /** Where the content is in the snapshot: `/` and this. */
  readonly fileName: string
  /** Pieces of any size. When it fails there is no snapshot. */
  readonly content: Stream.Stream<Uint8Array, StorageError | RepositoryError>
}

export interface BackupOptions {
  /** Files and directories, absolute or from `directory`; bytes where they are not UTF-8. */
  readonly paths: ReadonlyArray<Buffer | string>
  /** Absolute. Needed where a path is relative: such a one lies in the snapshot as it was given, not at its absolute path. */
  readonly directory?: string | undefined
  /** Instead of paths. */
  readonly standardInput?: StandardInput | undefined
  /** The name and version that the snapshot says made it: `ourclone 1.2.3`. */
  readonly programVersion: string
  /** This machine's name when absent. */
  readonly host?: string | undefined
  readonly tags?: ReadonlyArray<string> | undefined
  /** RFC 3339; the present when absent. */
  readonly time?: string | undefined
  /** The id of the snapshot to compare with, or its beginning, or `latest`; the fitting one is looked for when absent. */
  readonly parent?: string | undefined
  /** Compare with nothing, and read everything. */
  readonly force?: boolean | undefined
  /** What has to be equal in a snapshot to compare with: host and paths when absent. */
  readonly grouping?: Grouping | undefined
  /** Of `Excludes.resolve`; nothing is left out when absent. */
  readonly excludes?: ExcludeRules | undefined
  readonly ignoreInode?: boolean | undefined
  readonly ignoreCtime?: boolean | undefined
  readonly withAtime?: boolean | undefined
  /** Write no snapshot when its tree would be the parent's. */
  readonly skipIfUnchanged?: boolean | undefined
  /** Do everything but store. */
  readonly dryRun?: boolean | undefined
  readonly compression?: Compression | undefined
  /** Bytes of a pack; 16 MiB when absent. */
  readonly packSize?: number | undefined
  /** Files that are read at the same time; as many as there are processors, 4 at most, when absent. */
  readonly readConcurrency?: number | undefined
  /** Count first what there is and tell it as `Planned`, for a progress that knows the end. */
  readonly scan?: boolean | undefined
  /** Tell of every file that is `Done`, not only of sums. Files are everything but directories. */
  readonly items?: boolean | undefined
  readonly tell?: Tell | undefined
}
