/** Which snapshots a command is about, by host, tag and path. */
import type { Snapshot } from "../format/Snapshot.ts"

/** Empty lists let everything through. */
export interface SnapshotFilter {
  /** One of these. */
  readonly hosts: ReadonlyArray<string>
  /** All tags of one of these lists. The tag `""` means: none at all. */
  readonly tags: ReadonlyArray<ReadonlyArray<string>>
  /** All of these, absolute. */
  readonly paths: ReadonlyArray<string>
}

export const everything: SnapshotFilter = { hosts: [], tags: [], paths: [] }

/** Whether a snapshot has all of the tags; `""` is had by one without any. */
export const hasTags = (snapshot: Snapshot, tags: ReadonlyArray<string>): boolean =>
  (snapshot.tags.length === 0 && tags.includes("")) || tags.every((tag) => snapshot.tags.includes(tag))

export const matches = (snapshot: Snapshot, filter: SnapshotFilter): boolean =>
  (filter.hosts.length === 0 || filter.hosts.includes(snapshot.hostname)) &&
  (filter.tags.length === 0 || filter.tags.some((tags) => hasTags(snapshot, tags))) &&
  filter.paths.every((path) => snapshot.paths.includes(path))
