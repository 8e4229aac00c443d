/** Compares what is in the target with what the snapshot has, and decides what is to be done about it. */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { remedy } from "../repository/RepositoryRemedies.ts"
import { codeOf } from "../system/SystemFailure.ts"
import { createTemporary, openExisting, writeAll } from "./RestoredFile.ts"
import { nanosecondsOf } from "./RestoredMetadata.ts"
import { isSameSpecial } from "./RestoredSpecial.ts"
import * as Entries from "./RestoreEntries.ts"
import type { EntryRecord, RestoreSettings } from "./RestoreMessages.ts"
import type { RestoreTableReader } from "./RestoreTable.ts"
import { isKept, look } from "./RestoreTarget.ts"

/**
 * A file from this size on, half of which is right already, gets the other bytes where it lies:
 * a second copy might not fit on the disk. If that is broken off, the file is partly old and partly
 * new, and has neither the time nor, for the next run, the content of the snapshot. Smaller ones are
 * made anew beside the old one and take its place in one step; so are all where the next run would
 * keep the half-done one, because it is newer.
 */
export const smallestPatched = 64 * 1024 * 1024

/** Ids and lengths of the blobs of a file, in order. */
export interface Piece {
  readonly id: Buffer
  readonly length: number
}

export const readPieces = (table: RestoreTableReader): ReadonlyArray<Piece> =>
  Array.from({ length: table.number() }, () => ({ length: table.number(), id: table.fixed(32) }))

export interface Comparison {
  readonly means: Entries.EntryMeans
  /** 1 for each piece that is there. */
  readonly present: Uint8Array
  readonly bytesRead: number
}

const readAt = (file: number, target: Buffer, position: number): number => {
  let read = 0
  while (read < target.length) {
    const count = fs.readSync(file, target, read, target.length - read, position + read)
    if (count === 0) break
    read += count
  }
  return read
}

let buffer = Buffer.alloc(1024 * 1024)

/** Reads the file and tells which pieces are where they belong. */
export const comparePieces = (file: number, pieces: ReadonlyArray<Piece>, present: Uint8Array): number => {
  let position = 0
  for (const [at, { id, length }] of pieces.entries()) {
    if (length > buffer.length) buffer = Buffer.alloc(length)
    const target = buffer.subarray(0, length)
    if (readAt(file, target, position) < length) break
    if (hash("sha256", target, "buffer").equals(id)) present[at] = 1
    position += length
  }
  return position
}

const outcome = (means: Entries.EntryMeans, pieces: ReadonlyArray<Piece>): Comparison => ({
  means,
  present: new Uint8Array(pieces.length),
  bytesRead: 0
})

const presentBytes = (pieces: ReadonlyArray<Piece>, present: Uint8Array): number =>
  pieces.reduce((total, { length }, at) => total + (present[at] === 1 ? length : 0), 0)

const readOnly = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK

/** `undefined` for a file that may not be read: another can still take its place. */
const openToRead = (path: Buffer): number | undefined => {
  try {
    return fs.openSync(path, readOnly)
  } catch (error) {
    if (codeOf(error) === "EACCES") return undefined
    throw error
  }
}

/** Writes the pieces that are there where they belong, as long as they are what they were: at the name may be another file by now. */
const takeOver = (from: number, to: number, pieces: ReadonlyArray<Piece>, present: Uint8Array): void => {
  let position = 0
  for (const [at, { id, length }] of pieces.entries()) {
    const target = buffer.subarray(0, length)
    if (present[at] === 1) {
      const isRight = readAt(from, target, position) === length && hash("sha256", target, "buffer").equals(id)
      if (isRight) writeAll(to, target, position)
      else present[at] = 0
    }
    position += length
  }
}

const compareFile = (
  record: EntryRecord,
  pieces: ReadonlyArray<Piece>,
  found: fs.BigIntStats,
  settings: RestoreSettings
): Comparison => {
  const file = openToRead(record.path)
  if (file === undefined) return outcome(Entries.replace, pieces)
  try {
    return compareOpen(file, record, pieces, found, settings)
  } finally {
    fs.closeSync(file)
  }
}

