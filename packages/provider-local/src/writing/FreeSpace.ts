/** Room on the file system below a root. */

import { NoSpace } from "@ourclone/core/contract/StorageError"
import * as fs from "../disk/DiskFs.ts"
import { codeOf } from "../place/LocalErrors.ts"
import * as Place from "../place/LocalPlace.ts"

/** In bytes, for this user; `undefined` where the file system does not say. */
export const read = (place: Place.Place): number | undefined => {
  const { bavail, blocks, bsize } = fs.statfsSync(Place.nearestExisting(place.root || "/"))
  return blocks === 0 ? undefined : bavail * bsize
}

/** Room for the files that are being written: what is promised to one is not there for the next. */
export interface FreeSpace {
  /** Promises `bytes` to the file at the absolute path `temporary`. Throws `NoSpace`, which concerns this file alone, when they are not there. */
  readonly reserve: (temporary: string, bytes: number) => void
  /** The file is whole, or gone. */
  readonly release: (temporary: string) => void
}

const blockSize = 512

/** What of its `bytes` a file does not take up yet. */
const outstanding = (temporary: string, bytes: number): number => {
  const stats = fs.statSync(temporary, { throwIfNoEntry: false })
  return Math.max(0, bytes - (stats?.blocks ?? 0) * blockSize)
}

export const make = (place: Place.Place): FreeSpace => {
  const reserved = new Map<string, number>()
  return {
    reserve: (temporary, bytes) => {
      const free = read(place)
      if (free !== undefined) {
        let promised = 0
        for (const [path, size] of reserved) promised += outstanding(path, size)
        const needed = outstanding(temporary, bytes)
        const left = Math.max(0, free - promised)
        if (needed > left) {
          const others = promised > 0 ? " besides what other files are about to take" : ""
          const message = `the file needs ${needed} bytes and the disk has ${left} left${others}: free some space`
          throw new NoSpace({ message, concernsOne: true })
        }
      }
      reserved.set(temporary, bytes)
    },
    release: (temporary) => void reserved.delete(temporary)
  }
}

/** What a failure to write a file means that had its room promised: another program took it, and smaller files may still fit. */
export const ofOneFile = (error: unknown): unknown =>
  codeOf(error) === "ENOSPC"
    ? new NoSpace({ message: "the disk is full: free some space or write elsewhere", concernsOne: true })
    : error
