/**
 * Names of files that are not whole yet: `.name.1a2b3c4d5e6f7081.ourclone-part`. They are those of a local folder, so that
 * whoever looks into the folder on the server passes over them too.
 */
import { randomBytes } from "node:crypto"

const pattern = /^\..+\.[0-9a-f]{16}\.ourclone-part$/s

/** Whether this provider makes such names for itself. Listings pass over them. */
export const isTemporary = (name: string): boolean => name.charCodeAt(0) === 46 && pattern.test(name)

/** Some file systems take only 143 bytes in a name; 100 leave room for what is added. */
const maximumBytes = 100

const shorten = (name: string): string => {
  let short = name
  while (Buffer.byteLength(short) > maximumBytes) short = short.slice(0, -1)
  return short.isWellFormed() ? short : short.slice(0, -1)
}

export const makeId = (): string => randomBytes(8).toString("hex")

/** For a file called `name`, in the same directory; another one at each call, unless its id is given. */
export const temporaryName = (name: string, id = makeId()): string => `.${shorten(name)}.${id}.ourclone-part`

/** What a temporary name was made with. */
export const idOf = (name: string): string => name.slice(-".ourclone-part".length - 16, -".ourclone-part".length)
