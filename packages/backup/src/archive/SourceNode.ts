/**
 * The node of a path of this machine: everything a tree keeps of it but the
 * content of a file and the tree of a directory.
 *
 * Synchronous, for any thread.
 */
import { isUtf8 } from "node:buffer"
import * as fs from "node:fs"
import * as Posix from "@ourclone/system/Posix"
import * as FileMode from "../format/FileMode.ts"
import type { Node, NodeType } from "../format/Node.ts"
import * as GoJson from "../go/GoJson.ts"
import * as GoTime from "../go/GoTime.ts"
import { fileTypeMask, type Status } from "../system/Status.ts"
import * as SystemFailure from "../system/SystemFailure.ts"
import * as UserNames from "../system/UserNames.ts"

export interface SourceOptions {
  /** Keep the time of the last access; otherwise the time of the last change stands for it. */
  readonly withAtime: boolean
  /** Something of the file could not be read and is left out of its node. */
  readonly onProblem: (message: string) => void
}

const types = new Map<number, NodeType>([
  [0o100000, "file"],
  [0o040000, "dir"],
  [0o120000, "symlink"],
  [0o060000, "dev"],
  [0o020000, "chardev"],
  [0o010000, "fifo"]
])

/** The type of a node; `undefined` for what a snapshot does not keep: sockets and what only the system knows. */
export const typeOf = (status: Status): NodeType | undefined => types.get(status.mode & fileTypeMask)

const typeBits = new Map<number, number>([
  [0o040000, FileMode.directory],
  [0o120000, FileMode.symbolicLink],
  [0o060000, FileMode.device],
  [0o020000, FileMode.device + FileMode.characterDevice],
  [0o010000, FileMode.pipe]
])

/** Go's mode of a system's mode: permissions, the type, and setuid, setgid and sticky at places of their own. */
export const goMode = (mode: number): number =>
  (mode & 0o777) +
  (typeBits.get(mode & fileTypeMask) ?? 0) +
  (mode & 0o4000 ? FileMode.setUserId : 0) +
  (mode & 0o2000 ? FileMode.setGroupId : 0) +
  (mode & 0o1000 ? FileMode.sticky : 0)

const noAttributes: Node["extendedAttributes"] = []

const attributesOf = (path: Buffer, onProblem: SourceOptions["onProblem"]): Node["extendedAttributes"] => {
  const names = read(() => Posix.listAttributes(path), [], onProblem)
  if (names.length === 0) return noAttributes
  const attributes: Array<{ name: string; value: Buffer }> = []
  for (const name of names) {
    const value = read(() => Posix.getAttribute(path, name), undefined, onProblem)
    if (value !== undefined) attributes.push({ name: GoJson.textOf(name), value })
  }
  return attributes
}

const read = <A, B>(get: () => A, otherwise: B, onProblem: SourceOptions["onProblem"]): A | B => {
  try {
    return get()
  } catch (error) {
    onProblem(SystemFailure.textOf(error))
    return otherwise
  }
}

/** As text, and as bytes where those are not UTF-8. */
const linkOf = (path: Buffer): Pick<Node, "linkTarget" | "linkTargetRaw"> => {
  const raw = fs.readlinkSync(path, { encoding: "buffer" })
  return isUtf8(raw) ? { linkTarget: raw.toString() } : { linkTarget: GoJson.textOf(raw), linkTargetRaw: raw }
}

/**
 * The node of a path whose `status` is known; `undefined` for what a snapshot
 * does not keep. Throws the system's error when a symbolic link can not be read.
 */
export const make = (path: Buffer, name: Buffer, status: Status, options: SourceOptions): Node | undefined => {
  const type = typeOf(status)
  if (type === undefined) return undefined
  const mtime = GoTime.format(status.modified, status.modifiedNanoseconds)
  const hasLinks = type !== "dir" && type !== "fifo"
  const isDevice = type === "dev" || type === "chardev"
  return {
    name,
    type,
    mode: goMode(status.mode),
    mtime,
    atime: options.withAtime ? GoTime.format(status.accessed, status.accessedNanoseconds) : mtime,
    ctime: GoTime.format(status.changed, status.changedNanoseconds),
    uid: status.uid,
    gid: status.gid,
    user: UserNames.userName(status.uid),
    group: UserNames.groupName(status.gid),
    inode: status.inode,
    deviceId: status.deviceId,
    size: type === "file" ? status.size : 0,
    links: hasLinks ? status.links : 0,
    linkTarget: "",
    ...(type === "symlink" ? linkOf(path) : undefined),
    extendedAttributes: attributesOf(path, options.onProblem),
    device: isDevice ? status.device : 0n,
    content: null,
    subtree: undefined,
    error: ""
  }
}
