/**
 * A file on its way: opened safely, written at offsets, finished with its metadata.
 *
 * A new file is made under its own name, when all of it is at hand; it is removed again
 * if it can not be finished. One that takes the place of something is made beside it and renamed.
 */
import * as fs from "node:fs"
import * as Posix from "@ourclone/system/Posix"
import { permissionsOf } from "../format/FileMode.ts"
import { type MetadataOptions, permissionsOfOther } from "../format/Metadata.ts"
import { codeOf } from "../system/SystemFailure.ts"
import { applyMetadata, nanosecondsOf, type Problem } from "./RestoredMetadata.ts"
import * as Entries from "./RestoreEntries.ts"
import type { EntryRecord } from "./RestoreMessages.ts"
import { look, removeAll } from "./RestoreTarget.ts"

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = fs.constants
const isRoot = process.geteuid?.() === 0
const ownMode = 0o600

/** Zeros shorter than this are written: a hole would not save a block. */
const block = 4096
const zeros = Buffer.alloc(block)

/** Makes the temporary file, in the place of what an earlier run has left. */
export const createTemporary = (path: Buffer): number => {
  const flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR
  try {
    return fs.openSync(path, flags, ownMode)
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
    fs.unlinkSync(path)
    return fs.openSync(path, flags, ownMode)
  }
}

/** Opens a file for reading and writing that must be a plain one with no other name. */
export const openExisting = (path: Buffer): number => {
  const file = fs.openSync(path, O_RDWR | O_NOFOLLOW | fs.constants.O_NONBLOCK)
  const status = fs.fstatSync(file)
  if (status.isFile() && status.nlink === 1) return file
  fs.closeSync(file)
  throw Object.assign(new Error(`"${path}" is not the file that it was a moment ago`), { code: "EBUSY" })
}

/** Whether it is made under its temporary name. A new file is where one that is cut off would be taken for whole. */
const isBeside = ({ means, temporary }: EntryRecord): boolean =>
  means === Entries.replace || means === Entries.partial || (means === Entries.create && temporary.length > 0)

/** Where the bytes of an entry are written. */
export const workingPath = (record: EntryRecord): Buffer => (isBeside(record) ? record.temporary : record.path)

/** `isFirst`: nothing of this entry was written in this request so far. */
export const openForWriting = (record: EntryRecord, isFirst: boolean): number => {
  if (record.means === Entries.partial || record.means === Entries.patch || !isFirst) {
    return openExisting(workingPath(record))
  }
  return isBeside(record)
    ? createTemporary(record.temporary)
    : fs.openSync(record.path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, ownMode)
}

export const writeAll = (file: number, bytes: Uint8Array, position: number): void => {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at, bytes.length - at, position + at)
}

const isZero = (bytes: Uint8Array, start: number, end: number): boolean =>
  zeros.compare(bytes, start, end, 0, end - start) === 0

/** Leaves out blocks of zeros; the file gets its size when it is finished. */
export const writeSparsely = (file: number, bytes: Uint8Array, position: number): void => {
  let from = -1
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + block - ((position + at) % block))
    const isHole = isZero(bytes, at, end)
    if (isHole && from >= 0) {
      writeAll(file, bytes.subarray(from, at), position + from)
      from = -1
    } else if (!isHole && from < 0) from = at
    at = end
  }
  if (from >= 0) writeAll(file, bytes.subarray(from), position + from)
}

/** Owner, times and permissions through the open file: three calls and no path to resolve. */
const finishQuickly = (file: number, record: EntryRecord): void => {
  let permissions = permissionsOf(record.mode)
  try {
    fs.fchownSync(file, record.uid, record.gid)
  } catch (error) {
    if (isRoot || codeOf(error) !== "EPERM") throw error
    permissions = permissionsOfOther(record.mode)
  }
  Posix.setTimesOf(file, nanosecondsOf(record.accessed), nanosecondsOf(record.modified))
  fs.fchmodSync(file, permissions)
}

/** Lets something else take the place of what is at the path; directories with something in them only when that is wished. */
export const makeRoom = (path: Buffer, deletes: boolean): void => {
  if (look(path)?.isDirectory() !== true) return
  if (deletes) removeAll(path)
  else fs.rmdirSync(path)
}

export interface FinishOptions extends MetadataOptions {
  readonly deletes: boolean
  readonly sparse: boolean
  readonly inheritsAttributes: boolean
}

/** Gives the file its size, metadata and name, and closes it in any case. */
export const finish = (file: number, record: EntryRecord, options: FinishOptions): ReadonlyArray<Problem> => {
  const isFresh = record.means === Entries.create || record.means === Entries.replace
  const quickly = isFresh && record.extra === undefined && !options.inheritsAttributes
  let problems: ReadonlyArray<Problem> = []
  try {
    if (!isFresh || options.sparse) fs.ftruncateSync(file, record.size)
    if (quickly) finishQuickly(file, record)
    else problems = applyMetadata(file, record, options)
  } finally {
    fs.closeSync(file)
  }
  if (!isBeside(record)) return problems
  makeRoom(record.path, options.deletes)
  fs.renameSync(record.temporary, record.path)
  return problems
}

/** Takes away what can not be finished. A file that the user had stays. */
export const discard = (record: EntryRecord): void => {
  if (record.means === Entries.patch || record.means === Entries.keep || record.means === Entries.skip) return
  fs.rmSync(workingPath(record), { force: true })
}
