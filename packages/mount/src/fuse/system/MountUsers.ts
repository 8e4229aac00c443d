/** Which processes have a file open below a mount point or stand in it, told by links alone: nothing is looked into. */
import * as fs from "node:fs"
import * as path from "node:path"

export interface MountUser {
  readonly pid: number
  readonly command: string
  readonly path: string
}

/** For a message: more than some are not needed. */
const most = 10

const linksOf = (pid: string): ReadonlyArray<string> => {
  const links = [`/proc/${pid}/cwd`, `/proc/${pid}/root`]
  try {
    for (const name of fs.readdirSync(`/proc/${pid}/fd`)) links.push(`/proc/${pid}/fd/${name}`)
  } catch {
    // Another user's, or ended.
  }
  return links
}

const firstBelow = (point: string, pid: string): string | undefined => {
  for (const link of linksOf(pid)) {
    try {
      const used = fs.readlinkSync(link)
      if (used === point || used.startsWith(`${point}/`)) return used
    } catch {
      // As above.
    }
  }
  return undefined
}

/** By its first word, as some programs call their process after a thread. */
const commandOf = (pid: string): string => {
  try {
    const [word = ""] = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")
    return path.basename(word) || fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim()
  } catch {
    return ""
  }
}

/** Those that this user may see. */
export const find = (point: string): ReadonlyArray<MountUser> => {
  const users: Array<MountUser> = []
  for (const pid of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(pid) || users.length === most) continue
    const used = firstBelow(point, pid)
    if (used !== undefined) users.push({ pid: Number(pid), command: commandOf(pid), path: used })
  }
  return users
}
