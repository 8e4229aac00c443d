/** An entry of a snapshot on one line for people. */
import * as FileMode from "@ourclone/backup/format/FileMode"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"

/** The path, and with `long` mode, owner, size and time before it. */
export const of = (node: NodeRow, long: boolean): string => {
  const name = printable(node.path)
  if (!long) return name
  const owner = `${`${node.uid}`.padStart(5)} ${`${node.gid}`.padStart(5)}`
  const time = Amount.time(Date.parse(node.mtime))
  const target = node.type === "symlink" ? ` -> ${printable(node.linkTarget)}` : ""
  return `${FileMode.textOf(node.mode)} ${owner} ${String(node.size).padStart(12)} ${time} ${name}${target}`
}
