/** Nodes as restic's `ls --json` and `find --json` print them: objects for `JSON.stringify`. */
import * as FileMode from "@ourclone/backup/format/FileMode"
import type { NodeRow } from "@ourclone/jobs/repository/NodeRow"

type Json = Readonly<Record<string, unknown>>

const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON

/** Printed to the last digit, although readers may round it. */
export const exact = (number: bigint): unknown =>
  number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : rawJson(String(number))

/** Without the fields that are zero or empty. */
const present = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0 && value !== "" && value !== undefined))

/** A line of `ls`. */
export const ofListed = (node: NodeRow): Json => ({
  name: node.name,
  type: node.type,
  path: node.path,
  uid: node.uid,
  gid: node.gid,
  ...(node.type === "file" ? { size: node.size } : {}),
  ...present({ mode: node.mode }),
  permissions: FileMode.textOf(node.mode),
  mtime: node.mtime,
  atime: node.atime,
  ctime: node.ctime,
  ...present({ inode: exact(node.inode) }),
  message_type: "node",
  struct_type: "node"
})

/** One of the `matches` of `find`. */
export const ofMatch = (node: NodeRow): Json => ({
  path: node.path,
  permissions: FileMode.textOf(node.mode),
  type: node.type,
  ...present({ mode: node.mode }),
  mtime: node.mtime,
  atime: node.atime,
  ctime: node.ctime,
  uid: node.uid,
  gid: node.gid,
  ...present({
    user: node.user,
    group: node.group,
    inode: exact(node.inode),
    device_id: exact(node.deviceId),
    size: node.size,
    links: node.links,
    linktarget: node.linkTarget,
    device: exact(node.device),
    error: node.error
  })
})
