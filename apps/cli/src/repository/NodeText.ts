/** An entry of a snapshot on one line for people. */
import * as FileMode from "@ourclone/backup/format/FileMode"
import type { Node } from "@ourclone/backup/format/Node"
import * as Amount from "../Amount.ts"
import { printable } from "../PrintableText.ts"

const isLink = (node: Node): boolean => node.type === "symlink"

/** `path`, and with `long` mode, owner, size and time before it. */
export const line = (path: Buffer, node: Node, long: boolean): string => {
  const name = printable(path.toString())
  if (!long) return name
  const owner = `${`${node.uid}`.padStart(5)} ${`${node.gid}`.padStart(5)}`
  const time = Amount.time(Date.parse(node.mtime))
  const target = isLink(node) ? ` -> ${printable(node.linkTarget)}` : ""
  return `${FileMode.textOf(node.mode)} ${owner} ${String(node.size).padStart(12)} ${time} ${name}${target}`
}
