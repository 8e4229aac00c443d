/** What is in a folder of a snapshot. */
import type { SnapshotRow } from "@ourclone/jobs/repository/SnapshotRow"
import { rows } from "../../api/queries.ts"

/** `NodeRow` as JSON. */
export interface NodeJson {
  readonly path: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly mtime: string
}

export type LsRow =
  | { readonly _tag: "Snapshot"; readonly snapshot: SnapshotRow }
  | { readonly _tag: "Node"; readonly node: NodeJson }

export const folderOf = (repository: string, snapshot: string, folder: string) =>
  rows<LsRow>("snapshotLs", { repository, snapshot, folders: [folder] })

const byName = new Intl.Collator("en", { numeric: true })

/** One level below `folder`, folders first. */
export const childrenIn = (folder: string, found: ReadonlyArray<LsRow>): ReadonlyArray<NodeJson> =>
  found
    .flatMap((row) => (row._tag === "Node" && row.node.path !== folder ? [row.node] : []))
    .toSorted(
      (left, right) =>
        Number(right.type === "dir") - Number(left.type === "dir") || byName.compare(left.name, right.name)
    )

export const snapshotIn = (found: ReadonlyArray<LsRow>): SnapshotRow | undefined =>
  found.flatMap((row) => (row._tag === "Snapshot" ? [row.snapshot] : []))[0]
