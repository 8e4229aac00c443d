/**
 * A file that is written beside the one it will replace.
 *
 * Nothing here is flushed to the disk before the rename: after a power cut a file
 * that was just stored may be empty or gone, as with most tools that copy. What
 * is stored as durable is flushed by `LocalWrite`.
 */

import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { AlreadyExists, InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import * as SettingTimes from "../disk/SettingTimes.ts"
import * as LocalAttributes from "../place/LocalAttributes.ts"
import { codeOf } from "../place/LocalErrors.ts"
import * as LocalMetadata from "../place/LocalMetadata.ts"
import * as Place from "../place/LocalPlace.ts"
import type { Refusals } from "../place/Refusals.ts"
import { isTemporary, makeId, temporaryName } from "../unfinished/TemporaryName.ts"
import type { Folders } from "./Folders.ts"

export interface Replacement {
  readonly target: string
  readonly temporary: string
  readonly fd: number
}

/** The absolute path of the temporary file beside `target`. */
export const beside = (target: string, name: string): string =>
  target.slice(0, target.length - RemotePath.basename(target).length) + name

/** The absolute path to write to. Makes its directory; throws `InvalidRequest` when a part of it is a symbolic link. */
export const prepare = (place: Place.Place, folders: Folders, path: RemotePath.RemotePath): string => {
  const target = Place.absolute(place, path)
  const name = RemotePath.basename(path)
  if (name === "") throw new InvalidRequest({ message: "a file needs a name" })
  if (isTemporary(name)) {
    const message = "names of this form are kept for files that are not whole yet: rename it"
    throw new InvalidRequest({ message, concernsName: true })
  }
  folders.ensure(RemotePath.parent(path))
  return target
}

const refuseFolder = (): never => {
  throw new AlreadyExists({ message: "a folder stands where the file should go: rename or remove it" })
}

/** Throws `AlreadyExists` at a directory: to be asked before much is read for nothing. */
export const refuseAtFolder = (target: string): void => {
  if (fs.lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) refuseFolder()
}

/** The permissions of the file at `target`, if there is one. Throws `AlreadyExists` at a directory. */
const modeOf = (target: string): number | undefined => {
  const stats = fs.lstatSync(target, { throwIfNoEntry: false })
  if (stats?.isDirectory()) refuseFolder()
  return stats?.isFile() ? stats.mode & 0o777 : undefined
}

/**
 * Makes the temporary file so that nobody reads of it who may not read it later: for its owner alone where its mode will be
 * `kept`, and for no more than the file that it replaces. Throws `AlreadyExists` at a directory.
 */
export const createTemporary = (temporary: string, target: string, kept: LocalMetadata.Wanted | undefined): number => {
  const before = modeOf(target) ?? 0o666
  return fs.openSync(temporary, "wx", 0o600 | (kept === undefined ? before & 0o666 : 0))
}

/** Creates the temporary file for `path`. A directory that went missing meanwhile is made again. */
export const create = (
  place: Place.Place,
  folders: Folders,
  path: RemotePath.RemotePath,
  kept: LocalMetadata.Wanted | undefined
): Replacement => {
  const target = prepare(place, folders, path)
  const temporary = beside(target, temporaryName(RemotePath.basename(path), makeId()))
  try {
    return { target, temporary, fd: createTemporary(temporary, target, kept) }
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error
    folders.forget()
    prepare(place, folders, path)
    return { target, temporary, fd: createTemporary(temporary, target, kept) }
  }
}

const setMode = (fd: number, mode: number | undefined, refusals: Refusals): void => {
  if (mode !== undefined && mode !== (fs.fstatSync(fd).mode & 0o777)) {
    refusals.allow("permissions", () => fs.fchmodSync(fd, mode))
  }
}

const give = ({ fd, target }: Replacement, { kept }: LocalMetadata.Given, refusals: Refusals): void => {
  if (kept === undefined) return
  LocalMetadata.giveOwner(fd, kept, refusals)
  LocalAttributes.give(fd, kept, refusals, target)
}

/** Gives the temporary file its time, permissions and what else it is to have, and then its name. The file stays open. */
export const commit = (replacement: Replacement, attributes: LocalMetadata.Given, refusals: Refusals): void => {
  const { fd, target, temporary } = replacement
  const before = modeOf(target)
  give(replacement, attributes, refusals)
  setMode(fd, attributes.kept?.mode ?? before, refusals)
  refusals.allow("times", () => SettingTimes.ofFile(fd, attributes))
  fs.renameSync(temporary, target)
}

const withoutLinks = new Set<string | undefined>(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])

/** `commit` where nothing is. Throws `AlreadyExists`; `InvalidRequest` on a file system without hard links, which has no such step. */
export const commitNew = (replacement: Replacement, attributes: LocalMetadata.Given, refusals: Refusals): void => {
  const { fd, target, temporary } = replacement
  give(replacement, attributes, refusals)
  setMode(fd, attributes.kept?.mode, refusals)
  refusals.allow("times", () => SettingTimes.ofFile(fd, attributes))
  try {
    fs.linkSync(temporary, target)
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new AlreadyExists({ message: "something is there already" })
    if (!withoutLinks.has(codeOf(error))) throw error
    const message = "this file system can not make a file only where nothing is: it has no hard links"
    throw new InvalidRequest({ message })
  }
  discard(temporary)
}

/** Never fails: what can not be removed is passed over by listings. */
export const discard = (temporary: string): void => {
  try {
    fs.unlinkSync(temporary)
  } catch (_) {
    // Gone already, or a directory that may not be written to any more.
  }
}
