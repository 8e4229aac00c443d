/** Which processes have a file open below a mount point or stand in it, told by links alone: nothing is looked into. */
import * as fs from "node:fs"

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
      const path = fs.readlinkSync(link)
      if (path === point || path.startsWith(`${point}/`)) return path
    } catch {
      // As above.
    }
  }
  return undefined
}

const commandOf = (pid: string): string => {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim()
  } catch {
    return ""
  }
}

/** Those that this user may see. */
export const find = (point: string): ReadonlyArray<MountUser> => {
  const users: Array<MountUser> = []
  for (const pid of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(pid) || users.length === most) continue
    const path = firstBelow(point, pid)
    if (path !== undefined) users.push({ pid: Number(pid), command: commandOf(pid), path })
  }
  return users
}
