/** `snapshots`: a table, or restic's array. */

import { toJson } from "@ourclone/backup/format/Snapshot"
import * as SnapshotGroups from "@ourclone/backup/repository/SnapshotGroups"
import * as PrintableText from "@ourclone/core/events/PrintableText"
import { kind } from "@ourclone/jobs/repository/SnapshotsQuery"
import * as Effect from "effect/Effect"
import { given } from "../Given.ts"
import type { ReadingInput, SnapshotFilterInput } from "../RepositoryFlags.ts"
import { command } from "./RepositoryCommand.ts"
import * as RepositoryJob from "./RepositoryJob.ts"
import { accessOf, filterOf } from "./RepositoryRequest.ts"
import { counted, tellUnreadable } from "./SnapshotFacts.ts"
import { groupingOf } from "./SnapshotFlags.ts"
import * as SnapshotText from "./SnapshotText.ts"

export interface SnapshotsFlags extends ReadingInput, SnapshotFilterInput {
  readonly ids: ReadonlyArray<string>
  readonly groupBy: string | undefined
  readonly compact: boolean
  readonly latest: number | undefined
}

export const run = (flags: SnapshotsFlags) =>
  command(
    Effect.fnUntraced(function* (output) {
      const grouping = yield* groupingOf(flags.groupBy ?? "")
      const { access, passwords } = yield* accessOf(flags)
      const request = { ...access, ...filterOf(flags), ...given({ ids: flags.ids, latest: flags.latest }) }
      const onEvent = (event: Parameters<typeof tellUnreadable>[1]) => tellUnreadable(output, event)
      const options = { passwords, hasNoLock: true, onEvent }
      const snapshots = yield* RepositoryJob.rows(output, kind, request, options)
      if (flags.groupBy === undefined || flags.groupBy === "") {
        if (output.isJson) return output.raw(`${PrintableText.json(snapshots.map(toJson))}\n`)
        if (snapshots.length > 0) for (const line of SnapshotText.table(snapshots, flags)) output.line(line)
        return output.note(counted(snapshots.length))
      }
      const groups = SnapshotGroups.group(snapshots, grouping)
      if (output.isJson) {
        const json = groups.map((group) => ({ group_key: group.key, snapshots: group.snapshots.map(toJson) }))
        return output.raw(`${PrintableText.json(json)}\n`)
      }
      for (const [index, group] of groups.entries()) {
        if (index > 0) output.line("")
        output.line(`snapshots of ${SnapshotText.groupTitle(group.key)}`)
        for (const line of SnapshotText.table(group.snapshots, flags)) output.line(line)
      }
    })
  )
