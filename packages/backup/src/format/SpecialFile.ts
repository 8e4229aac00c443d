/** Makes what is neither file nor directory: symbolic links, pipes, device nodes. */
import * as fs from "node:fs"
import * as Posix from "@ourclone/system/Posix"
import type { Node } from "./Node.ts"

const typeOfDevice = { dev: 0o060000, chardev: 0o020000 }

/** Whether a node is one that `make` can make. Sockets and what is irregular are not restored. */
export const isSpecial = (node: Node): boolean =>
  node.type === "symlink" || node.type === "fifo" || node.type === "dev" || node.type === "chardev"

/**
 * Makes the file at `path`, where nothing may be yet; its metadata is set afterwards.
 * Throws the system's error: `EPERM` where only the superuser may make device nodes.
 */
export const make = (path: Buffer, node: Node): void => {
  if (node.type === "symlink") fs.symlinkSync(node.linkTargetRaw ?? Buffer.from(node.linkTarget), path)
  else if (node.type === "fifo") Posix.makePipe(path, 0o600)
  else if (node.type === "dev" || node.type === "chardev") {
    Posix.makeNode(path, typeOfDevice[node.type] | 0o600, node.device)
  }
}
