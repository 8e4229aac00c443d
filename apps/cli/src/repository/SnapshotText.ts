/** Snapshots for people and for programs. */
import type { Snapshot } from "@ourclone/backup/format/Snapshot"
import { shortId } from "@ourclone/backup/format/Snapshot"
import type { GroupKey } from "@ourclone/backup/repository/SnapshotGroups"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Table from "./Table.ts"

export const time = (snapshot: Pick<Snapshot, "time">): string => Amount.time(Date.parse(snapshot.time))

/** One line that names it, for messages. */
export const title = (snapshot: Snapshot): string =>
  `${shortId(snapshot)} of ${time(snapshot)} (${printable(snapshot.hostname)}: ${snapshot.paths.map(printable).join(", ")})`

export interface TableOptions {
  readonly compact: boolean
  /** Why each is kept, by id. */
  readonly reasons?: ReadonlyMap<string, ReadonlyArray<string>>
}

export const table = (snapshots: ReadonlyArray<Snapshot>, options: TableOptions): ReadonlyArray<string> => {
  const rows = snapshots.map((snapshot) => {
    const size = snapshot.summary?.totalBytesProcessed
    return [
      shortId(snapshot),
      time(snapshot),
      printable(snapshot.hostname),
      snapshot.tags.map(printable).join(options.compact ? "," : "\n"),
      (options.reasons?.get(snapshot.id) ?? []).join("\n"),
      options.compact ? "" : snapshot.paths.map(printable).join("\n"),
      size === undefined ? "" : Amount.bytes(size)
    ]
  })
  return Table.lines(["ID", "Time", "Host", "Tags", "Reasons", "Paths", "Size"], rows)
}

/** `host vm, paths /etc` */
export const groupTitle = ({ hostname, paths, tags }: GroupKey): string => {
  const parts = [
    hostname === "" ? undefined : `host ${printable(hostname)}`,
    paths === null ? undefined : `paths ${paths.map(printable).join(", ")}`,
    tags === null ? undefined : `tags ${tags.map(printable).join(", ")}`
  ].filter((part) => part !== undefined)
  return parts.join(", ") || "all"
}
