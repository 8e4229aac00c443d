/** Mode bits as Go has them and trees store them; those of Unix mean other things above the low nine. */
import type { Node } from "./Node.ts"

export const directory = 2 ** 31
export const symbolicLink = 2 ** 27
export const device = 2 ** 26
export const pipe = 2 ** 25
export const socket = 2 ** 24
export const setUserId = 2 ** 23
export const setGroupId = 2 ** 22
export const characterDevice = 2 ** 21
export const sticky = 2 ** 20
export const irregular = 2 ** 19

/** Go's letters for the bits from 31 down to 19. */
const letters = "dalTLDpSugct?"

const rwx = "rwxrwxrwx"

/** As Go prints a mode: `drwxr-xr-x`, `ugrwxr-xr-x`. */
export const textOf = (mode: Node["mode"]): string => {
  const set = [...letters].filter((_, bit) => (mode & (1 << (31 - bit))) !== 0).join("")
  const permissions = [...rwx].map((letter, bit) => ((mode & (1 << (8 - bit))) === 0 ? "-" : letter)).join("")
  return `${set === "" ? "-" : set}${permissions}`
}

/** The system's permissions of Go's mode, with setuid, setgid and sticky. */
export const permissionsOf = (mode: Node["mode"]): number =>
  (mode & 0o777) | (mode & setUserId ? 0o4000 : 0) | (mode & setGroupId ? 0o2000 : 0) | (mode & sticky ? 0o1000 : 0)
