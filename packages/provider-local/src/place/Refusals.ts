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

const mostNamed = 1000

const codes = {
  permissions: "permissionsNotKept",
  times: "timesNotKept",
  owners: "ownersNotKept",
  attributes: "attributesNotKept"
} as const

export interface Refusals {
  /** Does `set`, and remarks where the system refuses it. */
  readonly allow: (what: keyof typeof codes, set: () => void) => void
  /** Remarks of a file that was stored without one of its extended attributes, as there was no room for it. */
  readonly withoutRoom: (absolute: string, attribute: string) => void
  readonly remarks: () => ReadonlyArray<Remark>
}

const messages = {
  permissions: "permissions can not be set there, so replaced files have those of new ones",
  times: "times can not be set there, so files have the time when they were stored, and are compared by their bytes",
  owners: "files can not be given to others there, so they belong to whoever runs this",
  attributes: "extended attributes can not be set there, so files are without them"
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
    withoutRoom: (absolute, attribute) => {
      const what = `${absolute} is without its extended attribute "${attribute}": the file system has no room for it`
      // Each file is named, as long as that can be read.
      if (seen.size < mostNamed) seen.set(`${absolute} ${attribute}`, { code: "attributesLeftOut", message: what })
    },
    remarks: () => [...seen.values()]
  }
}
