/** Which snapshots the user means: some by name, or all that the filters leave. */
import { resolve } from "node:path"
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import type { Repository } from "@ourclone/backup/repository/Repository"
import * as SnapshotFilter from "@ourclone/backup/repository/SnapshotFilter"
import type { Grouping } from "@ourclone/backup/repository/SnapshotGroups"
import * as SnapshotGroups from "@ourclone/backup/repository/SnapshotGroups"
import * as Snapshots from "@ourclone/backup/repository/Snapshots"
import * as Effect from "effect/Effect"
import { type CommandStopped, usage } from "../ExitCode.ts"
import type { Output } from "../Output.ts"
import type { SnapshotFilterInput } from "../RepositoryFlags.ts"

/** `a,b` as the tags in it. */
export const tagsOf = (text: string): ReadonlyArray<string> => text.split(",").map((tag) => tag.trim())

export const filterOf = (flags: SnapshotFilterInput): SnapshotFilter.SnapshotFilter => ({
  hosts: flags.host,
  tags: flags.tag.map(tagsOf),
  paths: flags.path.map((path) => resolve(path))
})

/** What `--group-by` says. */
export const groupingOf = (text: string): Effect.Effect<Grouping, CommandStopped> => {
  const grouping = SnapshotGroups.parse(text)
  return grouping === undefined
    ? usage(`--group-by: "${text}" must name some of host, paths and tags, with commas between`)
    : Effect.succeed(grouping)
}

/** Oldest first. What can not be read is reported and passed over. */
export const all = Effect.fnUntraced(function* (output: Output, repository: Repository) {
  const { snapshots, unreadable } = yield* Snapshots.loadAll(repository)
  for (const { id, message } of unreadable) output.problem(`snapshot ${id} can not be read: ${message}`)
  return { snapshots, unreadable: unreadable.length }
})

/** Those named, in the order of their names; without names, all that the filters leave, oldest first. */
export const select = Effect.fnUntraced(function* (
  output: Output,
  repository: Repository,
  ids: ReadonlyArray<string>,
  flags: SnapshotFilterInput
) {
  const filter = filterOf(flags)
  if (ids.length === 0) {
    const { snapshots } = yield* all(output, repository)
    return snapshots.filter((snapshot) => SnapshotFilter.matches(snapshot, filter))
  }
  const chosen = new Map<string, Snapshot>()
  for (const id of ids) {
    const snapshot = yield* Snapshots.find(repository, id, filter)
    chosen.set(snapshot.id, snapshot)
  }
  return [...chosen.values()]
})
