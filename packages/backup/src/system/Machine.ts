/** Who this process is, as keys, locks and snapshots say it. */
import { hostname, userInfo } from "node:os"

export interface Machine {
  readonly hostname: string
  /** "" where the system does not tell. */
  readonly username: string
  /** 0 where the system has no such numbers. */
  readonly uid: number
  readonly gid: number
}

const user = () => {
  try {
    return userInfo()
  } catch {
    // A container may run under a number that no name belongs to.
    return { username: "", uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  }
}

export const current = (): Machine => {
  const { gid, uid, username } = user()
  return { hostname: hostname(), username, uid: Math.max(0, uid), gid: Math.max(0, gid) }
}
