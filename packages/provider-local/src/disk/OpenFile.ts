/**
 * A file opened for reading that is still the one a listing has shown.
 *
 * Worker threads load this module, so it knows nothing of Effect: it throws
 * errors with a code, as `node:fs` does.
 */
import * as fs from "./DiskFs.ts"
import * as FileTime from "./FileTime.ts"

/** What a later look is compared with: bytes, and milliseconds since 1970. */
export interface Seen {
  readonly size: number
  readonly modifiedAt?: number | undefined
}

/** The file is not the one that was listed. */
export class FileChanged extends Error {
  readonly code = "FileChanged"
}

/** The file was listed and is not there any more. */
export class FileGone extends Error {
  readonly code = "FileGone"
}

/** Links are not followed, and a pipe that took the place of the file does not hold up the thread. */
const flags = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0)
const flagsOfReal = flags | (fs.constants.O_NOFOLLOW ?? 0)

/** Throws `FileChanged` when size or time are no longer `seen`. */
export const check = (fd: number, seen: Seen): void => {
  const stats = fs.fstatSync(fd)
  const isSameTime = seen.modifiedAt === undefined || FileTime.ofStats(stats) === seen.modifiedAt
  if (stats.size !== seen.size || !isSameTime || !stats.isFile()) throw new FileChanged()
}

/** Throws `FileGone` when nothing is there and `FileChanged` at a symbolic link that is not to be followed. */
export const openOnly = (absolute: string, followsLinks: boolean): number => {
  try {
    return fs.openSync(absolute, followsLinks ? flags : flagsOfReal)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (code === "ENOENT" || code === "ENOTDIR") throw new FileGone()
    throw code === "ELOOP" ? new FileChanged() : error
  }
}

/** Throws `FileGone` when it is gone and `FileChanged` when it is another file now. */
export const open = (absolute: string, seen: Seen, followsLinks: boolean): number => {
  const fd = openOnly(absolute, followsLinks)
  try {
    check(fd, seen)
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
  return fd
}

/** Reads `length` bytes at `position` into the start of `buffer`. Throws `FileChanged` at an early end. */
export const readFully = (fd: number, buffer: Uint8Array, length: number, position: number): void => {
  let done = 0
  while (done < length) {
    const count = fs.readSync(fd, buffer, done, length - done, position + done)
    if (count === 0) throw new FileChanged()
    done += count
  }
}
