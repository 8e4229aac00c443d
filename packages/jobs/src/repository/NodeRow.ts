/** Something in a snapshot as queries give it. */
import * as NodeNames from "@ourclone/backup/look/NodeNames"
import type { WalkedNode } from "@ourclone/backup/repository/NodeWalk"
import * as Schema from "effect/Schema"

export const NodeRow = Schema.Struct({
  /** Absolute in the snapshot, and its last name; U+FFFD for each byte that is not UTF-8. */
  path: Schema.String,
  name: Schema.String,
  /** `file`, `dir`, `symlink` and what else there is. */
  type: Schema.String,
  /** In Go's bits. */
  mode: Schema.Int,
  /** RFC 3339. */
  mtime: Schema.String,
  atime: Schema.String,
  ctime: Schema.String,
  uid: Schema.Int,
  gid: Schema.Int,
  user: Schema.String,
  group: Schema.String,
  inode: Schema.BigInt,
  deviceId: Schema.BigInt,
  /** Bytes. */
  size: Schema.Int,
  links: Schema.Int,
  linkTarget: Schema.String,
  /** Of a device. */
  device: Schema.BigInt,
  error: Schema.String
})
export type NodeRow = typeof NodeRow.Type

export const of = ({ node, path }: Pick<WalkedNode, "node" | "path">): NodeRow => ({
  path: NodeNames.textOf(path),
  name: NodeNames.textOf(node.name),
  type: node.type,
  mode: node.mode,
  mtime: node.mtime,
  atime: node.atime,
  ctime: node.ctime,
  uid: node.uid,
  gid: node.gid,
  user: node.user,
  group: node.group,
  inode: node.inode,
  deviceId: node.deviceId,
  size: node.size,
  links: node.links,
  linkTarget: node.linkTarget,
  device: node.device,
  error: node.error
})
