/**
 * Names of files that are not whole yet: `.name.1a2b3c4d.ourclone-part`, and
 * the journal of a large one beside it, `.name.1a2b3c4d.ourclone-part.json`.
 */
import { randomBytes } from "node:crypto"

const pattern = /^\..+\.[0-9a-f]{8}\.ourclone-part(\.json)?$/s
const journalPattern = /^\..+\.[0-9a-f]{8}\.ourclone-part\.json$/s

/** Whether this provider makes such names for itself. Listings pass over them. */
export const isTemporary = (name: string): boolean => name.charCodeAt(0) === 46 && pattern.test(name)

export const isJournal = (name: string): boolean => name.charCodeAt(0) === 46 && journalPattern.test(name)

/** Some file systems take only 143 bytes in a name; 100 leave room for what is added. */
const maximumBytes = 100

const shorten = (name: string): string => {
  let short = name
  while (Buffer.byteLength(short) > maximumBytes) short = short.slice(0, -1)
  return short.isWellFormed() ? short : short.slice(0, -1)
}

let next = randomBytes(4).readUInt32BE()

/** Counted from a random number: random bytes for every file would cost as much as reading it. */
export const makeId = (): string => (next++ >>> 0).toString(16).padStart(8, "0")

/** For a file called `name`, in the same directory. */
export const temporaryName = (name: string, id: string): string => `.${shorten(name)}.${id}.ourclone-part`

export const journalName = (name: string, id: string): string => `${temporaryName(name, id)}.json`
