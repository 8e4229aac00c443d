/** The disk under the cache: positions and bytes of files that are open. A test puts one here that forgets what was not synced. */
import * as fs from "node:fs"
import { punchHole } from "./PunchHole.ts"

export interface CacheDisk {
  /** Opens for reading and writing, and makes what is missing. */
  readonly open: (file: string) => number
  readonly read: (descriptor: number, into: Uint8Array, position: number) => number
  /** All of `bytes`; throws where the disk takes no more. */
  readonly write: (descriptor: number, bytes: Uint8Array, position: number) => void
  /** Gives `[start, end)` back, which is zeros then. False where the disk has no way to, and nothing has changed. */
  readonly free: (descriptor: number, start: number, end: number) => boolean
  readonly truncate: (descriptor: number, size: number) => void
  readonly size: (descriptor: number) => number
  /** Resolves once what was written is on the disk. */
  readonly sync: (descriptor: number) => Promise<void>
  /** `sync` that holds everything up until then. */
  readonly syncNow: (descriptor: number) => void
  readonly close: (descriptor: number) => void
  readonly remove: (file: string) => void
}

export const realDisk: CacheDisk = {
  open: (file) => fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600),
  read: (descriptor, into, position) => {
    let done = 0
    while (done < into.length) {
      const read = fs.readSync(descriptor, into, done, into.length - done, position + done)
      if (read === 0) break
      done += read
    }
    return done
  },
  write: (descriptor, bytes, position) => {
    let done = 0
    while (done < bytes.length) done += fs.writeSync(descriptor, bytes, done, bytes.length - done, position + done)
  },
  free: punchHole,
  truncate: (descriptor, size) => fs.ftruncateSync(descriptor, size),
  size: (descriptor) => fs.fstatSync(descriptor).size,
  sync: (descriptor) =>
    new Promise((resolve, reject) => fs.fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)))),
  syncNow: (descriptor) => fs.fdatasyncSync(descriptor),
  close: (descriptor) => fs.closeSync(descriptor),
  remove: (file) => fs.rmSync(file, { force: true })
}
