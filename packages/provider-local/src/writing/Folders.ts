/**
 * The directories that writes go into.
 *
 * A directory on the way to a file must be a real one: a symbolic link there
 * could lead outside the root. What was found is remembered for a second, so
 * that ten thousand files of one directory do not each look again. The first
 * look clears away what a killed run left there.
 */

import * as nodePath from "node:path"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { AlreadyExists, InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import { codeOf } from "../place/LocalErrors.ts"
import * as Place from "../place/LocalPlace.ts"
import * as AbandonedFiles from "../unfinished/AbandonedFiles.ts"

export interface Folders {
  /** Makes `directory` and those above it. Throws `InvalidRequest` at a symbolic link and `AlreadyExists` at a file. */
  readonly ensure: (directory: RemotePath.RemotePath) => void
  /** Whether `directory` exists and no part of it is a symbolic link. Throws `InvalidRequest` at a symbolic link. */
  readonly check: (directory: RemotePath.RemotePath) => boolean
  /** To be called when something was removed, replaced or found missing. */
  readonly forget: () => void
}

const rememberedFor = 1000

/** The one of `path` and the directories above it that would have to be made first. */
const nearestMissing = (path: string): string => {
  const above = nodePath.dirname(path)
  return above === path || fs.existsSync(above) ? path : nearestMissing(above)
}

/** `onForget` is called along with `forget`. */
export const make = (place: Place.Place, onForget: () => void = () => undefined): Folders => {
  const known = new Set<string>()
  const swept = new Set<string>()
  let until = 0

  const isKnown = (directory: string): boolean => {
    const now = performance.now()
    if (now > until) {
      known.clear()
      until = now + rememberedFor
    }
    return known.has(directory)
  }

  const look = (directory: string, absolute: string): "nothing" | "file" | "folder" => {
    const stats = fs.lstatSync(absolute, { throwIfNoEntry: false })
    if (stats === undefined) return "nothing"
    if (stats.isSymbolicLink()) {
      throw new InvalidRequest({
        message: `"${directory}" is a symbolic link, and nothing is changed behind a link: replace it by a folder`
      })
    }
    return stats.isDirectory() ? "folder" : "file"
  }

  const refuseFile = (directory: string): never => {
    throw new AlreadyExists({ message: `the file "${directory}" stands where a folder should be: rename or remove it` })
  }

  const makeOne = (directory: string, absolute: string): void => {
    const found = look(directory, absolute)
    if (found === "folder") return
    if (found === "file") refuseFile(directory)
    try {
      fs.mkdirSync(absolute)
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error
      if (look(directory, absolute) === "file") refuseFile(directory)
    }
  }

  const makeRoot = (absolute: string): void => {
    try {
      // Where a folder can be neither made nor missing, as below /proc, `recursive` would never end.
      if (!fs.existsSync(absolute)) fs.mkdirSync(nearestMissing(absolute))
      fs.mkdirSync(absolute, { recursive: true })
    } catch (error) {
      const code = codeOf(error)
      if (code === "EEXIST" || code === "ENOTDIR") refuseFile(Place.nearestExisting(absolute))
      if (code !== "ENOENT") throw error
      // Node says this for every reason that it does not know; making one folder tells the reason.
      fs.mkdirSync(nearestMissing(absolute))
      fs.mkdirSync(absolute, { recursive: true })
    }
  }

  const ensure = (directory: RemotePath.RemotePath): void => {
    if (isKnown(directory)) return
    const absolute = Place.absolute(place, directory)
    if (directory === "") makeRoot(absolute)
    else {
      ensure(RemotePath.parent(directory))
      makeOne(directory, absolute)
    }
    known.add(directory)
    if (!swept.has(directory)) AbandonedFiles.sweep(absolute)
    swept.add(directory)
  }

  const check = (directory: RemotePath.RemotePath): boolean => {
    if (isKnown(directory)) return true
    const absolute = Place.absolute(place, directory)
    const exists =
      directory === ""
        ? fs.existsSync(absolute)
        : check(RemotePath.parent(directory)) && look(directory, absolute) === "folder"
    if (exists) known.add(directory)
    return exists
  }

  const forget = (): void => {
    known.clear()
    onForget()
  }

  return { ensure, check, forget }
}
