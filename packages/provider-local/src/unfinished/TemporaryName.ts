/**
 * Names of files that are not whole yet: `.name.1a2b00c3d4000001.ourclone-part`, and
 * the journal of a large one beside it, `.name.1a2b00c3d4000001.ourclone-part.json`.
 *
 * The digits are the machine, the process and a number, so that what a killed
 * process has left can be told from what another one is writing. Names of eight
 * digits, which say nothing of that, are known as well.
 */
import { hash, randomBytes } from "node:crypto"
import { hostname } from "node:os"

const pattern = /^\..+\.(?:[0-9a-f]{8}|[0-9a-f]{16})\.ourclone-part(\.json)?$/s
const journalPattern = /^\..+\.(?:[0-9a-f]{8}|[0-9a-f]{16})\.ourclone-part\.json$/s
const makerPattern = /\.([0-9a-f]{4})([0-9a-f]{6})[0-9a-f]{6}\.ourclone-part(?:\.json)?$/

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

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0")

const machine = hash("sha1", hostname()).slice(0, 4)
/** No process has the id 0: it stands for one that does not fit. */
const maker = machine + hex(process.pid < 0x1000000 ? process.pid : 0, 6)
let next = randomBytes(3).readUIntBE(0, 3)

/** Counted from a random number: random bytes for every file would cost as much as reading it. */
export const makeId = (): string => maker + hex(next++ & 0xffffff, 6)

/** The id of the process on this machine that made the temporary name `name`; `undefined` where the name does not tell. */
export const makerOf = (name: string): number | undefined => {
  const [, host, digits = ""] = makerPattern.exec(name) ?? []
  const pid = Number.parseInt(digits, 16)
  return host === machine && pid > 0 ? pid : undefined
}

/** For a file called `name`, in the same directory. */
export const temporaryName = (name: string, id: string): string => `.${shorten(name)}.${id}.ourclone-part`

export const journalName = (name: string, id: string): string => `${temporaryName(name, id)}.json`
