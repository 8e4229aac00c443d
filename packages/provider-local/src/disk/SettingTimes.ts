/**
 * Gives files their times to the nanosecond, by the C library: Node takes a binary fraction of seconds, which is a
 * quarter of a microsecond off. Where the library can not be loaded, times are as near as Node gets.
 */

import * as Spelling from "@ourclone/core/contract/Spelling"
import * as SystemLibrary from "@ourclone/system/SystemLibrary"
import * as fs from "./DiskFs.ts"

export interface Time {
  /** Whole milliseconds since 1970 UTC. */
  readonly modifiedAt: number
  /** To be added. */
  readonly nanoseconds?: number | undefined
}

interface Functions {
  readonly library: SystemLibrary.SystemLibrary
  readonly ofFile: SystemLibrary.SystemFunction | undefined
  readonly ofPath: SystemLibrary.SystemFunction | undefined
}

const isMac = process.platform === "darwin"
const currentDirectory = isMac ? -2 : -100
const noFollow = isMac ? 0x20 : 0x100

const load = (): Functions | undefined => {
  const library = SystemLibrary.load()
  return (
    library && {
      library,
      ofFile: library.find("int futimens(int file, const void *times)"),
      ofPath: library.find("int utimensat(int directory, const void *path, const void *times, int flags)")
    }
  )
}

let functions: Functions | "none" | undefined

const loaded = (): Functions | undefined => {
  functions ??= load() ?? "none"
  return functions === "none" ? undefined : functions
}

const times = Buffer.alloc(32)
/** The same, in words of 32 bits: of each number the lower word comes first. */
const words = new Int32Array(times.buffer, times.byteOffset, 8)

/** Access and modification, each in seconds and nanoseconds. */
const written = ({ modifiedAt, nanoseconds = 0 }: Time): Buffer => {
  const whole = Math.floor(modifiedAt / 1000)
  const beyond = (modifiedAt - whole * 1000) * 1_000_000 + nanoseconds
  const carried = Math.floor(beyond / 1_000_000_000)
  const seconds = whole + carried
  words[0] = words[4] = seconds
  words[1] = words[5] = Math.floor(seconds / 0x1_0000_0000)
  words[2] = words[6] = beyond - carried * 1_000_000_000
  return times
}

/** What `futimes` takes: the least that is not before the millisecond, which the file system would cut off. */
export const nearest = ({ modifiedAt }: Time): number | Date => {
  // Before 1970 Node takes a number for the present.
  if (modifiedAt < 0) return new Date(modifiedAt)
  const seconds = modifiedAt / 1000
  const kept = Math.floor((seconds - Math.floor(seconds)) * 1e9)
  return kept < (modifiedAt % 1000) * 1e6 ? seconds * (1 + Number.EPSILON) : seconds
}

/** Throws what `futimesSync` throws. */
export const ofFile = (fd: number, time: Time): void => {
  if (loaded()?.ofFile?.(fd, written(time)) === 0) return
  fs.futimesSync(fd, nearest(time), nearest(time))
}

/** Of a symbolic link itself. Throws what `lutimesSync` throws. */
export const ofLink = (path: string, time: Time): void => {
  const all = loaded()
  const name = all?.library.text(Spelling.toBytes(path))
  if (name !== undefined && all?.ofPath?.(currentDirectory, name, written(time), noFollow) === 0) return
  fs.lutimesSync(path, nearest(time), nearest(time))
}
