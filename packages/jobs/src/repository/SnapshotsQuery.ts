/** `snapshots`: what there is, oldest first. */
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { QueryKind } from "../kind/JobKind.ts"
import { reading, snapshotChoice } from "./Fields.ts"
import * as LockedQuery from "./LockedQuery.ts"
import { newestOnly } from "./LookFields.ts"
import * as OpenedRepository from "./OpenedRepository.ts"
import * as SelectedSnapshots from "./SelectedSnapshots.ts"
import * as SnapshotRow from "./SnapshotRow.ts"

export const Request = Schema.Struct({
  ...reading,
  ...snapshotChoice,
  ...newestOnly
})
export type Request = typeof Request.Type

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

export const kind: QueryKind<"snapshots", Request, SnapshotRow.SnapshotRow> = {
  type: "snapshots",
  request: Request,
  row: SnapshotRow.SnapshotRow,
  needs: OpenedRepository.needs,
  run: (request, beside) =>
    LockedQuery.stream(request, beside, (repository) =>
      Effect.map(SelectedSnapshots.select(repository, request, beside.tell), (snapshots) => {
        const chosen = request.latest === undefined ? snapshots : newest(snapshots, request.latest)
        return Stream.fromIterable(chosen.map(SnapshotRow.of))
      })
    )
}
