/** Nodes of what was found in no file system: piped input, and folders made for what is stored. */
import * as Machine from "../system/Machine.ts"
import * as FileMode from "./FileMode.ts"
import type { Node } from "./Node.ts"

const fileMode = 0o644
const directoryMode = FileMode.directory + 0o755

/** Of the user of this process, with `time` (RFC 3339) for all times; without content or subtree, which the caller adds. */
export const make = (name: string, type: "file" | "dir", time: string): Node => {
  const { gid, uid, username } = Machine.current()
  return {
    name: Buffer.from(name),
    type,
    mode: type === "dir" ? directoryMode : fileMode,
    mtime: time,
    atime: time,
    ctime: time,
    uid,
    gid,
    user: username,
    group: "",
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    linkTarget: "",
    extendedAttributes: [],
    device: 0n,
    content: null,
    subtree: undefined,
    error: ""
  }
}
