/** Where OpenSSH keeps what belongs to this user: the only thing that is known of the user beside the options. */
import { homedir } from "node:os"
import * as path from "node:path"

export const sshFile = (name: string): string => path.join(homedir(), ".ssh", name)

/** `file` with the folder of this user for `~`. */
export const fileOf = (file: string): string => (file.startsWith("~/") ? path.join(homedir(), file.slice(2)) : file)
