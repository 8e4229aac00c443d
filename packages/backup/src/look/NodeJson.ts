/** Nodes as restic's `ls --json` and `find --json` print them: objects for `JSON.stringify`. */
import * as FileMode from "../format/FileMode.ts"
import * as GoJson from "../go/GoJson.ts"
import type { WalkedNode } from "../repository/NodeWalk.ts"

type Json = Readonly<Record<string, unknown>>

/** As Go does: U+FFFD for each byte that is not UTF-8. */
export const textOf = (bytes: Uint8Array): string => GoJson.textOf(bytes).replace(/\p{Surrogate}/gu, "\ufffd")

const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON

/** Printed to the last digit, although readers may round it. */
const exact = (number: bigint): unknown =>
  number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : rawJson(String(number))

/** Without the fields that are zero or empty. */
const present = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0 && value !== "" && value !== undefined))

/** A line of `ls`. */
export const ofListed = ({ node, path }: WalkedNode): Json => ({
  name: textOf(node.name),
  type: node.type,
  path: textOf(path),
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
export const ofMatch = ({ node, path }: WalkedNode): Json => ({
  path: textOf(path),
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
