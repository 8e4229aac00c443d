/** An entry of a snapshot on one line for people. */
import * as FileMode from "@ourclone/backup/format/FileMode"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"

export interface LineOptions {
  /** Mode, owner, size and time before the path. */
  readonly long: boolean
  /** The size with a unit. */
  readonly humanReadable?: boolean
}

export const of = (node: NodeRow, { humanReadable = false, long }: LineOptions): string => {
  const name = printable(node.path)
  if (!long) return name
  const owner = `${`${node.uid}`.padStart(5)} ${`${node.gid}`.padStart(5)}`
  const time = Amount.time(Date.parse(node.mtime))
  const target = node.type === "symlink" ? ` -> ${printable(node.linkTarget)}` : ""
  const size = humanReadable ? Amount.bytes(node.size) : String(node.size)
  return `${FileMode.textOf(node.mode)} ${owner} ${size.padStart(12)} ${time} ${name}${target}`
}
