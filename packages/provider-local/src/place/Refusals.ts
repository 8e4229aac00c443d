/**
 * What a file system refuses besides the bytes of a file: some in user space, of other machines and without owners set
 * neither permissions nor times. The file is stored all the same, and that is remarked once.
 */
import type { Remark } from "@ourclone/core/contract/Provider"
import { codeOf } from "./LocalErrors.ts"
import type { Place } from "./LocalPlace.ts"

const refused: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "EACCES",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
  "EROFS"
])

export interface Refusals {
  /** Does `set`, and remarks where the system refuses it. */
  readonly allow: (what: "permissions" | "times", set: () => void) => void
  readonly remarks: () => ReadonlyArray<Remark>
}

const codes = { permissions: "permissionsNotKept", times: "timesNotKept" } as const

const messages = {
  permissions: "permissions can not be set there, so replaced files have those of new ones",
  times: "times can not be set there, so files have the time when they were stored, and are compared by their bytes"
} as const

export const make = ({ name }: Place): Refusals => {
  const seen = new Map<string, Remark>()
  return {
    allow: (what, set) => {
      try {
        set()
      } catch (error) {
        if (!refused.has(codeOf(error))) throw error
        seen.set(what, { code: codes[what], message: `${name}: ${messages[what]} (${codeOf(error)})` })
      }
    },
    remarks: () => [...seen.values()]
  }
}
