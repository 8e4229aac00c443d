/** What a search through snapshots has found. */
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import type { NodeJson } from "./snapshotNodes.ts"

/** A row of the query `find`. */
export type FindRow =
  | { readonly _tag: "Snapshot"; readonly snapshot: SnapshotRow }
  | { readonly _tag: "Match"; readonly node: NodeJson }
  | { readonly _tag: "Searched"; readonly snapshots: number }

export interface Match {
  readonly node: NodeJson
  readonly snapshot: SnapshotRow
}

export const matchesOf = (found: ReadonlyArray<FindRow>): ReadonlyArray<Match> => {
  const matches: Array<Match> = []
  let snapshot: SnapshotRow | undefined
  for (const row of found) {
    if (row._tag === "Snapshot") snapshot = row.snapshot
    else if (row._tag === "Match" && snapshot !== undefined) matches.push({ node: row.node, snapshot })
  }
  return matches
}