const compareOpen = (
  file: number,
  record: EntryRecord,
  pieces: ReadonlyArray<Piece>,
  found: fs.BigIntStats,
  settings: RestoreSettings
): Comparison => {
  const present = new Uint8Array(pieces.length)
  const isSameSize = found.size === BigInt(record.size)
  const bytesRead = comparePieces(file, pieces, present)
  if (isSameSize && present.every((one) => one === 1)) return { means: Entries.keep, present, bytesRead }
  const right = presentBytes(pieces, present)
  const isFoundOut = settings.overwrite !== "if-newer"
  if (isFoundOut && found.nlink === 1n && record.size >= smallestPatched && right * 2 >= record.size) {
    return { means: Entries.patch, present, bytesRead }
  }
  if (right === 0 || record.temporary.length === 0) return { ...outcome(Entries.replace, pieces), bytesRead }
  if (settings.isDryRun) return { means: Entries.partial, present, bytesRead }
  const temporary = createTemporary(record.temporary)
  try {
    takeOver(file, temporary, pieces, present)
  } finally {
    fs.closeSync(temporary)
  }
  return { means: Entries.partial, present, bytesRead }
}

/** Opens what an earlier run left, or begins anew; gives what of it is there. */
const preparePartial = (record: EntryRecord, pieces: ReadonlyArray<Piece>): Comparison => {
  const present = new Uint8Array(pieces.length)
  let bytesRead = 0
  let file = -1
  try {
    file = openExisting(record.temporary)
    bytesRead = comparePieces(file, pieces, present)
  } catch {
    if (file >= 0) fs.closeSync(file)
    file = createTemporary(record.temporary)
  }
  if (presentBytes(pieces, present) === 0) fs.ftruncateSync(file, 0)
  fs.closeSync(file)
  return { means: Entries.partial, present, bytesRead }
}

/** A restore that may not delete leaves it alone. */
export class DirectoryInTheWay extends Error {
  readonly remedy = remedy("deleteInTheWay")
}

/** What is the same is left alone, whatever its time and mode. */
const compareToKeep = (record: EntryRecord, pieces: ReadonlyArray<Piece>, found: fs.BigIntStats): Comparison => {
  if (record.kind !== Entries.file) {
    return outcome(isSameSpecial(record, found) ? Entries.skip : Entries.beside, pieces)
  }
  const file = found.isFile() && found.size === BigInt(record.size) ? openToRead(record.path) : undefined
  if (file === undefined) return outcome(Entries.beside, pieces)
  const present = new Uint8Array(pieces.length)
  try {
    const bytesRead = comparePieces(file, pieces, present)
    const isSame = present.every((one) => one === 1)
    return { ...outcome(isSame ? Entries.skip : Entries.beside, pieces), bytesRead }
  } finally {
    fs.closeSync(file)
  }
}

/** `record.means` is `partial` for a file that takes several writes, else nothing is known of it yet. May throw what the system throws. */
export const examine = (record: EntryRecord, pieces: ReadonlyArray<Piece>, settings: RestoreSettings): Comparison => {
  if (record.means === Entries.partial) return preparePartial(record, pieces)
  const found = look(record.path)
  if (found === undefined) return outcome(Entries.create, pieces)
  if (settings.overwrite === "keep-both") return compareToKeep(record, pieces, found)
  if (isKept(found, { overwrite: settings.overwrite, modified: nanosecondsOf(record.modified) })) {
    return outcome(Entries.skip, pieces)
  }
  if (found.isDirectory() && !settings.deletes && fs.readdirSync(record.path).length > 0) {
    throw new DirectoryInTheWay("a directory with something in it is in its place")
  }
  if (!found.isFile() || record.kind !== Entries.file) return outcome(Entries.replace, pieces)
  const isUnchanged = found.size === BigInt(record.size) && found.mtimeNs === nanosecondsOf(record.modified)
  if (settings.overwrite === "if-changed" && isUnchanged) {
    return { means: Entries.keep, present: new Uint8Array(pieces.length).fill(1), bytesRead: 0 }
  }
  return compareFile(record, pieces, found, settings)
}

/** The first piece of a restored file that is not what the snapshot has; -1 when all is right. Throws what the system throws. */
export const verify = (record: EntryRecord, pieces: ReadonlyArray<Piece>): number => {
  const file = fs.openSync(record.path, readOnly)
  try {
    if (fs.fstatSync(file).size !== record.size) return pieces.length
    const present = new Uint8Array(pieces.length)
    comparePieces(file, pieces, present)
    return present.indexOf(0)
  } finally {
    fs.closeSync(file)
  }
}
