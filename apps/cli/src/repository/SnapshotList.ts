/** `snapshots`: a table, or restic's array. */
import { type Snapshot, toJson } from "@ourclone/backup/format/Snapshot"
import * as SnapshotGroups from "@ourclone/backup/repository/SnapshotGroups"
import * as Effect from "effect/Effect"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { locked, open } from "./OpenedRepository.ts"
import { command } from "./RepositoryCommand.ts"
import { groupingOf, select } from "./SnapshotSelection.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface SnapshotListInput extends ReadingInput, SnapshotFilterInput {
  readonly ids: ReadonlyArray<string>
  readonly groupBy: string
  readonly compact: boolean
  readonly latest: number | undefined
}

/** The newest `count` of each host with its paths. */
const newest = (snapshots: ReadonlyArray<Snapshot>, count: number): ReadonlyArray<Snapshot> => {
  const seen = new Map<string, number>()
  return snapshots
    .toReversed()
    .filter(({ hostname, paths }) => {
      const key = JSON.stringify([hostname, paths.toSorted()])
      seen.set(key, (seen.get(key) ?? 0) + 1)
      return seen.get(key)! <= count
    })
    .reverse()
}

export const run = (flags: SnapshotListInput) =>
  command(
    Effect.fnUntraced(function* (output) {
      const grouping = yield* groupingOf(flags.groupBy)
      const repository = yield* open(output, flags)
      const selecting = select(output, repository, flags.ids, flags)
      const selected = yield* locked(output, repository, flags, "shared", selecting)
      const snapshots = flags.latest === undefined ? selected : newest(selected, flags.latest)
      if (flags.groupBy === "") {
        if (output.isJson) return output.raw(`${JSON.stringify(snapshots.map(toJson))}\n`)
        if (snapshots.length > 0) for (const line of SnapshotText.table(snapshots, flags)) output.line(line)
        return output.note(`${snapshots.length} ${snapshots.length === 1 ? "snapshot" : "snapshots"}`)
      }
      const groups = SnapshotGroups.group(snapshots, grouping)
      if (output.isJson) {
        const json = groups.map((group) => ({ group_key: group.key, snapshots: group.snapshots.map(toJson) }))
        return output.raw(`${JSON.stringify(json)}\n`)
      }
      for (const [index, group] of groups.entries()) {
        if (index > 0) output.line("")
        output.line(`snapshots of ${SnapshotText.groupTitle(group.key)}`)
        for (const line of SnapshotText.table(group.snapshots, flags)) output.line(line)
      }
    })
  )
