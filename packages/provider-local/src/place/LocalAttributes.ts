/** Extended attributes of files on this disk, of users alone: the others give rights, or belong to the system. */
import type * as ExtendedAttributes from "@ourclone/core/contract/ExtendedAttributes"
import * as Spelling from "@ourclone/core/contract/Spelling"
import * as Posix from "@ourclone/system/Posix"
import { codeOf } from "./LocalErrors.ts"
import type { Refusals } from "./Refusals.ts"

/** Where a file came from and who may use it, as macOS notes by itself and lets nobody else say. */
const ofMacOS = /^com\.apple\.(?:quarantine|provenance|macl|rootless|lastuseddate|cs|system|security)(?:[.#]|$)/

/**
 * What the attribute is called beside a file; undefined of one that is not the user's. Of Linux those in `user.` are, and
 * lose that. macOS knows no such kinds: all are, Finder's tags and resource forks (`com.apple.…`) too, but for `ofMacOS`.
 */
export const nameBeside = (onDisk: string, platform: string): string | undefined => {
  if (platform === "darwin") return ofMacOS.test(onDisk) ? undefined : onDisk
  return onDisk.startsWith("user.") ? onDisk.slice("user.".length) : undefined
}

const bytesOf = (text: string): Buffer => (text.isWellFormed() ? Buffer.from(text) : Spelling.toBytes(text))
const nameOnDisk = (name: string): Buffer => bytesOf(process.platform === "darwin" ? name : `user.${name}`)

const attributesOf = (file: Posix.PathOrOpen): ExtendedAttributes.Kept => {
  const attributes = new Map<string, Uint8Array>()
  let isPart = Posix.notKept() !== undefined
  try {
    for (const onDisk of Posix.listAttributes(file)) {
      const name = nameBeside(Spelling.ofBytes(onDisk), process.platform)
      if (name !== undefined) attributes.set(name, Posix.getAttribute(file, onDisk))
    }
  } catch {
    // It may not be read, or was taken away meanwhile: whoever asks next sees the rest.
    isPart = true
  }
  return { attributes, isPart }
}

export const ofPath = (absolute: string): ExtendedAttributes.Kept => attributesOf(bytesOf(absolute))

const withoutRoom: ReadonlySet<string | undefined> = new Set(["ENOSPC", "E2BIG", "ERANGE", "EDQUOT"])

export interface Wanted {
  readonly attributes: ExtendedAttributes.Attributes
  /** Whether the file is to have no others. */
  readonly isAll: boolean
}

/**
 * Of the open file, since its name may lead elsewhere by now; `called` is what it is or will be. One that may not be written
 * to by its owner takes none: its permissions are set after this.
 */
export const give = (fd: number, { attributes, isAll }: Wanted, refusals: Refusals, called: string): void => {
  const there = attributesOf(fd)
  const extra = isAll ? [...there.attributes.keys()].filter((name) => !attributes.has(name)) : []
  const missing = [...attributes].filter(([name, value]) => {
    const found = there.attributes.get(name)
    return found === undefined || Buffer.compare(found, value) !== 0
  })
  for (const one of extra) refusals.allow("attributes", () => Posix.removeAttribute(fd, nameOnDisk(one)))
  for (const [one, value] of missing) {
    refusals.allow("attributes", () => {
      try {
        Posix.setAttribute(fd, nameOnDisk(one), value)
      } catch (error) {
        if (!withoutRoom.has(codeOf(error))) throw error
        refusals.withoutRoom(called, one)
      }
    })
  }
}
