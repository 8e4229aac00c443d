/** The flags of `open(2)`, and of the kernel's reply to it. The numbers are the same on all machines that Node runs on. */
import type { OpenMode } from "../../contract/FileSystem.ts"

const accessMode = 0o3
const exclusive = 0o200
const truncates = 0o1000

export const isExclusive = (flags: number): boolean => (flags & exclusive) !== 0

/** Appending is left to the kernel, which gives each write its offset: what a program mapped is written anywhere. */
export const openMode = (flags: number): OpenMode => {
  const access = flags & accessMode
  return { reads: access !== 1, writes: access !== 0, truncates: (flags & truncates) !== 0 }
}

const keepCache = 2
const noFlush = 32

export const replyFlags = (mode: OpenMode, isSame: boolean): number =>
  (isSame ? keepCache : 0) | (mode.writes ? 0 : noFlush)
